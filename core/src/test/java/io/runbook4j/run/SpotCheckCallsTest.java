package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.failsafe.CircuitBreaker;
import io.runbook4j.gate.Gate;
import io.runbook4j.gate.Order;
import io.runbook4j.integrity.SpotCheck;
import io.runbook4j.limit.Limits;
import io.runbook4j.limit.Quota;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A spot check's calls are calls like all others. */
class SpotCheckCallsTest {
  private static final Duration WINDOW = Duration.ofMinutes(10);

  private final Scene scene = new Scene();
  private final List<Instant> calls = new ArrayList<>();

  /** What each look comes to; a verdict if empty. */
  private Optional<Failure> looks = Optional.empty();

  @Test
  void run_targetTakesOneItemAtATime_eachLookTakesAPermitAndCounts() {
    RunReport report = scene.runner().run(job(2).build());

    assertThat(calls).hasSize(3 + 3);
    assertThat(report.totals().calls()).isEqualTo(6);
    assertThat(report.spotCheck().orElseThrow().text()).contains("APPLIED");
    for (int i = 2; i < calls.size(); i++) {
      assertThat(Duration.between(calls.get(i - 2), calls.get(i))).isGreaterThanOrEqualTo(WINDOW);
    }
  }

  @Test
  void run_deadlinePassesWhileALookWaits_endsWithoutTheSpotCheck() {
    Instant start = scene.time.now();

    RunReport report =
        scene.runner().run(job(2).deadline(Duration.ofMinutes(15)).build());

    assertThat(calls).hasSize(3 + 1);
    assertThat(report.problems().toString()).contains("the spot check could not be made");
    assertThat(report.state()).isEqualTo(RunState.COMPLETED);
    assertThat(Duration.between(start, scene.time.now())).isLessThan(Duration.ofMinutes(16));
  }

  @Test
  void run_stoppedWhileALookWaits_endsAtOnce() {
    Instant start = scene.time.now();
    Runner[] runner = new Runner[1];
    runner[0] = scene.runner(whenItWaits(() -> runner[0].stop("enough")));

    RunReport report = runner[0].run(job(3).build());

    assertThat(calls).hasSize(3);
    assertThat(report.counts().succeeded()).isEqualTo(3);
    assertThat(Duration.between(start, scene.time.now())).isLessThan(Duration.ofMinutes(1));
  }

  @Test
  void run_aPolicyRefusesTheLook_isAProblemAndNoFinding() {
    CircuitBreaker<ChunkResult> breaker = CircuitBreaker.<ChunkResult>builder().build();

    RunReport report =
        scene.runner(whenItWaits(breaker::open)).run(job(3).guard(breaker).build());

    assertThat(calls).hasSize(3);
    assertThat(report.findings()).isEmpty();
    assertThat(report.problems().toString()).contains("the circuit breaker is open");
  }

  @Test
  void run_aLookIsRateLimited_closesTheLimiterForEverybody() {
    assertClosesFor(Duration.ofMinutes(2), Failure.of(FailureKind.RATE_LIMITED, "slow down"));
  }

  @Test
  void run_aLookIsAskedToWait_closesTheLimiterForEverybody() {
    Duration asked = Duration.ofMinutes(30);
    assertClosesFor(asked, Failure.of(FailureKind.SERVER_ERROR, "busy").withRetryAfter(asked));
  }

  private void assertClosesFor(Duration least, Failure answer) {
    Limits limits = Limits.create(scene.time, new Random(1));
    looks = Optional.of(answer);

    RunReport report = scene.runners().limits(limits).build().run(job(10).build());

    assertThat(report.state()).isEqualTo(RunState.COMPLETED);
    assertThat(report.problems().toString()).contains(answer.message());
    assertThat(report.limits()).hasSize(1);
    assertThat(limits.limiter("job " + Scene.JOB).closedFor()).isGreaterThanOrEqualTo(least);
  }

  @Test
  void run_theGateIsClosedBeforeTheLooks_noneIsMade() {
    Gate gate = Gate.inMemory("sync", scene.time);
    SyncJob<String> job = job(10).gate(gate).build();
    RunListener closes = new RunListener() {
      @Override
      public void onChunk(ChunkReport chunk, Progress progress) {
        if (progress.counts().succeeded() == 3) {
          gate.localOnly(Order.of("ann", "snapshots look corrupt"));
        }
      }
    };

    RunReport report = scene.runner(closes).run(job);

    assertThat(report.counts().succeeded()).isEqualTo(3);
    assertThat(calls).hasSize(3);
    assertThat(report.problems().toString()).contains("gate sync is local-only");
  }

  private static RunListener whenItWaits(Runnable action) {
    return new RunListener() {
      @Override
      public void onWait(Wait wait) {
        action.run();
      }
    };
  }

  /** {@return three items, one in a chunk, all of them looked at} */
  private SyncJob.Builder<String> job(int permits) {
    return Scene.policies()
        .from(Scene.source(3))
        .to(target())
        .quota(Quota.of(permits, WINDOW))
        .spotCheck(SpotCheck.of(3, 3));
  }

  private Target<String> target() {
    return new Target<>() {
      @Override
      public ChunkResult apply(Chunk<String> chunk) {
        calls.add(scene.time.now());
        return ChunkResult.succeeded();
      }

      @Override
      public int maxChunk() {
        return 1;
      }

      @Override
      public Optional<Map<String, Verdict>> verify(List<String> keys) {
        calls.add(scene.time.now());
        looks.ifPresent(failure -> {
          throw new FailureException(failure);
        });
        Map<String, Verdict> verdicts = new HashMap<>();
        keys.forEach(key -> verdicts.put(key, Verdict.APPLIED));
        return Optional.of(verdicts);
      }
    };
  }
}
