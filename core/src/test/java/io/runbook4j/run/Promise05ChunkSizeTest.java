package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.runbook4j.backoff.BackOff;
import io.runbook4j.chunk.ChunkSize;
import io.runbook4j.chunk.ChunkSizer.SizeChange;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Target;
import java.time.Duration;
import java.util.List;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Promise 5: chunks become smaller for the service's sake, not for one item's, and once. */
class Promise05ChunkSizeTest {
  private static final Failure TIMEOUT = Failure.of(FailureKind.TIMEOUT, "too slow");
  private static final Failure TOO_LARGE = Failure.of(FailureKind.TOO_LARGE, "12 MB");

  private final Scene scene = new Scene();
  private int calls;

  @Test
  void run_oneItemAlwaysTimesOut_chunksGrowToTheirLargestAllTheSame() {
    RunReport report = run(policies(chunk -> failing("k7", TIMEOUT, chunk)));

    assertThat(report.counts().failed()).isEqualTo(1);
    assertThat(shrinks(report)).containsExactly(tuple(100, 50));
    assertThat(largest(report)).isEqualTo(200);
  }

  @Test
  void run_oneItemForWhichEveryChunkIsTooLarge_shrinksOnce() {
    RunReport report = run(policies(chunk ->
        chunk.keys().contains("k7") ? ChunkResult.refused(TOO_LARGE) : ChunkResult.succeeded()));

    assertThat(report.counts().failed()).isEqualTo(1);
    assertThat(shrinks(report)).containsExactly(tuple(100, 50));
    assertThat(largest(report)).isEqualTo(200);
  }

  @Test
  void run_oneItemIsTooLargeAndTheOthersSucceed_shrinksNothing() {
    RunReport report = run(policies(chunk -> failing("k7", TOO_LARGE, chunk)));

    assertThat(report.counts().failed()).isEqualTo(1);
    assertThat(shrinks(report)).isEmpty();
  }

  @Test
  void run_allItemsOfAChunkAreTooLarge_shrinks() {
    RunReport report = run(policies(chunk -> {
      ChunkResult.Builder result = ChunkResult.builder();
      chunk.keys().forEach(key -> result.failed(key, TOO_LARGE));
      return ++calls == 1 ? result.build() : ChunkResult.succeeded();
    }));

    assertThat(shrinks(report)).containsExactly(tuple(100, 50));
  }

  @ParameterizedTest
  @ValueSource(strings = {"TIMEOUT", "RATE_LIMITED"})
  void run_allInFlightMeetTheSameTrouble_shrinksOnce(FailureKind kind) {
    ChunkResult trouble = ChunkResult.refused(Failure.of(kind, "all at once"));

    RunReport report =
        run(policies(firstEight(trouble)).chunkSize(ChunkSize.adaptive(10, 200)).chunksInFlight(8));

    assertThat(shrinks(report)).containsExactly(tuple(45, 22));
    assertThat(largest(report)).isEqualTo(200);
  }

  @Test
  void run_notAnsweredInTimeAndAskedToWait_shrinksOnce() {
    Failure lost = TIMEOUT.withRetryAfter(Duration.ofMinutes(10));

    RunReport report =
        run(policies(chunk -> ++calls == 1 ? ChunkResult.unanswered(lost) : ChunkResult.succeeded())
            .chunkSize(ChunkSize.adaptive(10, 200))
            .inDoubt(InDoubt.REAPPLY));

    assertThat(shrinks(report)).containsExactly(tuple(45, 22));
    assertThat(report.limits()).hasSize(1);
  }

  @Test
  void run_oneItemTimesOutAndIsAskedToWait_shrinksForTheWaitsSake() {
    Failure busy = TIMEOUT.withRetryAfter(Duration.ofMinutes(10));

    RunReport report = run(policies(chunk -> chunk.size() == 1 && ++calls == 1
            ? ChunkResult.refused(busy)
            : calls == 0
                ? failing("k7", Failure.of(FailureKind.SERVER_ERROR, "busy"), chunk)
                : ChunkResult.succeeded())
        .chunkSize(ChunkSize.adaptive(10, 200)));

    assertThat(report.sizeChanges())
        .filteredOn(change -> change.to() < change.from())
        .singleElement()
        .satisfies(change -> assertThat(change.cause()).isEqualTo("the service asked to wait"));
  }

  private RunReport run(SyncJob.Builder<String> policies) {
    RunReport report = scene.runner().run(policies.build());
    assertThat(report.counts().read()).isEqualTo(15_000);
    return report;
  }

  private static SyncJob.Builder<String> policies(Target<String> target) {
    return Scene.policies()
        .from(Scene.source(15_000))
        .to(target)
        .chunkSize(ChunkSize.defaults())
        .retryBackOff(BackOff.between(Duration.ofSeconds(1), Duration.ofSeconds(1)));
  }

  private static ChunkResult failing(String key, Failure failure, Chunk<String> chunk) {
    return chunk.keys().contains(key)
        ? ChunkResult.builder().failed(key, failure).othersSucceeded().build()
        : ChunkResult.succeeded();
  }

  /** Answers in turn, a second after each other. */
  private Target<String> firstEight(ChunkResult result) {
    return new Target<>() {
      @Override
      public ChunkResult apply(Chunk<String> chunk) throws InterruptedException {
        int call = ++calls;
        scene.time.sleep(Duration.ofSeconds(Math.min(call, 10)));
        return call <= 8 ? result : ChunkResult.succeeded();
      }
    };
  }

  private static List<Tuple> shrinks(RunReport report) {
    return report.sizeChanges().stream()
        .filter(change -> change.to() < change.from())
        .map(change -> tuple(change.from(), change.to()))
        .toList();
  }

  private static int largest(RunReport report) {
    return report.sizeChanges().stream().mapToInt(SizeChange::to).max().orElseThrow();
  }
}
