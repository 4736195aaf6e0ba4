package io.runbook4j.limit;

import io.runbook4j.spi.time.Signal;
import io.runbook4j.spi.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still until it is told otherwise, for many real threads; nobody waits. */
final class ManualTime implements Time {
  /** A reading one second before the clock wraps. */
  static final long NEAR_WRAP = Long.MAX_VALUE - 1_000_000_000L;

  private final AtomicLong nanos;

  ManualTime(long origin) {
    this.nanos = new AtomicLong(origin);
  }

  void advance(Duration duration) {
    nanos.addAndGet(duration.toNanos());
  }

  void advanceNanos(long by) {
    nanos.addAndGet(by);
  }

  @Override
  public Instant now() {
    return Instant.EPOCH;
  }

  @Override
  public long nanoTime() {
    return nanos.get();
  }

  @Override
  public void sleep(Duration duration) {
    throw new UnsupportedOperationException("nobody waits here");
  }

  @Override
  public Signal newSignal() {
    throw new UnsupportedOperationException("nobody waits here");
  }
}
