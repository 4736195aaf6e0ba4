package io.runbook4j.source;

import io.runbook4j.spi.sync.Page;
import java.io.IOException;

/** What the records of a file mean. */
interface RecordFormat<T> {
  /** {@return how the file is cut into records} */
  RecordReader.Form form();

  /** {@return how many records at the beginning are no items} */
  int headers();

  /**
   * {@return what turns records into items}
   *
   * @param reader at the beginning of the file; left behind the headers
   * @throws io.runbook4j.spi.sync.FailureException if the headers are not as they must be
   */
  Mapper<T> begin(RecordReader reader) throws IOException;

  /** Turns one record into one item. */
  @FunctionalInterface
  interface Mapper<T> {
    /**
     * Adds a readable item.
     *
     * @throws UnreadableException if it is none
     */
    void add(Page.Builder<T> page, String record) throws UnreadableException;
  }

  /** A record that is no item. */
  final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreadableException(String message) {
      super(message, null, false, false);
    }
  }
}
