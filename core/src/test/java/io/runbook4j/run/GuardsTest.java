package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.failsafe.Bulkhead;
import dev.failsafe.CircuitBreaker;
import dev.failsafe.Failsafe;
import dev.failsafe.Fallback;
import dev.failsafe.Policy;
import dev.failsafe.RetryPolicy;
import dev.failsafe.Timeout;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import io.runbook4j.spi.sync.Target;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Failsafe policies around the calls to a target. */
class GuardsTest {
  private final Scene scene = new Scene();
  private int calls;

  /**
   * {@return a policy that interrupts a call} Used once, because Failsafe never interrupts a call
   * whose time was over before it began, as it may be while its classes are loaded.
   */
  private static Timeout<ChunkResult> interrupting() {
    Timeout<ChunkResult> timeout =
        Timeout.<ChunkResult>builder(Duration.ofMillis(50)).withInterrupt().build();
    Failsafe.with(timeout).get(() -> ChunkResult.succeeded());
    return timeout;
  }

  @Test
  @org.junit.jupiter.api.Timeout(60)
  void run_timeoutEndsACall_leavesItsChunkInDoubt() {
    CountDownLatch never = new CountDownLatch(1);
    Timeout<ChunkResult> timeout = interrupting();

    RunReport report = scene
        .runner()
        .run(Scene.policies()
            .from(Scene.source(20))
            .to(chunk -> {
              if (++calls == 1) {
                never.await();
              }
              return ChunkResult.succeeded();
            })
            .guard(timeout)
            .build());

    assertThat(report.state()).isEqualTo(RunState.COMPLETED);
    assertThat(report.counts()).isEqualTo(new Counts(20, 10, 0, 0, 10, 0));
    assertThat(report.reasons().get(0).kind()).contains(FailureKind.TIMEOUT);
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  @org.junit.jupiter.api.Timeout(60)
  void run_verificationHangs_endsWithTheTimeoutToo() {
    CountDownLatch never = new CountDownLatch(1);
    Timeout<ChunkResult> timeout = interrupting();
    Target<String> target = new Target<>() {
      @Override
      public ChunkResult apply(Chunk<String> chunk) {
        return ChunkResult.unanswered(Failure.of(FailureKind.NETWORK, "connection reset"));
      }

      @Override
      public Optional<Map<String, Verdict>> verify(List<String> keys) throws InterruptedException {
        calls++;
        never.await();
        return Optional.empty();
      }
    };

    RunReport report = scene
        .runner()
        .run(Scene.policies().from(Scene.source(10)).to(target).guard(timeout).build());

    assertThat(report.state()).isEqualTo(RunState.COMPLETED);
    assertThat(report.counts()).isEqualTo(new Counts(10, 0, 0, 0, 10, 0));
    assertThat(calls).isEqualTo(5);
  }

  @Test
  void run_targetCannotVerify_doesNotCountAgainstTheCircuit() {
    CircuitBreaker<ChunkResult> breaker = CircuitBreaker.<ChunkResult>builder()
        .handleResultIf(GuardsTest::isRefused)
        .withFailureThreshold(1)
        .build();

    scene
        .runner()
        .run(Scene.policies()
            .from(Scene.source(30))
            .to(chunk ->
                ChunkResult.unanswered(Failure.of(FailureKind.NETWORK, "connection reset")))
            .guard(breaker)
            .build());

    assertThat(breaker.isClosed()).isTrue();
  }

  @Test
  void run_circuitIsOpen_refusesWithoutSending() {
    CircuitBreaker<ChunkResult> breaker = CircuitBreaker.<ChunkResult>builder()
        .handleResultIf(GuardsTest::isRefused)
        .withFailureThreshold(3)
        .withDelay(Duration.ofDays(1))
        .build();

    RunReport report = scene
        .runner()
        .run(Scene.policies()
            .from(Scene.source(100))
            .to(chunk -> {
              calls++;
              return ChunkResult.refused(Failure.of(FailureKind.SERVER_ERROR, "down"));
            })
            .on(FailureKind.SERVER_ERROR, Reaction.fail())
            .guard(breaker)
            .build());

    assertThat(calls).isEqualTo(3);
    assertThat(report.counts()).isEqualTo(new Counts(100, 0, 100, 0, 0, 0));
    assertThat(report.reasons())
        .extracting(FailureReason::text)
        .contains("the circuit breaker is open", "down");
  }

  private static boolean isRefused(ChunkResult result) {
    return result.isWholeCall() && result.others().orElseThrow() instanceof Outcome.Failed;
  }

  @Test
  void run_bulkheadIsFull_refusesWithoutSendingAndSlowsDown() {
    Bulkhead<ChunkResult> bulkhead = Bulkhead.of(1);
    assertThat(bulkhead.tryAcquirePermit()).isTrue();

    RunReport report = scene
        .runner()
        .run(Scene.policies()
            .from(Scene.source(10))
            .to(chunk -> {
              calls++;
              return ChunkResult.succeeded();
            })
            .patience(2)
            .guard(bulkhead)
            .build());

    assertThat(calls).isZero();
    assertThat(report.state()).isEqualTo(RunState.STOPPED);
    assertThat(report.counts()).isEqualTo(new Counts(10, 0, 0, 0, 0, 10));
    assertThat(report.limits()).hasSize(2);
  }

  @Test
  void guard_policyThatCallsAgainOrInventsAnAnswer_isRefused() {
    SyncJob.Builder<String> policies = Scene.policies();

    for (Policy<ChunkResult> policy : List.<Policy<ChunkResult>>of(
        RetryPolicy.<ChunkResult>builder().build(), Fallback.of(ChunkResult.succeeded()))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> policies.guard(policy))
          .withMessageStartingWith(
              "policy must be one that lets a call through once or refuses it");
    }
  }
}
