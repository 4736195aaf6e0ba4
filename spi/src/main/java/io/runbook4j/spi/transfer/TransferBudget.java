package io.runbook4j.spi.transfer;

import java.time.Duration;
import java.util.Optional;

/**
 * The bytes that all buffered transfers of a host together may hold. Safe for many threads.
 *
 * <p>Whoever holds bytes and waits for more may wait for ever: take all at once, and give back what
 * was not needed.
 */
public interface TransferBudget {
  /** {@return a budget that grants everything at once} */
  static TransferBudget unlimited() {
    return UnlimitedBudget.INSTANCE;
  }

  /** {@return the whole budget in bytes; at least 1} What is larger must be streamed. */
  long total();

  /**
   * Takes so many bytes if they are free now and nobody waits.
   *
   * @param bytes at least 0, at most {@link #total}
   * @return what gives them back; empty if it did not take them
   * @throws IllegalArgumentException if that is more than the whole budget
   */
  Optional<Grant> tryAcquire(long bytes);

  /**
   * Waits until so many bytes are free, in the order of asking, and takes them.
   *
   * @param bytes at least 0, at most {@link #total}
   * @param atMost the longest wait; zero or negative only looks
   * @return what gives them back; empty if the time passed
   * @throws InterruptedException if the thread is interrupted; nothing is taken then
   * @throws IllegalArgumentException if that is more than the whole budget
   */
  Optional<Grant> acquire(long bytes, Duration atMost) throws InterruptedException;

  /** Bytes that were taken. Safe for many threads. */
  interface Grant extends AutoCloseable {
    /** {@return how many are held now; 0 when it is closed} */
    long bytes();

    /**
     * Gives back all but so many. Does nothing if no more are held.
     *
     * @param bytes at least 0
     */
    void shrinkTo(long bytes);

    /** Gives back what is held. */
    @Override
    void close();
  }
}
