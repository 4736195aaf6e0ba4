package io.runbook4j.spi.time;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** The machine's own clocks. */
final class SystemTime implements Time {
  static final SystemTime INSTANCE = new SystemTime();

  private SystemTime() {}

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public void sleep(Duration duration) throws InterruptedException {
    if (!duration.isNegative() && !duration.isZero()) {
      TimeUnit.NANOSECONDS.sleep(saturatedNanos(duration));
    }
  }

  @Override
  public Signal newSignal() {
    return new PermitSignal();
  }

  /** {@return the nanoseconds of {@code duration}, capped at 292 years} */
  private static long saturatedNanos(Duration duration) {
    return TimeUnit.NANOSECONDS.convert(duration);
  }

  /** A semaphore that never holds more than one permit. */
  private static final class PermitSignal implements Signal {
    private final Semaphore permit = new Semaphore(0);

    @Override
    public synchronized void raise() {
      if (permit.availablePermits() == 0) {
        permit.release();
      }
    }

    @Override
    public boolean await(Duration atMost) throws InterruptedException {
      return permit.tryAcquire(saturatedNanos(atMost), TimeUnit.NANOSECONDS);
    }
  }
}
