package io.runbook4j.spi.ledger;

/**
 * How many items a run has read, and where they stand. Always adds up.
 *
 * @param read the items taken from the source
 * @param succeeded applied
 * @param failed given up
 * @param skipped nothing to do
 * @param inDoubt for a person to look at
 * @param notReached without an outcome
 */
public record Counts(
    long read, long succeeded, long failed, long skipped, long inDoubt, long notReached) {
  private static final Counts ZERO = new Counts(0, 0, 0, 0, 0, 0);

  /**
   * Checks the law of conservation: read = succeeded + failed + skipped + in doubt + not reached.
   *
   * @throws IllegalArgumentException if it does not hold, or a count is negative
   */
  public Counts {
    if (read != succeeded + failed + skipped + inDoubt + notReached
        || (succeeded | failed | skipped | inDoubt | notReached) < 0) {
      throw new IllegalArgumentException("counts must add up, was read " + read + " = succeeded "
          + succeeded + " + failed " + failed + " + skipped " + skipped + " + in doubt " + inDoubt
          + " + not reached " + notReached);
    }
  }

  /** {@return nothing read} */
  public static Counts zero() {
    return ZERO;
  }

  /** {@return how many items have an outcome} */
  public long settled() {
    return read - notReached;
  }
}
