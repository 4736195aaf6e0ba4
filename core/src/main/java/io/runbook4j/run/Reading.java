package io.runbook4j.run;

import io.runbook4j.spi.sync.Failure;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads what to send next, and reads again after a while where the source fails; what was read
 * before is sent meanwhile. Not safe for many threads.
 */
final class Reading<T> {
  private final SyncJob<T> job;
  private final Parts<T> parts;
  private final Waiting waiting;
  private final Conclusion.Stopper stopper;

  /** How often in a row the source failed to give the page of this number. */
  private int failures;

  private int failedPage;

  /**
   * How the source failed when it was read last. What was read before it did has its turn first,
   * also where the run ends for it.
   */
  private @Nullable Failure met;

  private long metNanos;

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
    if (met != null) {
      readFailed(met);
      met = null;
      if (!putOff) {
        return Optional.empty(); // the run ends
      }
    }
    if (isPutOff()) {
      return parts.workload.nextWithoutReading(parts.sizer.size(), parts.time);
    }
    if (!parts.feed.isBuffered()) {
      waiting.flush(); // a page may take its time, and what is known is to be safe meanwhile
    }
    Optional<Batch<T>> found =
        parts.workload.next(parts.sizer.size(), parts.sizer.max(), parts.time);
    met = parts.feed.takeFailure().orElse(null);
    if (met != null) {
      metNanos = parts.time.nanoTime();
    }
    return found;
  }

  /** {@return whether the source is not to be asked now, because it failed} */
  boolean isPutOff() {
    putOff = putOff && parts.time.nanoTime() - notBefore < 0;
    return putOff;
  }

  /** Waits until the source may be asked again, or something is due that was read before. */
  void await() throws InterruptedException {
    OptionalLong due = parts.workload.nextDue();
    if (due.isPresent() && due.getAsLong() - notBefore < 0) {
      waitUntil(due.getAsLong(), "the next retry");
    } else {
      waitUntil(notBefore, "the source to be read again");
    }
  }

  private void waitUntil(long nanos, String cause) throws InterruptedException {
    waiting.because(cause, Duration.ofNanos(Math.max(0, nanos - parts.time.nanoTime())));
  }

  private void readFailed(Failure failure) {
    Reaction reaction = job.reaction(failure.kind());
    int page = parts.feed.nextPage();
    failures = page == failedPage ? failures + 1 : 1;
    failedPage = page;
    if (reaction.kind() == Reaction.Kind.SLOW_DOWN && failures < job.patience()) {
      readAgainAfter(failure, parts.throttle.delay(job.backOff(), failures));
    } else if (reaction.kind() == Reaction.Kind.RETRY && failures <= reaction.retries()) {
      readAgainAfter(failure, parts.throttle.delay(job.retryBackOff(), failures));
    } else if (reaction.kind() == Reaction.Kind.STOP
        || reaction.kind() == Reaction.Kind.SLOW_DOWN) {
      stopper.stop(failure.kind(), "the source answered " + failure);
    } else {
      stopper.fail("the source could not be read: " + failure);
    }
  }

  private void readAgainAfter(Failure failure, Duration backOff) {
    Duration delay = Throttle.longer(backOff, failure);
    parts.tally.problem("the source could not be read, try " + failures + ": " + failure);
    notBefore = metNanos + delay.toNanos();
    putOff = true;
  }
}
