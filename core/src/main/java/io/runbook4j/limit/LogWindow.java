package io.runbook4j.limit;

/** An exact sliding log: the times of the last N acquisitions, in a ring. */
final class LogWindow implements Window {
  /*
   * Invariant: the ring holds the times of what counts, oldest first, and of no more than the last
   * N: when N are free but w, it is enough that the w oldest of the last N have left the window.
   * Times never go back: a reading that is older than the newest one was only held up on its way
   * here, and counts as now. The lock is held for a few loads and stores, and never across a wait.
   */
  private static final long FAR = Long.MAX_VALUE / 4;

  private final long[] taken;
  private final long windowNanos;
  private int head;
  private int size;
  private long latest;

  LogWindow(int permits, long windowNanos, long now) {
    this.taken = new long[permits];
    this.windowNanos = windowNanos;
    this.latest = now;
  }

  @Override
  public synchronized long waitNanos(long now, int weight, long ahead) {
    advance(now);
    long wanted = Math.min(weight, taken.length) + ahead;
    if (wanted <= taken.length - size) {
      return 0;
    }
    long turns = (wanted - 1) / taken.length;
    if (turns > FAR / windowNanos) {
      return FAR;
    }
    int rest = (int) (wanted - turns * taken.length);
    return turns * windowNanos + waitNanos(rest);
  }

  private long waitNanos(int wanted) {
    int missing = wanted - (taken.length - size);
    return missing <= 0 ? 0 : taken[index(missing - 1)] + windowNanos - latest;
  }

  @Override
  public synchronized boolean take(long now, int weight) {
    advance(now);
    int counted = Math.min(weight, taken.length);
    if (counted > taken.length - size) {
      return false;
    }
    append(counted);
    return true;
  }

  @Override
  public synchronized void undo(long stamp, long now, int weight) {
    advance(now);
    int counted = Math.min(Math.min(weight, taken.length), size);
    boolean newest =
        counted > 0 && taken[index(size - 1)] == stamp && taken[index(size - counted)] == stamp;
    if (newest) {
      size -= counted;
    } else {
      dropOldest(counted);
    }
  }

  @Override
  public synchronized void charge(long now, long permits) {
    advance(now);
    int counted = (int) Math.min(permits, taken.length);
    dropOldest(Math.max(0, counted - (taken.length - size)));
    append(counted);
  }

  @Override
  public synchronized void giveBack(long now, long permits) {
    advance(now);
    // In a shorter window, what is given back may have left it already, and what is in it is not
    // ours to free. In a longer one, to free the oldest is never more than to free the right ones.
    if (windowNanos >= Corrections.ANSWER_NANOS) {
      dropOldest((int) Math.min(permits, size));
    }
  }

  @Override
  public synchronized long used(long now) {
    advance(now);
    return size;
  }

  private void advance(long now) {
    if (now - latest > 0) {
      latest = now;
    }
    while (size > 0 && latest - taken[head] >= windowNanos) {
      dropOldest(1);
    }
  }

  private void append(int count) {
    for (int i = 0; i < count; i++) {
      taken[index(size)] = latest;
      size++;
    }
  }

  private void dropOldest(int count) {
    head = index(count);
    size -= count;
  }

  private int index(int offset) {
    int at = head + offset;
    return at < taken.length ? at : at - taken.length;
  }
}
