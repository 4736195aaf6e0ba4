package io.runbook4j.spi.time;

import java.time.Duration;

/**
 * An event that one thread waits for and another raises. It stays raised until one waiter has taken
 * it; raising it twice counts once. Safe for many threads.
 */
public interface Signal {
  /** Raises the signal and wakes one waiter. */
  void raise();

  /**
   * Waits until the signal is raised, and takes it, or until {@code atMost} has passed.
   *
   * @param atMost the longest wait; zero or negative only looks
   * @return true if the signal was taken, false if the time passed
   * @throws InterruptedException if the thread is interrupted; its interrupt flag is cleared
   */
  boolean await(Duration atMost) throws InterruptedException;
}
