package io.runbook4j.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.alert.Incident.Effect;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.testkit.VirtualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostMortemTest {
  @TempDir
  Path folder;

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-03-02T09:00:00Z"));

  private Incidents lived() {
    Incidents incidents = Incidents.builder(
            time, AlertRouter.builder(time).executor(time.executor()).build())
        .escalateTo("platform team")
        .drafts(folder.resolve("drafts"))
        .executor(time.executor())
        .start();
    incidents.send(new Alert("r1", Severity.SEV3, "photos", "7 % failed | <b>RATE_LIMITED</b>"));
    time.advance(Duration.ofMinutes(6));
    incidents.acknowledge("photos", "ann");
    incidents.send(new Alert("r2", Severity.SEV1, "photos", "25 % failed"));
    incidents.run("photos", new RunId("run-1"), RunState.FAILED, new Counts(90, 20, 70, 0, 0, 0));
    time.advance(Duration.ofMinutes(10));
    incidents.act("photos", "bob", "rotated cookies", Effect.WORKED);
    incidents.replayed("photos", "bob", List.of("job-17", "job-18"));
    incidents.run("photos", new RunId("run-2"), RunState.COMPLETED, new Counts(70, 69, 1, 0, 0, 0));
    incidents.resolve("photos", "bob", "expired cookies");
    time.advance(Duration.ZERO);
    return incidents;
  }

  @Test
  void postMortem_ofALivedIncident_hasAllThatIsKnown() {
    String text;
    try (Incidents incidents = lived()) {
      text = incidents.postMortem(1);
    }

    assertThat(text)
        .startsWith("# Post-mortem: incident 1, job photos\n")
        .contains("| Severity | SEV1 (P0) |")
        .contains("| Opened | 2026-03-02T09:00:00Z |")
        .contains("| Acknowledged | 2026-03-02T09:06:00Z, after 6m |")
        .contains("| Resolved | 2026-03-02T09:16:00Z |")
        .contains("| Lasted | 16m |")
        .contains("TODO (due by 2026-03-03T09:16:00Z)")
        .contains("## Root cause (due by 2026-03-04T09:16:00Z)")
        .contains("- Time in SEV3: 6m\n- Time in SEV1: 10m\n")
        .contains("- Runs that ended meanwhile: 2, failed: 1")
        .contains("- Failed items in the worst run: 70")
        .contains("- Failed items in the last run: 1")
        .contains("- ann\n- bob\n")
        .contains("- job-17\n- job-18\n")
        .contains("reduce batch size; wait and retry remaining users")
        .contains("| 2026-03-02T09:05:00Z | ESCALATED |")
        .contains("run run-1 FAILED: 20 succeeded, 70 failed, 0 in doubt of 90")
        .contains("rotated cookies (it helped)")
        .contains("- 2026-03-02T09:16:00Z expired cookies");
  }

  @Test
  void postMortem_whatAServiceSays_isNoMarkup() {
    try (Incidents incidents = lived()) {
      assertThat(incidents.postMortem(1))
          .contains("7 % failed \\| \\<b\\>RATE\\_LIMITED\\</b\\>")
          .doesNotContain("<b>");
    }
  }

  @Test
  void drafts_incidentResolved_writesOneAndLeavesAnEditedOneAlone() throws IOException {
    Path draft = folder.resolve("drafts").resolve("incident-1-20260302T090000Z.md");
    try (Incidents incidents = lived()) {
      assertThat(draft).hasContent(incidents.postMortem(1));
      Files.writeString(draft, "edited");

      PostMortem.write(folder.resolve("drafts"), incidents.all().get(0));
      incidents.send(new Alert("r1", Severity.SEV3, "photos", "again"));
      incidents.resolve("photos", "bob", "once more");
    }

    assertThat(draft).hasContent("edited");
    assertThat(draft.resolveSibling("incident-1-20260302T090000Z-reopened-1.md"))
        .content()
        .contains("| Acknowledged | 2026-03-02T09:06:00Z, before it was opened again |");
    assertThat(draft.resolveSibling("incident-1-20260302T090000Z-reopened-1.md"))
        .content()
        .contains("| Opened again | 1 times |");
  }
}
