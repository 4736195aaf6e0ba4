package io.runbook4j.spi.ledger;

/** Where a run stands. */
public enum RunState {
  /** It goes on in some process. */
  RUNNING,
  /**
   * It has read its source to the end, and every item has an outcome; some of them may be failures.
   */
  COMPLETED,
  /** It was stopped, and can be resumed. */
  STOPPED,
  /** It could not go on, and can be resumed when the cause is mended. */
  FAILED,
  /** Its process ended without a word; it can be resumed. */
  DIED
}
