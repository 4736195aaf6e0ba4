package io.runbook4j.alert;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Counts of the newest buckets, to which many threads add without a lock, and which one thread
 * takes out now and then.
 *
 * <p>Each of 16 slots stands for the one bucket near {@code current} that it is congruent to. A
 * thread adds only to buckets from {@link #EARLIEST} to {@link #LATEST} of {@code current}, so that
 * a slot changes its meaning some 40 s away from where anybody adds: a thread would have to stall
 * that long in the middle of one addition to be counted in the wrong bucket, and it would still be
 * counted once.
 */
final class Inbox {
  static final int EARLIEST = -3;
  static final int LATEST = 1;
  private static final int SLOTS = 16;

  private final int width;
  private final AtomicIntegerArray cells;
  private volatile long current;

  Inbox(int width) {
    this.width = width;
    this.cells = new AtomicIntegerArray(SLOTS * width);
  }

  /** {@return whether the bucket is near enough; else the caller adds it under the lock} */
  boolean add(long bucket, int cell) {
    long ahead = bucket - current;
    if (ahead < EARLIEST || ahead > LATEST) {
      return false;
    }
    cells.getAndIncrement(((int) bucket & (SLOTS - 1)) * width + cell);
    return true;
  }

  /** Takes everything out. For one thread at a time. */
  void drain(Sink sink) {
    long middle = current;
    for (long bucket = middle - SLOTS / 2 + 1; bucket <= middle + SLOTS / 2; bucket++) {
      int from = ((int) bucket & (SLOTS - 1)) * width;
      for (int cell = 0; cell < width; cell++) {
        if (cells.get(from + cell) != 0) {
          sink.add(bucket, cell, cells.getAndSet(from + cell, 0));
        }
      }
    }
  }

  /** Says which bucket is filled now. For the thread that drains, afterwards. */
  void current(long bucket) {
    current = bucket;
  }

  /** Takes counts. */
  interface Sink {
    void add(long bucket, int cell, int count);
  }
}
