package io.runbook4j.run;

import io.runbook4j.backoff.BackOff;
import io.runbook4j.limit.RateLimiter;
import io.runbook4j.run.RunReport.LimitReport;
import io.runbook4j.spi.LimitSignal;
import io.runbook4j.spi.ledger.LedgerEntry.LimitMet;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * Slows a run down when the service asks for it. Not safe for many threads; the limiter that it
 * closes is.
 */
final class Throttle {
  /** A service that asks for more is believed for a day. */
  static final Duration MOST_ASKED = Duration.ofDays(1);

  /** In place of a schedule that throws. */
  private static final BackOff INSTEAD =
      BackOff.between(Duration.ofMinutes(2), Duration.ofMinutes(5));

  private final SyncJob<?> job;
  private final RateLimiter limiter;
  private final Recorder recorder;
  private final RunTally tally;
  private final Time time;
  private final RandomGenerator random;
  private int hits;
  /** Whether the run has to keep the limiter closed; spares most chunks a look at the clock. */
  private boolean closing;

  private long notBeforeNanos;
  private long lastHitNanos;

  Throttle(
      SyncJob<?> job,
      RateLimiter limiter,
      Recorder recorder,
      RunTally tally,
      Time time,
      RandomGenerator random) {
    this.job = job;
    this.limiter = limiter;
    this.recorder = recorder;
    this.tally = tally;
    this.time = time;
    this.random = random;
  }

  RateLimiter limiter() {
    return limiter;
  }

  /**
   * Closes the service's limiter for the longer of what the service asks and the job's back-off.
   * Chunks that were in flight together count as one hit.
   *
   * @return how many hits there were in a row
   */
  int hit(Failure failure, long sentNanos) {
    if (hits == 0 || sentNanos - lastHitNanos >= 0) {
      hits++;
    }
    lastHitNanos = time.nanoTime();
    close(longer(delay(job.backOff(), hits), failure), failure);
    return hits;
  }

  /**
   * {@return what a schedule of the job says} One that throws must not keep an answer from being
   * recorded: the wait is as by default then, and the report says why.
   */
  Duration delay(BackOff schedule, int attempt) {
    try {
      return schedule.delay(attempt, random);
    } catch (VirtualMachineError e) {
      throw e;
    } catch (Throwable e) {
      tally.problem(
          "the back-off, " + schedule + ", threw " + e + "; it is " + INSTEAD + " instead");
      return INSTEAD.delay(attempt, random);
    }
  }

  /** Closes the limiter if the answer to a call that only looked says that the service wants it. */
  void lookFailed(Failure failure, long sentNanos) {
    if (job.reaction(failure.kind()).kind() == Reaction.Kind.SLOW_DOWN) {
      hit(failure, sentNanos);
    } else if (failure.retryAfter().isPresent()) {
      close(failure);
    }
  }

  /** Closes the limiter for as long as the service asked. */
  void close(Failure failure) {
    close(asked(failure), failure);
  }

  private void close(Duration length, Failure failure) {
    closeFor(length);
    Instant now = time.now();
    Instant until = now.plus(limiter.closedFor());
    recorder.add(new LimitMet(now, limiter.name(), until));
    tally.limit(new LimitReport(now, limiter.name(), until, failure.retryAfter()));
  }

  /** Closes the limiter, which may open before if that is longer than it believes. */
  void closeFor(Duration length) {
    limiter.learn(new LimitSignal.Closed(length));
    long until = time.nanoTime() + length.toNanos();
    if (!closing || until - notBeforeNanos > 0) {
      notBeforeNanos = until;
    }
    closing = true;
  }

  /** Closes the limiter once more if it has opened before the run may go on. */
  void keepClosed() {
    if (!closing) {
      return;
    }
    long left = notBeforeNanos - time.nanoTime();
    closing = left > 0;
    if (closing && limiter.closedFor().isZero()) {
      limiter.learn(new LimitSignal.Closed(Duration.ofNanos(left)));
    }
  }

  /** {@return how long the service asked to wait, within reason; nothing if it did not ask} */
  static Duration asked(Failure failure) {
    Duration asked = failure.retryAfter().orElse(Duration.ZERO);
    return asked.compareTo(MOST_ASKED) < 0 ? asked : MOST_ASKED;
  }

  /** {@return the back-off, or what the service asked for if that is longer} */
  static Duration longer(Duration backOff, Failure failure) {
    Duration asked = asked(failure);
    return asked.compareTo(backOff) > 0 ? asked : backOff;
  }

  /** The service took a chunk. */
  void clean() {
    hits = 0;
  }
}
