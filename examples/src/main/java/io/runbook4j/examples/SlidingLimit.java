package io.runbook4j.examples;

import io.runbook4j.spi.time.Time;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;

/** The loopback service's own limit, counted as services count. Not safe for many threads. */
final class SlidingLimit {
  private final int calls;
  private final long windowNanos;
  private final Time time;
  private final Deque<Long> taken = new ArrayDeque<>();

  SlidingLimit(int calls, Duration window, Time time) {
    this.calls = calls;
    this.windowNanos = window.toNanos();
    this.time = time;
  }

  /** Lets a call in. {@return empty if it did, else in how many seconds there is room again} */
  OptionalLong enter() {
    long now = time.nanoTime();
    while (!taken.isEmpty() && now - taken.peekFirst() >= windowNanos) {
      taken.removeFirst();
    }
    if (taken.size() < calls) {
      taken.addLast(now);
      return OptionalLong.empty();
    }
    long left = windowNanos - (now - taken.peekFirst());
    return OptionalLong.of((left + 999_999_999) / 1_000_000_000);
  }
}
