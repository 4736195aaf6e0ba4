package io.runbook4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.runbook4j.gate.GateState;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.ledger.Finding;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResumeWeekTest {
  @TempDir
  static Path folder;

  private static final ByteArrayOutputStream PRINTED = new ByteArrayOutputStream();

  @SuppressWarnings("NullAway.Init")
  private static ResumeWeek.Result week;

  @BeforeAll
  static void live() throws Exception {
    week = ResumeSync.live(folder, new PrintStream(PRINTED, true, StandardCharsets.UTF_8));
  }

  @Test
  void run_errorRateRises_alertsRiseFromWarningToSev1() {
    List<Severity> firsts = week.alerts().stream()
        .filter(alert -> !alert.isResolved())
        .map(Alert::severity)
        .distinct()
        .toList();

    assertThat(firsts)
        .containsExactly(Severity.WARNING, Severity.SEV3, Severity.SEV2, Severity.SEV1);
    assertThat(week.alerts().get(week.alerts().size() - 1).isResolved()).isTrue();
  }

  @Test
  void run_corruptionIsPlanted_findsAllOfItAndOnlyThat() {
    assertThat(week.found())
        .extracting(Finding::check, Finding::total)
        .containsExactlyInAnyOrder(tuple("versions-backwards", 5L), tuple("sha-256", 200L));
  }

  @Test
  void run_corruptionIsMet_gateGoesLocalOnlyAndRampsBack() {
    assertThat(week.gateStates())
        .extracting(ResumeWeekTest::inShort)
        .containsExactly("local-only", "10", "50", "100", "open");
  }

  private static String inShort(GateState state) {
    return state.fold(new GateState.Cases<>() {
      @Override
      public String open(GateState.Open open) {
        return "open";
      }

      @Override
      public String localOnly(GateState.LocalOnly localOnly) {
        return "local-only";
      }

      @Override
      public String ramping(GateState.Ramping ramping) {
        return Integer.toString(ramping.step().percent());
      }
    });
  }

  @Test
  void run_gateIsLocalOnly_queuesChangesAndSendsNone() {
    assertThat(week.sentWhileLocalOnly()).isZero();
    assertThat(week.mostQueued()).isGreaterThan(1_000);
    assertThat(PRINTED.toString(StandardCharsets.UTF_8))
        .contains("sync paused \u2013 local changes queued (" + week.mostQueued());
  }

  @Test
  void run_weekIsOver_everyNewestSnapshotIsInTheDatabase() {
    assertThat(week.users()).isGreaterThan(2_000);
    assertThat(week.wrong()).isEmpty();
    assertThat(week.queued()).isZero();
  }

  @Test
  void run_weekIsOver_writesReportDiaryAndHistory() {
    assertThat(week.report()).content().contains("sha-256", "versions-backwards", "SEV1");
    assertThat(folder.resolve("diary.md")).content().contains("resume-sync", "audit");
    assertThat(folder.resolve("history.html")).content().contains("resume-sync");
  }
}
