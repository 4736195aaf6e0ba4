package io.runbook4j.limit;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** So many permits until a time, as the service said; after that, no limit. */
final class Allowance implements Window {
  /** Services round their resets to seconds, and answers overtake each other. */
  private static final long SAME_RESET_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final AtomicLong left;
  private final long firstUntil;
  private volatile long until;

  Allowance(long left, long until) {
    this.left = new AtomicLong(left);
    this.firstUntil = until;
    this.until = until;
  }

  /**
   * Takes in a newer answer about the same window. An answer does not know of the calls that are
   * still on their way, so that it may only lower what we have counted ourselves.
   *
   * @return false if the answer is about a later window
   */
  boolean refine(long remaining, long reset) {
    if (reset - firstUntil > SAME_RESET_NANOS) {
      return false;
    }
    left.accumulateAndGet(remaining, Math::min);
    if (reset - until > 0) {
      until = reset;
    }
    return true;
  }

  /** {@return whether an answer with this reset is about an earlier window} */
  boolean isLaterThan(long reset) {
    return firstUntil - reset > SAME_RESET_NANOS;
  }

  boolean isOver(long now) {
    return now - until >= 0;
  }

  /** {@return the nanoseconds until there are permits again; 0 if there are any} */
  long closedNanos(long now) {
    return left.get() > 0 ? 0 : Math.max(0, until - now);
  }

  @Override
  public long waitNanos(long now, int weight, long ahead) {
    return left.get() >= weight + ahead ? 0 : Math.max(0, until - now);
  }

  @Override
  public boolean take(long now, int weight) {
    while (!isOver(now)) {
      long seen = left.get();
      if (seen < weight) {
        return false;
      }
      if (left.compareAndSet(seen, seen - weight)) {
        return true;
      }
    }
    return true;
  }

  @Override
  public void undo(long taken, long now, int weight) {
    left.addAndGet(weight);
  }

  @Override
  public void charge(long now, long permits) {
    left.addAndGet(-permits);
  }

  @Override
  public void giveBack(long now, long permits) {
    // The service has counted it already.
  }

  @Override
  public long used(long now) {
    return 0;
  }
}
