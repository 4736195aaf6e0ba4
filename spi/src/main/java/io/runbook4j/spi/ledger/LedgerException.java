package io.runbook4j.spi.ledger;

/** The ledger could not be read or written. What had been acknowledged before is not touched. */
public class LedgerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Makes an exception; the message names the file or table, what was seen and what to do. */
  public LedgerException(String message) {
    super(message);
  }

  /**
   * Makes an exception with its cause; the message names the file or table, what was seen and what
   * to do.
   */
  public LedgerException(String message, Throwable cause) {
    super(message, cause);
  }
}
