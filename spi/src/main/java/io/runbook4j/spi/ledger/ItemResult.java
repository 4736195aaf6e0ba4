package io.runbook4j.spi.ledger;

import io.runbook4j.spi.sync.Outcome;
import java.util.Objects;

/**
 * What one attempt did to one item of a chunk.
 *
 * @param index the item's place in the chunk's keys, from 0; -1 where it speaks of all others
 * @param outcome what happened
 * @param retried whether the run tries the item again, so that this outcome is not its last
 */
public record ItemResult(int index, Outcome outcome, boolean retried) {
  /** The index of a result that speaks of all items without one of their own. */
  public static final int OTHERS = -1;

  private static final ItemResult OTHERS_SUCCEEDED =
      new ItemResult(OTHERS, Outcome.succeeded(), false);

  /** Checks the index. */
  public ItemResult {
    Objects.requireNonNull(outcome, "outcome");
    if (index < OTHERS) {
      throw new IllegalArgumentException("index must be at least -1, was " + index);
    }
  }

  /** {@return the result that says that all other items were applied} */
  public static ItemResult othersSucceeded() {
    return OTHERS_SUCCEEDED;
  }
}
