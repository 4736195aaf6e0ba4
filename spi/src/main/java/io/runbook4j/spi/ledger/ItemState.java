package io.runbook4j.spi.ledger;

/** Where an item stands in a run. */
public enum ItemState {
  /** It was applied. */
  SUCCEEDED,
  /** It was not applied, and the run has given it up. */
  FAILED,
  /** There was nothing to do. */
  SKIPPED,
  /** It may or may not have been applied; a person has to look. */
  IN_DOUBT,
  /** It was read, and the run has no outcome for it yet, or ended before it had one. */
  NOT_REACHED
}
