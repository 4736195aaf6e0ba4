package io.runbook4j.testkit.contract;

import io.runbook4j.spi.ledger.Ledger;

/**
 * Every promise of {@link Ledger}. A subclass says how to open one on a store that lives as long as
 * the test.
 */
public abstract class LedgerContract extends ResumingContract {
  /** For subclasses. */
  protected LedgerContract() {}

  /**
   * Opens a ledger on the test's store, which is empty at first. Called more than once in a test,
   * also while the earlier one is open; what one has recorded, the later ones see. A ledger that
   * does not outlive its process gives the same instance each time.
   */
  @Override
  protected abstract Ledger open();
}
