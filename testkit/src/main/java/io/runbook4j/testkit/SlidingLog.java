package io.runbook4j.testkit;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** An exact limit: no window of this length ever holds more calls than it permits. */
final class SlidingLog {
  private final int permits;
  private final long windowNanos;
  private final Deque<Long> counted = new ArrayDeque<>();

  SlidingLog(int permits, long windowNanos) {
    this.permits = permits;
    this.windowNanos = windowNanos;
  }

  /** {@return how many nanoseconds until another call may come; 0 for now} */
  long waitNanos(long now) {
    while (!counted.isEmpty() && now - counted.getFirst() >= windowNanos) {
      counted.removeFirst();
    }
    if (counted.size() < permits) {
      return 0;
    }
    long blocking = counted.stream().skip(counted.size() - permits).findFirst().orElseThrow();
    return windowNanos - (now - blocking);
  }

  void count(long now) {
    counted.addLast(now);
  }

  /** {@return the most of these rising times that any window holds, its end left out} */
  static int worst(List<Long> times, long windowNanos) {
    int worst = 0;
    int first = 0;
    for (int last = 0; last < times.size(); last++) {
      while (times.get(last) - times.get(first) >= windowNanos) {
        first++;
      }
      worst = Math.max(worst, last - first + 1);
    }
    return worst;
  }
}
