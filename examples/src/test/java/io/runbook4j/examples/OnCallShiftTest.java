package io.runbook4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.alert.Incident;
import io.runbook4j.alert.Incident.Entry;
import io.runbook4j.alert.Incident.Entry.Kind;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.testkit.VirtualTime;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class OnCallShiftTest {
  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-11-23T09:00:00Z"));
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  private OnCallShift.Result live() throws InterruptedException {
    return new OnCallShift(time, new PrintStream(printed, true, StandardCharsets.UTF_8)).run();
  }

  private static List<Entry> entries(Incident incident, Kind kind) {
    return incident.timeline().stream().filter(entry -> entry.kind() == kind).toList();
  }

  @Test
  void run_deployFails_opensOneIncidentThatIsResolved() throws InterruptedException {
    OnCallShift.Result result = live();

    Incident incident = result.incident();
    assertThat(incident.state()).isEqualTo(Incident.State.RESOLVED);
    assertThat(incident.severity()).isEqualTo(Severity.SEV2);
    assertThat(result.chat()).extracting(Alert::dedupKey).containsOnly(incident.dedupKey());
    assertThat(result.chat().get(result.chat().size() - 1).isResolved()).isTrue();
  }

  @Test
  void run_nobodyAcknowledges_pagesTheLeadAfterFiveMinutesAndNotOnceSomebodyHas()
      throws InterruptedException {
    Incident incident = live().incident();

    List<Entry> escalated = entries(incident, Kind.ESCALATED);
    Instant acknowledged = incident.acknowledged().orElseThrow();
    assertThat(escalated.get(0).at()).isEqualTo(incident.opened().plus(Duration.ofMinutes(5)));
    assertThat(escalated)
        .filteredOn(entry -> entry.text().contains("not acknowledged"))
        .hasSize(2)
        .allMatch(entry -> entry.at().isBefore(acknowledged));
  }

  @Test
  void run_twoRemediesFail_escalatesToTheLead() throws InterruptedException {
    OnCallShift.Result result = live();

    assertThat(entries(result.incident(), Kind.ESCALATED))
        .last()
        .extracting(Entry::text)
        .isEqualTo("2 remedies failed; escalated to engineering lead");
    assertThat(result.lead()).anyMatch(page -> page.text().contains("2 remedies failed"));
  }

  @Test
  void run_incidentIsOpen_remindsOfAnUpdateEveryQuarterOfAnHour() throws InterruptedException {
    Incident incident = live().incident();

    List<Entry> updates = entries(incident, Kind.UPDATE);
    assertThat(updates).hasSize(5);
    for (int i = 0; i < updates.size(); i++) {
      assertThat(updates.get(i).at())
          .isEqualTo(incident.opened().plus(Duration.ofMinutes(15L * (i + 1))));
    }
  }

  @Test
  void run_incidentIsResolved_printsTheDraftOfThePostMortem() throws InterruptedException {
    OnCallShift.Result result = live();

    assertThat(result.postMortem())
        .contains("# Post-mortem: incident 1", "rolled back deploy 812 (it did not help)", "TODO");
    assertThat(printed.toString(StandardCharsets.UTF_8)).contains(result.postMortem());
  }
}
