package io.runbook4j.testkit.contract;

import io.runbook4j.spi.ledger.Ledger;
import org.junit.jupiter.api.Timeout;

/**
 * Every promise of {@link Ledger}. A subclass says how to open one on a store that lives as long as
 * the test.
 *
 * <p>Each test runs on a thread of its own and fails after two minutes; a {@code @Timeout} on your
 * class sets another time.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class LedgerContract extends ResumingContract {
  /** For subclasses. */
  protected LedgerContract() {}

  /**
   * Opens a ledger on the test's store, which is empty at first. Called more than once in a test,
   * also while the earlier one is open; what one has recorded, the others see at once, and not only
   * when that one is closed. A ledger that does not outlive its process gives the same instance
   * each time.
   */
  @Override
  protected abstract Ledger open();
}
