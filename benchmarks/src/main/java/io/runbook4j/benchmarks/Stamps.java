package io.runbook4j.benchmarks;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * When requests left, and what services would make of them that allow {@value #LIMIT} in a second.
 */
final class Stamps {
  static final int LIMIT = 1000;
  private static final int BUCKET = 100;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long PHASE = TimeUnit.MILLISECONDS.toNanos(1);

  private final long[] sorted;

  /** Takes nanoseconds since the start, in any order. */
  Stamps(long[] nanos) {
    this.sorted = nanos.clone();
    Arrays.sort(sorted);
  }

  int count() {
    return sorted.length;
  }

  /** {@return the most that left in any second} */
  int mostInASecond() {
    int most = 0;
    int first = 0;
    for (int last = 0; last < sorted.length; last++) {
      while (sorted[last] - sorted[first] >= SECOND) {
        first++;
      }
      most = Math.max(most, last - first + 1);
    }
    return most;
  }

  /** {@return how many are refused by a service that looks back a second from each request} */
  int refusedBySlidingLog() {
    ArrayDeque<Long> accepted = new ArrayDeque<>();
    int refused = 0;
    for (long at : sorted) {
      while (!accepted.isEmpty() && at - accepted.getFirst() >= SECOND) {
        accepted.removeFirst();
      }
      if (accepted.size() < LIMIT) {
        accepted.add(at);
      } else {
        refused++;
      }
    }
    return refused;
  }

  /**
   * {@return how many are refused by a service that begins to count anew each second} Its seconds
   * begin when they are worst for us, to the millisecond.
   */
  int refusedByFixedWindow() {
    int worst = 0;
    for (long phase = 0; phase < SECOND; phase += PHASE) {
      int refused = 0;
      int inWindow = 0;
      long window = 0;
      for (long at : sorted) {
        long its = (at + phase) / SECOND;
        inWindow = its == window ? inWindow + 1 : 1;
        window = its;
        refused += inWindow > LIMIT ? 1 : 0;
      }
      worst = Math.max(worst, refused);
    }
    return worst;
  }

  /** {@return how many are refused by a service with a bucket of {@value #BUCKET} tokens} */
  int refusedByTokenBucket() {
    double tokens = BUCKET;
    long before = 0;
    int refused = 0;
    for (long at : sorted) {
      tokens = Math.min(BUCKET, tokens + (at - before) * (double) LIMIT / SECOND);
      before = at;
      if (tokens >= 1) {
        tokens--;
      } else {
        refused++;
      }
    }
    return refused;
  }
}
