package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.backoff.BackOff;
import io.runbook4j.chunk.ChunkSize;
import io.runbook4j.limit.Quota;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import io.runbook4j.spi.sync.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Promise 5: a Retry-After closes the service's limiter and makes chunks smaller, whatever the
 * answer that it came with, and once.
 */
class Promise05AskedToWaitTest {
  private static final Duration ASKED = Duration.ofMinutes(10);
  private static final Failure BUSY =
      Failure.of(FailureKind.SERVER_ERROR, "busy").withRetryAfter(ASKED);
  private static final Failure RESET = Failure.of(FailureKind.NETWORK, "connection reset");

  private final Scene scene = new Scene();
  private final List<Instant> calls = new ArrayList<>();

  /** How the first call is answered. */
  enum Answer {
    ITEM {
      @Override
      ChunkResult of(Chunk<String> chunk) {
        return ChunkResult.builder()
            .othersSucceeded()
            .failed(chunk.keys().get(0), BUSY)
            .build();
      }
    },
    REFUSED {
      @Override
      ChunkResult of(Chunk<String> chunk) {
        return ChunkResult.refused(BUSY);
      }
    },
    PARTLY_LOST {
      @Override
      ChunkResult of(Chunk<String> chunk) {
        return ChunkResult.builder()
            .othersSucceeded()
            .failed(chunk.keys().get(0), BUSY)
            .outcome(chunk.keys().get(1), Outcome.inDoubt(RESET))
            .build();
      }
    },
    LOST {
      @Override
      ChunkResult of(Chunk<String> chunk) {
        return ChunkResult.unanswered(BUSY);
      }
    };

    abstract ChunkResult of(Chunk<String> chunk);
  }

  @ParameterizedTest
  @EnumSource
  void run_askedToWait_nothingIsSentForThatLongAndChunksAreSmaller(Answer first) {
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(400))
        .chunkSize(ChunkSize.adaptive(10, 100))
        .to(target(first))
        .build();

    RunReport report = scene.runner().run(job);

    assertThat(Duration.between(calls.get(0), calls.get(1))).isGreaterThanOrEqualTo(ASKED);
    assertThat(report.limits()).hasSize(1);
    assertThat(report.sizeChanges().get(0).to())
        .isLessThan(report.sizeChanges().get(0).from());
    assertThat(report.sizeChanges().get(0).cause()).isEqualTo("the service asked to wait");
    assertThat(report.counts().succeeded()).isEqualTo(400);
    assertThat(Duration.between(calls.get(0), calls.get(calls.size() - 1)))
        .isLessThan(ASKED.multipliedBy(3).dividedBy(2));
  }

  @Test
  void run_verificationIsAskedToWait_nothingIsSentForThatLongAndChunksAreSmaller() {
    Target<String> absent = target(Answer.LOST);
    Target<String> busy = new Target<>() {
      @Override
      public ChunkResult apply(Chunk<String> chunk) {
        calls.add(scene.time.now());
        return calls.size() == 1 ? ChunkResult.unanswered(RESET) : ChunkResult.succeeded();
      }

      @Override
      public Optional<Map<String, Verdict>> verify(List<String> keys) throws InterruptedException {
        if (calls.size() > 1) {
          return absent.verify(keys);
        }
        calls.add(scene.time.now());
        throw new FailureException(BUSY);
      }
    };
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(400))
        .chunkSize(ChunkSize.adaptive(10, 100))
        .to(busy)
        .build();

    RunReport report = scene.runner().run(job);

    assertThat(Duration.between(calls.get(1), calls.get(2))).isGreaterThanOrEqualTo(ASKED);
    assertThat(report.limits()).hasSize(1);
    assertThat(report.sizeChanges().get(0).cause()).isEqualTo("the service asked to wait");
    assertThat(report.counts().succeeded()).isEqualTo(400);
  }

  @Test
  void run_itemsAreLimitedBesideOneInDoubt_countsAsOneHitBeforeTheOneIsVerified() {
    Target<String> target = target(chunk -> ChunkResult.builder()
        .othersSucceeded()
        .failed(chunk.keys().get(0), Failure.of(FailureKind.RATE_LIMITED, "slow down"))
        .outcome(chunk.keys().get(1), Outcome.inDoubt(RESET))
        .build());
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(400))
        .chunkSize(ChunkSize.adaptive(10, 100))
        .backOff(BackOff.between(ASKED, ASKED.multipliedBy(2)))
        .to(target)
        .build();

    RunReport report = scene.runner().run(job);

    assertThat(Duration.between(calls.get(0), calls.get(1))).isGreaterThanOrEqualTo(ASKED);
    assertThat(report.limits()).hasSize(1);
    assertThat(report.sizeChanges())
        .filteredOn(change -> change.to() < change.from())
        .hasSize(1);
    assertThat(report.counts().succeeded()).isEqualTo(400);
  }

  private Target<String> target(Answer first) {
    return target(first::of);
  }

  private Target<String> target(Function<Chunk<String>, ChunkResult> first) {
    return new Target<>() {
      @Override
      public ChunkResult apply(Chunk<String> chunk) {
        calls.add(scene.time.now());
        return calls.size() == 1 ? first.apply(chunk) : ChunkResult.succeeded();
      }

      @Override
      public Optional<Map<String, Verdict>> verify(List<String> keys) {
        calls.add(scene.time.now());
        Map<String, Verdict> verdicts = new HashMap<>();
        keys.forEach(key -> verdicts.put(key, Verdict.ABSENT));
        return Optional.of(verdicts);
      }
    };
  }

  @Test
  void resume_theDeadProcesssClockWasFarAhead_waitsForOneWindowOnly() {
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(100))
        .to(chunk -> ChunkResult.succeeded())
        .quota(Quota.of(100, Duration.ofMinutes(1)))
        .build();
    RunReport early = scene.runner(new StopAfter(2)).run(job);
    scene.time.stepWallClock(Duration.ofDays(-30));
    Duration before = scene.time.elapsed();

    scene.runner().resume(job, early.runId());

    assertThat(scene.time.elapsed().minus(before)).isLessThan(Duration.ofMinutes(5));
  }

  @Test
  void resume_atOnce_waitsForTheWindowAndItsMargin() {
    Quota quota = Quota.of(2, Duration.ofMinutes(1)).margin(Duration.ofSeconds(20));
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(100))
        .to(chunk -> {
          calls.add(scene.time.now());
          return ChunkResult.succeeded();
        })
        .quota(quota)
        .build();
    RunReport early = scene.runner(new StopAfter(2)).run(job);

    scene.runner().resume(job, early.runId()); // with a limiter that knows of no call

    assertThat(Duration.between(calls.get(1), calls.get(2)))
        .isGreaterThanOrEqualTo(Duration.ofSeconds(80));
  }
}
