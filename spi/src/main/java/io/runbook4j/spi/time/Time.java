package io.runbook4j.spi.time;

import java.time.Duration;
import java.time.Instant;

/**
 * The one door to time: stamps, elapsed time, and all waiting. Safe for many threads.
 *
 * <p>The library never calls {@code Thread.sleep} or reads a system clock but through this
 * interface. Tests hand in the virtual time of the testkit.
 */
public interface Time {
  /** {@return the system's clocks and real waiting} */
  static Time system() {
    return SystemTime.INSTANCE;
  }

  /** {@return the wall clock's instant, for stamps; it may step} */
  Instant now();

  /**
   * {@return a monotonic reading in nanoseconds with an arbitrary origin; compare readings by
   * difference only}
   */
  long nanoTime();

  /**
   * Waits at least {@code duration}. Returns at once when it is zero or negative.
   *
   * @throws InterruptedException if the thread is interrupted; its interrupt flag is cleared
   */
  void sleep(Duration duration) throws InterruptedException;

  /** {@return a new signal, not raised} */
  Signal newSignal();
}
