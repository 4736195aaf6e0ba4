package io.runbook4j.gate;

import io.runbook4j.spi.LimitSignal;
import io.runbook4j.spi.Permits;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The way back: sends what waits in an outbox, at a quota, as far as the gate lets it. Safe for
 * many threads; several may drain one outbox at once, each key is in the hands of one.
 *
 * <p>A change is taken out after it was acknowledged, that is, when its outcome is a success or
 * skipped. One that failed stays and is tried again by the next {@link #run}, and until then its
 * key's later changes wait behind it; {@link Outbox#discard} gives it up. What became of each is
 * reported to the gate, for its ramp.
 */
public final class Drain {
  private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

  /**
   * How soon it is noticed, while no permit comes free, that the gate is local-only. Who asks anew
   * is the last in line, so not sooner.
   */
  private static final Duration LOOK_EVERY = Duration.ofMinutes(5);

  private final Outbox outbox;
  private final Gate gate;
  private final Permits permits;
  private final Sender sender;
  private final int stopAfter;

  /** Sends one change. */
  @FunctionalInterface
  public interface Sender {
    /**
     * Sends a change, with its id as the idempotency key.
     *
     * @return what became of it; skipped, if it has become superfluous. Rate limited closes the
     *     permits for as long as the failure says, and the change is tried again
     * @throws FailureException if nothing was applied; other exceptions count as failures, too
     * @throws InterruptedException if the thread is interrupted; the change stays
     */
    Outcome send(Change change) throws InterruptedException;
  }

  /**
   * What came of a drain.
   *
   * @param sent how many changes were sent and acknowledged
   * @param skipped how many had become superfluous
   * @param failed how many failed or are in doubt; these wait on. One that was rate limited and
   *     then sent is none of them
   * @param lastFailure why the last of these failed, as the sender said or threw it, not redacted;
   *     empty if none did
   * @param end why it ended
   */
  public record Result(
      long sent, long skipped, long failed, Optional<Failure> lastFailure, End end) {}

  /** Why a drain ended. */
  public enum End {
    /** Each change was tried that the gate lets through. */
    DONE,
    /** The gate is local-only. */
    LOCAL_ONLY,
    /** Too many failed in a row: the service is down, or refuses us. */
    FAILURES
  }

  private Drain(Outbox outbox, Gate gate, Permits permits, Sender sender, int stopAfter) {
    this.outbox = outbox;
    this.gate = gate;
    this.permits = permits;
    this.sender = sender;
    this.stopAfter = stopAfter;
  }

  /**
   * {@return a drain}
   *
   * @param permits the job's quota, such as a {@link io.runbook4j.limit.RateLimiter}; each try
   *     takes one
   */
  public static Drain of(Outbox outbox, Gate gate, Permits permits, Sender sender) {
    return new Drain(
        Objects.requireNonNull(outbox, "outbox"),
        Objects.requireNonNull(gate, "gate"),
        Objects.requireNonNull(permits, "permits"),
        Objects.requireNonNull(sender, "sender"),
        10);
  }

  /** {@return this drain, which ends after another number of failures in a row; default 10} */
  public Drain stopAfter(int failures) {
    if (failures < 1) {
      throw new IllegalArgumentException("failures must be at least 1, was " + failures);
    }
    return new Drain(outbox, gate, permits, sender, failures);
  }

  /**
   * Sends what may leave, each change once, waiting for permits, but no longer than five minutes
   * once the gate is local-only. Does not wait for the gate: call it again when the gate lets more
   * through, for example after {@link Gate#awaitAllowed}.
   *
   * @throws InterruptedException if the thread is interrupted; what was not acknowledged waits on
   * @throws GateException if the outbox could not be written. A change that was acknowledged may be
   *     sent again then, with its id
   */
  public Result run() throws InterruptedException {
    Pass pass = new Pass();
    while (true) {
      if (gate.isLocalOnly()) {
        return pass.ended(End.LOCAL_ONLY);
      }
      if (pass.failedInARow >= stopAfter) {
        return pass.ended(End.FAILURES);
      }
      Optional<Pending> next = outbox.after(pass.place);
      if (next.isEmpty()) {
        return pass.ended(End.DONE);
      }
      long before = pass.place;
      pass.place = next.get().place();
      if (!pass.ahead.remove(next.get().change().id())
          && gate.allows(next.get().key())
          && outbox.claim(next.get())
          && mustBeTriedAgain(next.get(), pass)) {
        pass.place = before; // once more, when the limit is open again
      }
    }
  }

  /** {@return whether the claimed key was not tried, for want of a permit, or met a limit} */
  private boolean mustBeTriedAgain(Pending first, Pass pass) throws InterruptedException {
    try {
      while (!permits.acquire(1, LOOK_EVERY)) {
        if (gate.isLocalOnly()) {
          return true; // the pass ends there, unless the gate has opened again by then
        }
      }
      // The gate may have been switched while we waited.
      Optional<Pending> change =
          gate.allows(first.key()) ? outbox.begin(first.key()) : Optional.empty();
      if (change.isEmpty()) {
        permits.correct(-1);
        return false;
      }
      boolean isLimited = settle(change.get(), send(change.get().change(), pass), pass);
      if (!isLimited && change.get().place() > pass.place) {
        pass.ahead.add(change.get().change().id());
      }
      return isLimited;
    } finally {
      outbox.release(first.key());
    }
  }

  private Outcome send(Change change, Pass pass) throws InterruptedException {
    try {
      return Objects.requireNonNull(sender.send(change), "outcome");
    } catch (FailureException e) {
      return Outcome.failed(e.failure());
    } catch (InterruptedException | VirtualMachineError e) {
      throw e;
    } catch (Throwable e) {
      LOG.atLevel(pass.warned ? Level.DEBUG : Level.WARN)
          .setCause(e)
          .log("Sender failed. sender={} change={}", sender.getClass(), change.id());
      pass.warned = true;
      return Outcome.inDoubt(Failure.of(FailureKind.UNKNOWN, String.valueOf(e)));
    }
  }

  private boolean settle(Pending change, Outcome outcome, Pass pass) {
    pass.tries(change.change());
    return outcome.fold(new Outcome.Cases<Boolean>() {
      @Override
      public Boolean succeeded() {
        outbox.remove(change, "sent");
        gate.report(1, 0);
        pass.sent++;
        pass.failedInARow = 0;
        return false;
      }

      @Override
      public Boolean skipped(String reason) {
        outbox.remove(change, "skipped: " + reason);
        pass.skipped++;
        return false;
      }

      @Override
      public Boolean failed(Failure failure) {
        pass.failed++;
        pass.failedInARow++;
        pass.lastFailure = failure;
        if (failure.kind() == FailureKind.RATE_LIMITED) {
          pass.limited = change.change().id();
          permits.learn(new LimitSignal.Closed(failure.retryAfter().orElse(Duration.ZERO)));
          return true;
        }
        gate.report(1, 1);
        LOG.debug("Change not sent. change={} failure={}", change.change().id(), failure);
        return false;
      }

      @Override
      public Boolean inDoubt(Failure failure) {
        return failed(failure);
      }
    });
  }

  /** How far one run is. */
  private static final class Pass {
    private long place = -1;
    private final Set<String> ahead =
        new HashSet<>(); // sent for older ones before their place came
    private long sent;
    private long skipped;
    private long failed;
    private int failedInARow;
    private boolean warned;
    private String limited = "";
    private @Nullable Failure lastFailure;

    /** A change that was limited is tried again, and counts as failed only if it fails again. */
    void tries(Change change) {
      if (change.id().equals(limited)) {
        limited = "";
        failed--;
      }
    }

    Result ended(End end) {
      Optional<Failure> last = failed == 0 ? Optional.empty() : Optional.ofNullable(lastFailure);
      return new Result(sent, skipped, failed, last, end);
    }
  }
}
