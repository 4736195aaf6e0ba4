package io.runbook4j.spi;

import java.time.Duration;

/** The door to one limiter, shared by all who use the service. Safe for many threads. */
public interface Permits {
  /**
   * Takes {@code weight} permits if they are free now.
   *
   * @return whether it did
   */
  boolean tryAcquire(int weight);

  /**
   * Waits for {@code weight} permits and takes them, in the order of asking; but no longer than
   * {@code atMost}, for those of a quota that is used up may come tomorrow.
   *
   * @param atMost zero or less does not wait at all
   * @return whether it took them; if not, nothing is taken
   * @throws InterruptedException if the thread is interrupted; nothing is taken then
   */
  boolean acquire(int weight, Duration atMost) throws InterruptedException;

  /**
   * Charges (positive) or gives back (negative) permits after an answer has told the true cost of a
   * call.
   */
  void correct(int difference);

  /**
   * Hands on what the service said about its limit. It only ever tightens, and takes effect at
   * once, for everyone.
   */
  void learn(LimitSignal signal);
}
