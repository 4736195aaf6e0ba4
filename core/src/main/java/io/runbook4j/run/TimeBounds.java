package io.runbook4j.run;

import io.runbook4j.spi.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** When a run has to end: at its deadline, or when its window closes. Not safe for many threads. */
final class TimeBounds {
  private final SyncJob<?> job;
  private final Time time;
  private final long startNanos;
  private Instant checked = Instant.MIN;
  private Optional<Instant> closes = Optional.empty();

  TimeBounds(SyncJob<?> job, Time time) {
    this.job = job;
    this.time = time;
    this.startNanos = time.nanoTime();
  }

  /** {@return how long the run has gone on in this process} */
  Duration elapsed() {
    return Duration.ofNanos(time.nanoTime() - startNanos);
  }

  /** {@return why the run has to end now; empty if it may go on} */
  Optional<String> reasonToStop() {
    Optional<Duration> deadline = job.deadline();
    if (deadline.isPresent() && elapsed().compareTo(deadline.get()) >= 0) {
      return Optional.of("the deadline of " + deadline.get() + " has passed");
    }
    if (!checked.equals(Instant.MIN) && closes.isEmpty()) {
      return Optional.empty(); // it never closes
    }
    Instant now = time.now();
    if (now.isBefore(checked) || closes.filter(now::isBefore).isEmpty()) {
      if (!job.window().isOpen(now)) {
        return Optional.of("the run window is closed until " + job.window().nextOpen(now) + " ("
            + job.window() + ")");
      }
      closes = job.window().nextClose(now);
    }
    checked = now;
    return Optional.empty();
  }

  /** {@return the duration, or less if the run has to end before} */
  Duration within(Duration duration, Instant now) {
    Duration most = duration;
    if (closes.isPresent()) {
      most = shorter(most, Duration.between(now, closes.get()));
    }
    if (job.deadline().isPresent()) {
      most = shorter(most, job.deadline().get().minus(elapsed()));
    }
    return most;
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
