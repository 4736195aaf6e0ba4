package io.runbook4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.ledger.ItemsCsv;
import io.runbook4j.limit.Quota;
import io.runbook4j.run.ChunkReport;
import io.runbook4j.run.Progress;
import io.runbook4j.run.RunControl;
import io.runbook4j.run.RunListener;
import io.runbook4j.run.RunReport;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.testkit.VirtualTime;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemonstrationTest {
  private static final int UNMAPPED = 40;
  private static final int UNFETCHABLE = 4 + 5 + 3; // moved, missing, broken
  private static final int DOWN_DURING_THE_RUN = 8;

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-11-23T22:00:00Z"));
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  @TempDir
  Path ledger;

  private Demonstration.Result demonstrate(RunListener... listeners) throws IOException {
    // what a service does takes no time here: it must not wait on the clock that the run waits on
    ServiceTerms terms = new ServiceTerms(5, Duration.ofSeconds(4), Duration.ZERO, 6);
    Pace pace = Pace.shortened(Quota.of(8, Duration.ofSeconds(4)), time);
    PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    return new Demonstration(ledger, terms, pace, List.of(listeners), out).run();
  }

  @Test
  void run_shippedUsers_rerunsOnlyWhatFailed() throws Exception {
    Demonstration.Result result = demonstrate();

    RunReport first = result.first().orElseThrow();
    int failed = UNMAPPED + UNFETCHABLE + DOWN_DURING_THE_RUN;
    assertThat(first.counts()).isEqualTo(new Counts(1_200, 1_200 - failed, failed, 0, 0, 0));
    assertThat(result.newest().counts())
        .isEqualTo(new Counts(failed, DOWN_DURING_THE_RUN, UNMAPPED + UNFETCHABLE, 0, 0, 0));
    assertThat(result.calledAgain()).isZero();
    assertThat(result.appliedTwice()).isZero();
  }

  @Test
  void run_serviceWithALimitAndAnExpiredToken_meetsBothAndAlerts() throws Exception {
    Demonstration.Result result = demonstrate();

    RunReport first = result.first().orElseThrow();
    assertThat(result.limited()).isPositive();
    assertThat(first.limits()).isNotEmpty();
    assertThat(first.sizeChanges()).isNotEmpty();
    assertThat(result.unauthorized()).isEqualTo(1);
    assertThat(first.alerts()).hasSize(1);
    assertThat(printed.toString(StandardCharsets.UTF_8)).contains("Sent to the on-call channel");
  }

  @Test
  void run_usersWithoutAMapping_areExportedAndNeverSent() throws Exception {
    Demonstration.Result result = demonstrate();

    Path file = ledger.resolve("unmapped-" + result.first().orElseThrow().runId() + ".csv");
    assertThat(ItemsCsv.keys(file)).hasSize(UNMAPPED);
    assertThat(ledger.resolve("service.log"))
        .content()
        .doesNotContain(ItemsCsv.keys(file).iterator().next());
  }

  @Test
  void run_stoppedHalfWay_goesOnWithTheSameRun() throws Exception {
    Demonstration.Result stopped = demonstrate(new StopAfter(600));

    Demonstration.Result result = demonstrate();

    RunReport resumed = result.first().orElseThrow();
    assertThat(stopped.newest().state()).isEqualTo(RunState.STOPPED);
    assertThat(resumed.runId()).isEqualTo(stopped.newest().runId());
    assertThat(resumed.isResumed()).isTrue();
    assertThat(resumed.counts().read()).isEqualTo(1_200);
    assertThat(result.appliedTwice()).isZero();
    assertThat(result.calledAgain()).isZero();
  }

  /** Stops the run when so many users have their outcome. */
  private static final class StopAfter implements RunListener {
    private final int settled;
    private @Nullable RunControl run;

    StopAfter(int settled) {
      this.settled = settled;
    }

    @Override
    public void onStarted(RunControl started) {
      run = started;
    }

    @Override
    public void onChunk(ChunkReport chunk, Progress progress) {
      if (run != null && progress.counts().settled() >= settled) {
        run.stop("half-way");
      }
    }
  }
}
