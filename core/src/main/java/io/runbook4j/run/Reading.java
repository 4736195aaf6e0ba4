package io.runbook4j.run;

import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import java.time.Duration;
import java.util.Optional;

/**
 * Reads what to send next, and reads again after a while where the source fails. Not safe for many
 * threads.
 */
final class Reading<T> {
  private final SyncJob<T> job;
  private final Parts<T> parts;
  private final Waiting waiting;
  private final Conclusion.Stopper stopper;
  private int failures;

  /** Whether the source failed, and is not to be asked before its time. */
  private boolean putOff;

  private long notBefore;

  Reading(SyncJob<T> job, Parts<T> parts, Waiting waiting, Conclusion.Stopper stopper) {
    this.job = job;
    this.parts = parts;
    this.waiting = waiting;
    this.stopper = stopper;
  }

  /** {@return the next batch; empty if there is none now} */
  Optional<Batch<T>> next() throws InterruptedException {
    if (isPutOff()) {
      return Optional.empty();
    }
    if (!parts.feed.isBuffered()) {
      waiting.flush(); // a page may take its time, and what is known is to be safe meanwhile
    }
    try {
      Optional<Batch<T>> found =
          parts.workload.next(parts.sizer.size(), parts.sizer.max(), parts.time);
      failures = found.isEmpty() ? failures : 0;
      return found;
    } catch (FailureException e) {
      readFailed(e.failure());
      return Optional.empty();
    }
  }

  /** {@return whether the source is not to be asked now, because it failed} */
  boolean isPutOff() {
    putOff = putOff && parts.time.nanoTime() - notBefore < 0;
    return putOff;
  }

  /** Waits until the source may be asked again. */
  void await() throws InterruptedException {
    waiting.because(
        "the source to be read again",
        Duration.ofNanos(Math.max(0, notBefore - parts.time.nanoTime())));
  }

  private void readFailed(Failure failure) {
    Reaction reaction = job.reaction(failure.kind());
    failures++;
    if (reaction.kind() == Reaction.Kind.SLOW_DOWN && failures < job.patience()) {
      readAgainAfter(failure, parts.throttle.delay(job.backOff(), failures));
    } else if (reaction.kind() == Reaction.Kind.RETRY && failures <= reaction.retries()) {
      readAgainAfter(failure, parts.throttle.delay(job.retryBackOff(), failures));
    } else if (reaction.kind() == Reaction.Kind.STOP
        || reaction.kind() == Reaction.Kind.SLOW_DOWN) {
      stopper.stop("the source answered " + failure);
      parts.tally.stoppedBy(failure.kind());
      if (reaction.kind() == Reaction.Kind.STOP) {
        parts.alarm.stopped("the source answered " + failure);
      }
    } else {
      stopper.fail("the source could not be read: " + failure);
    }
  }

  private void readAgainAfter(Failure failure, Duration backOff) {
    Duration delay = Throttle.longer(backOff, failure);
    parts.tally.problem("the source could not be read, try " + failures + ": " + failure);
    notBefore = parts.time.nanoTime() + delay.toNanos();
    putOff = true;
  }
}
