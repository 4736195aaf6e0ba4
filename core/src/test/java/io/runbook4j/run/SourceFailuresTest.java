package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.testkit.ServiceCall;
import io.runbook4j.testkit.SimulatedService;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** A source that fails: when it is read again, how often, and what is done meanwhile. */
class SourceFailuresTest {
  private final Scene scene = new Scene();
  private final Instant start = scene.time.now();

  private static Failure limited(Duration asked) {
    return Failure.of(FailureKind.RATE_LIMITED, "too many").withRetryAfter(asked);
  }

  private Duration sinceStart(ServiceCall call) {
    return Duration.between(start, call.at());
  }

  @Test
  void run_sourceAsksToWaitAnHour_retriesWhatIsDueMeanwhile() {
    SimulatedService service =
        scene.service().failingTimes(1, FailureKind.SERVER_ERROR, "k3").build();
    SyncJob<String> job = Scene.policies()
        .from(FailingSource.failing(Scene.source(40), 1, 1, limited(Duration.ofHours(1))))
        .to(service.target())
        .build();

    RunReport report = scene.runner().run(job);

    assertThat(report.counts()).isEqualTo(new Counts(40, 40, 0, 0, 0, 0));
    assertThat(service.calls()).hasSize(5);
    assertThat(service.calls().get(2).keys()).containsExactly("k3");
    assertThat(sinceStart(service.calls().get(2))).isLessThan(Duration.ofMinutes(5));
    assertThat(sinceStart(service.calls().get(3))).isGreaterThanOrEqualTo(Duration.ofHours(1));
  }

  @Test
  void run_sourceAsksToWaitLongerThanTheDeadline_reachesWhatItHasRead() {
    SimulatedService service = scene.service().poison("k3", "k14").build();
    SyncJob<String> job = Scene.policies()
        .from(FailingSource.failing(Scene.source(40), 1, 1, limited(Duration.ofHours(1))))
        .to(service.target())
        .chunksInFlight(4)
        .deadline(Duration.ofMinutes(30))
        .build();

    RunReport report = scene.runner().run(job);

    assertThat(report.state()).isEqualTo(RunState.STOPPED);
    assertThat(report.counts()).isEqualTo(new Counts(20, 18, 2, 0, 0, 0));
    assertThat(scene.time.elapsed()).isEqualTo(Duration.ofMinutes(30));
  }
}
