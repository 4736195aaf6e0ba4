package io.runbook4j.spi.sync;

/**
 * Reads one source from one position to its end, for one run. Used by one thread at a time.
 *
 * @param <T> the type of the items' values
 */
@FunctionalInterface
public interface PageReader<T> extends AutoCloseable {
  /**
   * Reads the next page. Not called again after the last page, nor after it has thrown: the run
   * then opens a new reader at the cursor that it knows.
   *
   * @param limit about how many items are wanted, at least 1; a page may hold fewer or more
   * @throws FailureException if the page cannot be read; its kind decides whether the run tries
   *     again
   * @throws InterruptedException if the thread is interrupted
   */
  Page<T> next(int limit) throws InterruptedException;

  /** Lets go of what the reader holds. Called once. */
  @Override
  default void close() {}
}
