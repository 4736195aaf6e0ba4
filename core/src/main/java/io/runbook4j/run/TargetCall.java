package io.runbook4j.run;

import dev.failsafe.BulkheadFullException;
import dev.failsafe.CircuitBreakerOpenException;
import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.FailsafeExecutor;
import dev.failsafe.Fallback;
import dev.failsafe.Policy;
import dev.failsafe.RateLimitExceededException;
import dev.failsafe.RetryPolicy;
import dev.failsafe.TimeoutExceededException;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import io.runbook4j.spi.sync.Target;
import io.runbook4j.spi.sync.Target.Verdict;
import io.runbook4j.spi.time.Time;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sends batches to the target, and turns whatever it does into an answer. Safe for many threads.
 */
final class TargetCall<T> {
  private static final Failure RETURNED_NULL =
      Failure.of(FailureKind.UNKNOWN, "the target's apply returned null, must be a ChunkResult");

  private final Target<T> target;
  private final Time time;
  private final Redaction redaction;
  private final @Nullable FailsafeExecutor<ChunkResult> guard;

  /** {@return the policy, which must not go behind the ledger's back} */
  static Policy<ChunkResult> checked(Policy<ChunkResult> policy) {
    Objects.requireNonNull(policy, "policy");
    if (policy instanceof RetryPolicy || policy instanceof Fallback) {
      throw new IllegalArgumentException(
          "policy must be one that lets a call through once or refuses it, such as a Timeout, a"
              + " CircuitBreaker or a Bulkhead, was a " + policy.getClass().getSimpleName()
              + "; for retries see on(..) and retryBackOff(..)");
    }
    return policy;
  }

  TargetCall(SyncJob<T> job, Time time, Redaction redaction) {
    List<Policy<ChunkResult>> guards = job.guards();
    this.target = job.target();
    this.time = time;
    this.redaction = redaction;
    this.guard = guards.isEmpty() ? null : Failsafe.with(guards);
  }

  Answer<T> send(Batch<T> batch) {
    long sent = time.nanoTime();
    ChunkResult result = null;
    Error error = null;
    try {
      Batch.Doubt doubt = batch.doubt().orElse(null);
      result = redaction.clean(doubt == null ? apply(batch.chunk()) : verify(doubt));
    } catch (Error e) {
      error = e; // handed to the run's own thread, which throws it once the other chunks are in
    } catch (Throwable e) { // a checked exception that nobody declared
      result = redaction.clean(threw(e));
    }
    return new Answer<>(batch, sent, time.nanoTime() - sent, result, error);
  }

  private ChunkResult apply(Chunk<T> chunk) {
    return guarded(
        () -> {
          ChunkResult result = target.apply(chunk);
          return result == null ? ChunkResult.unanswered(RETURNED_NULL) : result;
        },
        ChunkResult::refused);
  }

  /**
   * Makes a call within the job's policies.
   *
   * @param refused what it comes to if it was not made, or the target says that it did nothing
   */
  private ChunkResult guarded(Call made, Function<Failure, ChunkResult> refused) {
    try {
      ChunkResult result = guard == null ? made.make() : guard.get(made::make);
      return Objects.requireNonNull(result, "the target returned null");
    } catch (FailureException e) {
      return refused.apply(e.failure());
    } catch (CircuitBreakerOpenException e) {
      return refused.apply(Failure.of(FailureKind.SERVER_ERROR, "the circuit breaker is open")
          .withRetryAfter(e.getCircuitBreaker().getRemainingDelay()));
    } catch (BulkheadFullException | RateLimitExceededException e) {
      return refused.apply(
          Failure.of(FailureKind.RATE_LIMITED, "a policy of the job refused the call: " + e));
    } catch (TimeoutExceededException e) {
      return ChunkResult.unanswered(
          Failure.of(FailureKind.TIMEOUT, "no answer within the job's time-out"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return interrupted();
    } catch (FailsafeException e) {
      if (e.getCause() instanceof InterruptedException) {
        Thread.currentThread().interrupt();
        return interrupted();
      }
      return threw(e.getCause() == null ? e : e.getCause());
    } catch (RuntimeException e) {
      return threw(e);
    }
  }

  private static ChunkResult interrupted() {
    return ChunkResult.unanswered(Failure.of(FailureKind.CANCELLED, "the call was interrupted"));
  }

  /**
   * What a target throws without saying that nothing was applied may have happened before or after
   * it was.
   */
  private static ChunkResult threw(Throwable thrown) {
    return ChunkResult.unanswered(Failure.of(FailureKind.UNKNOWN, "the target threw " + thrown));
  }

  /**
   * {@return what the target found: applied, refused for what was not, in doubt for what it does
   * not know; the whole call refused if it cannot look}
   */
  private ChunkResult verify(Batch.Doubt doubt) {
    Optional<Map<String, Verdict>> answer;
    try {
      answer = look(doubt.keys());
    } catch (FailureException e) {
      return ChunkResult.unanswered(e.failure());
    }
    if (answer.isEmpty()) {
      return ChunkResult.refused(doubt.failure());
    }
    Map<String, Verdict> verdicts = answer.get();
    ChunkResult.Builder result = ChunkResult.builder();
    for (String key : doubt.keys()) {
      Verdict verdict = verdicts.get(key);
      result.outcome(key, outcome(verdict == null ? Verdict.UNKNOWN : verdict, doubt.failure()));
    }
    return result.build();
  }

  /**
   * Asks the target about items, within the job's policies.
   *
   * @return its verdicts; empty if it cannot look
   * @throws FailureException if it did not answer
   */
  Optional<Map<String, Verdict>> look(List<String> keys) {
    AtomicReference<@Nullable Optional<Map<String, Verdict>>> found = new AtomicReference<>();
    ChunkResult outcome = guarded(
        () -> {
          found.set(Objects.requireNonNull(target.verify(keys), "verify returned null"));
          return ChunkResult.succeeded();
        },
        ChunkResult::unanswered);
    Optional<Map<String, Verdict>> answer = found.get();
    if (answer == null) {
      throw new FailureException(unanswered(outcome));
    }
    return answer;
  }

  private static Failure unanswered(ChunkResult outcome) {
    return outcome.others().orElse(null) instanceof Outcome.InDoubt lost
        ? lost.failure()
        : Failure.of(FailureKind.UNKNOWN, "a policy of the job answered in the target's place");
  }

  /** A call to the target. */
  private interface Call {
    ChunkResult make() throws InterruptedException;
  }

  private static Outcome outcome(Verdict verdict, Failure failure) {
    return switch (verdict) {
      case APPLIED -> Outcome.succeeded();
      case ABSENT -> Outcome.failed(failure);
      case UNKNOWN -> Outcome.inDoubt(failure);
    };
  }
}
