package io.runbook4j.limit;

/** An exact sliding log: when the last N permits were taken, in a ring. */
final class LogWindow implements Window {
  /*
   * Invariant. The ring holds one entry for each acquisition that still counts, whatever its
   * weight, oldest first: when it was, and how many permits had been taken with it. What counts is
   * taken - freed, never more than N, so that N entries are enough. Permits that are freed early
   * are the oldest ones; freed then lies within the oldest entry. Both numbers may wrap.
   *
   * Times never go back: a reading that is older than the newest one was only held up on its way
   * here, and counts as now. Each entry is dropped once, so that an acquisition costs a constant
   * number of steps on average; to ask how long to wait for many permits is a binary search. The
   * lock is held for a few loads and stores, and never across a wait.
   *
   * While the window is full, a refusal needs no lock: it will be full until its oldest entry
   * leaves, unless permits are freed, and that takes fullUntil back.
   */
  private static final long FAR = Long.MAX_VALUE / 4;

  private final long[] times;
  private final int[] totals;
  private final long windowNanos;

  // guarded by this
  private int head;
  private int entries;
  private int taken;
  private int freed;
  private long latest;

  // written under this, read by all
  private volatile long fullUntil;

  LogWindow(int permits, long windowNanos, long now) {
    this.times = new long[permits];
    this.totals = new int[permits];
    this.windowNanos = windowNanos;
    this.latest = now;
    this.fullUntil = now;
  }

  @Override
  public synchronized long waitNanos(long now, int weight, long ahead) {
    advance(now);
    long wanted = Math.min(weight, times.length) + ahead;
    if (wanted <= room()) {
      return 0;
    }
    long turns = (wanted - 1) / times.length;
    if (turns > FAR / windowNanos) {
      return FAR;
    }
    int missing = (int) (wanted - turns * times.length) - room();
    return turns * windowNanos + (missing <= 0 ? 0 : leaves(missing) - latest);
  }

  /** {@return when the {@code count} oldest permits will have left the window} */
  private long leaves(int count) {
    int first = 0;
    int last = entries - 1;
    while (first < last) {
      int middle = (first + last) >>> 1;
      if (totals[index(middle)] - freed >= count) {
        last = middle;
      } else {
        first = middle + 1;
      }
    }
    return times[index(first)] + windowNanos;
  }

  @Override
  public boolean take(long now, int weight) {
    return fullUntil - now <= 0 && takeNow(now, weight);
  }

  private synchronized boolean takeNow(long now, int weight) {
    advance(now);
    int counted = Math.min(weight, times.length);
    if (counted <= room()) {
      append(counted);
      return true;
    }
    if (room() == 0) {
      fullUntil = leaves(1);
    }
    return false;
  }

  @Override
  public synchronized void undo(long stamp, long now, int weight) {
    advance(now);
    int counted = Math.min(Math.min(weight, times.length), size());
    if (isNewest(stamp, counted)) {
      taken -= counted;
      entries--;
      fullUntil = latest;
    } else {
      release(counted);
    }
  }

  private boolean isNewest(long stamp, int counted) {
    if (entries == 0 || times[index(entries - 1)] != stamp) {
      return false;
    }
    return counted == taken - (entries == 1 ? freed : totals[index(entries - 2)]);
  }

  @Override
  public synchronized void charge(long now, long permits) {
    advance(now);
    int counted = (int) Math.min(permits, times.length);
    release(Math.max(0, counted - room()));
    if (counted > 0) {
      append(counted);
    }
  }

  @Override
  public synchronized void giveBack(long now, long permits) {
    advance(now);
    // In a shorter window, what is given back may have left it already, and what is in it is not
    // ours to free. In a longer one, to free the oldest is never more than to free the right ones.
    if (windowNanos >= Corrections.ANSWER_NANOS) {
      release((int) Math.min(permits, size()));
    }
  }

  @Override
  public synchronized long used(long now) {
    advance(now);
    return size();
  }

  /** {@return how many acquisitions are remembered, whatever their weight} */
  synchronized int acquisitions() {
    return entries;
  }

  private int size() {
    return taken - freed;
  }

  private int room() {
    return times.length - size();
  }

  private void advance(long now) {
    if (now - latest > 0) {
      latest = now;
    }
    while (entries > 0 && latest - times[head] >= windowNanos) {
      freed = totals[head];
      dropOldest();
    }
  }

  private void append(int count) {
    int at = index(entries);
    taken += count;
    times[at] = latest;
    totals[at] = taken;
    entries++;
  }

  /** Frees the oldest permits before their time. */
  private void release(int count) {
    freed += count;
    while (entries > 0 && totals[head] - freed <= 0) {
      dropOldest();
    }
    fullUntil = latest;
  }

  private void dropOldest() {
    head = index(1);
    entries--;
  }

  private int index(int offset) {
    int at = head + offset;
    return at < times.length ? at : at - times.length;
  }
}
