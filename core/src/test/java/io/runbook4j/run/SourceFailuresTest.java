package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.backoff.BackOff;
import io.runbook4j.chunk.ChunkSize;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.PageReader;
import io.runbook4j.spi.sync.Source;
import io.runbook4j.testkit.ServiceCall;
import io.runbook4j.testkit.SimulatedService;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A source that fails: when it is read again, how often, and what is done meanwhile. */
class SourceFailuresTest {
  private static final Failure DOWN = Failure.of(FailureKind.NETWORK, "connection reset");
  private static final BackOff MINUTE =
      BackOff.between(Duration.ofMinutes(1), Duration.ofMinutes(1));

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

  @Test
  void run_sourceAsksToWaitWithItemsInHand_waitsFromThenOn() {
    Duration latency = Duration.ofMinutes(5);
    SimulatedService service = scene.service().latency(latency, latency).build();
    SyncJob<String> job = Scene.policies()
        .from(FailingSource.failing(Scene.source(100), 2, 1, limited(Duration.ofMinutes(9))))
        .to(service.target())
        .chunkSize(ChunkSize.fixed(15))
        .backOff(MINUTE)
        .build();

    RunReport report = scene.runner().run(job);

    assertThat(report.counts()).isEqualTo(new Counts(100, 100, 0, 0, 0, 0));
    assertThat(report.problems()).singleElement().asString().contains("try 1", "RATE_LIMITED");
    assertThat(service.calls().get(2).keys()).hasSize(10);
    assertThat(sinceStart(service.calls().get(2))).isEqualTo(Duration.ofMinutes(10));
    assertThat(sinceStart(service.calls().get(3)))
        .isBetween(Duration.ofMinutes(10 + 9), Duration.ofMinutes(10 + 5 + 9).minusSeconds(1));
  }

  @Test
  void run_sourceFailsForGoodWithItemsInHand_sendsThoseFirst() {
    SimulatedService service = scene.service().build();
    SyncJob<String> job = Scene.policies()
        .from(FailingSource.after(Scene.source(100), 2))
        .to(service.target())
        .chunkSize(ChunkSize.fixed(15))
        .build();

    RunReport report = scene.runner().run(job);

    assertThat(report.state()).isEqualTo(RunState.FAILED);
    assertThat(report.reason()).contains("the table is gone");
    assertThat(report.counts()).isEqualTo(new Counts(40, 40, 0, 0, 0, 0));
  }

  @Test
  void rerunFailed_sourceHiccupsNowAndThenInALongScan_goesThroughAllOfIt() {
    Set<String> wanted = Set.of("k0", "k50", "k199");
    boolean[] up = {false};
    SyncJob<String> job = Scene.policies()
        .from(hiccups(new ListSource(Scene.keys(200), 1), 20))
        .to(chunk -> {
          ChunkResult.Builder result = ChunkResult.builder().othersSucceeded();
          chunk.keys().stream()
              .filter(key -> !up[0] && wanted.contains(key))
              .forEach(key -> result.failed(key, Failure.of(FailureKind.INVALID, "no")));
          return result.build();
        })
        .build();
    RunReport first = scene.runner().run(job);
    assertThat(first.counts()).isEqualTo(new Counts(200, 197, 3, 0, 0, 0));
    up[0] = true;

    RunReport rerun = scene.runner().rerunFailed(job, first.runId());

    assertThat(rerun.state()).isEqualTo(RunState.COMPLETED);
    assertThat(rerun.counts()).isEqualTo(new Counts(3, 3, 0, 0, 0, 0));
  }

  /** {@return the source, of which one in so many reads fails} */
  private static Source<String> hiccups(Source<String> source, int reads) {
    int[] read = {0};
    return from -> {
      PageReader<String> reader = source.open(from);
      return limit -> {
        if (++read[0] % reads == 0) {
          throw new FailureException(DOWN);
        }
        return reader.next(limit);
      };
    };
  }

  @Test
  void run_sourceStaysDownWhileAnItemIsRetried_givesUpAfterAsManyTriesAsEver() {
    SimulatedService service =
        scene.service().failing(FailureKind.SERVER_ERROR, "k3").build();
    SyncJob<String> job = Scene.policies()
        .from(FailingSource.failing(Scene.source(40), 1, Integer.MAX_VALUE, DOWN))
        .to(service.target())
        .retryBackOff(MINUTE)
        .build();

    RunReport report = scene.runner().run(job);

    assertThat(report.state()).isEqualTo(RunState.FAILED);
    assertThat(report.problems())
        .containsExactly(
            "the source could not be read, try 1: " + DOWN,
            "the source could not be read, try 2: " + DOWN,
            "the source could not be read, try 3: " + DOWN);
  }
}
