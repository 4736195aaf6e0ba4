package io.runbook4j.integrity;

import io.runbook4j.spi.ledger.Finding;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Finds the keys that come more than once among very many. Exact: keys are compared, not only their
 * hashes. Not safe for many threads.
 *
 * <p>Takes the memory of its workspace, and on disk the length of all keys and 2 bytes for each. A
 * hundred million keys of 15 characters need 1.6 GiB on disk.
 */
public final class DuplicateKeys implements AutoCloseable {
  private static final byte[] NOTHING = {};

  private final Spill spill;
  private final int mostSamples;

  private DuplicateKeys(Workspace workspace, int mostSamples) {
    this.spill = new Spill(workspace);
    this.mostSamples = mostSamples;
  }

  /** {@return an empty collection of keys} */
  public static DuplicateKeys in(Workspace workspace) {
    return new DuplicateKeys(workspace, Checks.DEFAULT_SAMPLES);
  }

  static DuplicateKeys in(Pass.Scope scope) {
    return new DuplicateKeys(scope.workspace(), scope.mostSamples());
  }

  /**
   * Adds a key.
   *
   * @throws IllegalArgumentException if it is longer than 64 KiB
   * @throws java.io.UncheckedIOException if the disk is full
   */
  public void add(String key) {
    try {
      addOfRow(key);
    } catch (RowProblem e) {
      throw new IllegalArgumentException(
          "key must be at most " + Spill.LONGEST + " bytes, was " + Texts.length(key), e);
    }
  }

  /**
   * Adds a key that was made of a row.
   *
   * @throws RowProblem if it is too long
   */
  void addOfRow(String key) {
    spill.add(key, NOTHING);
  }

  /**
   * {@return the keys that came more than once, as corruption; empty if each came once} Called
   * once, after the last key. The total counts keys, not how often they came.
   *
   * @param subject what the keys are of, for people
   * @throws java.io.UncheckedIOException if the disk is full
   */
  public Optional<Finding> finding(String subject) {
    Tally tally = new Tally(Check.DUPLICATE_KEYS, subject, true, mostSamples);
    count(tally, key -> key);
    return tally.finding();
  }

  void count(Tally tally, UnaryOperator<String> shown) {
    Merge merge = spill.merge();
    String key = "";
    long times = 0;
    boolean more = spill.advance(merge);
    while (more) {
      times = merge.isNewKey() ? 1 : times + 1;
      if (times == 2) {
        key = tally.wantsSample() ? shown.apply(merge.key()) : "";
      }
      more = spill.advance(merge);
      boolean ends = !more || merge.isNewKey();
      if (ends && times > 1) {
        tally.add(key + " (" + times + " times)");
      }
    }
  }

  /** Frees the memory and the disk. */
  @Override
  public void close() {
    spill.close();
  }
}
