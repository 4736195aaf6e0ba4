package io.runbook4j.alert;

import io.runbook4j.spi.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * The watch's own time line in milliseconds: it begins at the wall clock's reading and goes on as
 * time passes, so that it never steps. What the wall clock shows is this plus an offset, which
 * changes when that clock is set. Safe for many threads; {@link #follow} is for one.
 */
final class WatchClock {
  private static final long FARTHEST = 1L << 40;

  private final Time time;
  private final long start;
  private final long startNanos;
  private volatile long offset;

  WatchClock(Time time) {
    this.time = time;
    this.start = time.now().toEpochMilli();
    this.startNanos = time.nanoTime();
  }

  long now() {
    return start + TimeUnit.NANOSECONDS.toMillis(time.nanoTime() - startNanos);
  }

  /** {@return what has to be added to be wall time} */
  long offset() {
    return offset;
  }

  /** {@return when that is on this line} What is 35,000 years away is no further. */
  long at(Instant wall) {
    long second = Math.max(-FARTHEST, Math.min(FARTHEST, wall.getEpochSecond()));
    return second * 1_000 + wall.getNano() / 1_000_000 - offset;
  }

  Instant wall(long at) {
    return Instant.ofEpochMilli(at + offset);
  }

  /** {@return by how much the wall clock has stepped since it was last followed} */
  Duration follow() {
    long newest = time.now().toEpochMilli() - now();
    long step = newest - offset;
    offset = newest;
    return Duration.ofMillis(step);
  }
}
