package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.limit.Quota;
import io.runbook4j.limit.RetryBudget;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Target;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What answers that are lost cost, where the target cannot look. */
class LostAnswersTest {
  private static final Failure TIMEOUT = Failure.of(FailureKind.TIMEOUT, "no answer");

  private final Scene scene = new Scene();
  private int asked;

  @Test
  void run_targetCannotLook_isAskedOnceAndTheCallsAreThoseThatTheServiceHad() {
    RunReport report = scene.runner().run(policies(blind(false)).build());

    assertThat(report.counts()).isEqualTo(new Counts(50, 0, 0, 0, 50, 0));
    assertThat(report.totals().calls()).isEqualTo(5);
    assertThat(asked).isEqualTo(1);
  }

  @Test
  void run_targetCannotLookAndCallsAreFew_waitsForItsCallsOnly() {
    scene
        .runner()
        .run(policies(blind(false)).quota(Quota.of(1, Duration.ofHours(1))).build());

    assertThat(scene.time.elapsed()).isBetween(Duration.ofHours(4), Duration.ofHours(6));
  }

  @Test
  void run_severalInFlightAndTheTargetCannotLook_countsTheSame() {
    RunReport report =
        scene.runner().run(policies(blind(false)).chunksInFlight(5).build());

    assertThat(report.counts()).isEqualTo(new Counts(50, 0, 0, 0, 50, 0));
    assertThat(report.totals().calls()).isEqualTo(5);
  }

  @Test
  void run_targetCannotLookAndIsIdempotent_sendsEachChunkAgainAsOftenAsBefore() {
    RunReport report = scene.runner().run(policies(blind(true)).build());

    assertThat(report.counts()).isEqualTo(new Counts(50, 0, 0, 0, 50, 0));
    assertThat(report.totals().calls()).isEqualTo(20);
    assertThat(asked).isEqualTo(1);
  }

  @Test
  void run_targetTurnsOutBlindWhileAChunkWaitsForItsPermit_sendsNoneAgainBeyondTheBudget() {
    Duration call = Duration.ofMinutes(1);
    int[] calls = {0};
    Target<String> slow = new Target<>() {
      @Override
      public ChunkResult apply(Chunk<String> chunk) throws InterruptedException {
        calls[0]++;
        scene.time.sleep(call);
        return ChunkResult.unanswered(TIMEOUT);
      }

      @Override
      public boolean isIdempotent() {
        return true;
      }

      @Override
      public Optional<Map<String, Verdict>> verify(List<String> keys) throws InterruptedException {
        scene.time.sleep(call);
        return Optional.empty();
      }
    };
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(20))
        .to(slow)
        .chunksInFlight(2)
        .quota(Quota.of(3, Duration.ofHours(1)).exact())
        .build();
    Runner runner = scene.runners().retryBudget(() -> RetryBudget.of(0, 0)).build();

    RunReport report = runner.run(job);

    assertThat(report.counts()).isEqualTo(new Counts(20, 0, 0, 0, 20, 0));
    assertThat(calls[0]).isEqualTo(2);
  }

  private static SyncJob.Builder<String> policies(Target<String> target) {
    return Scene.policies().from(Scene.source(50)).to(target);
  }

  /** {@return a target that never answers, and cannot look} */
  private Target<String> blind(boolean idempotent) {
    return new Target<>() {
      @Override
      public ChunkResult apply(Chunk<String> chunk) {
        return ChunkResult.unanswered(TIMEOUT);
      }

      @Override
      public boolean isIdempotent() {
        return idempotent;
      }

      @Override
      public Optional<Map<String, Verdict>> verify(List<String> keys) {
        asked++;
        return Optional.empty();
      }
    };
  }
}
