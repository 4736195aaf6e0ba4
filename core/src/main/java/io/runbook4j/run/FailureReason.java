package io.runbook4j.run;

import io.runbook4j.spi.sync.FailureKind;
import java.util.List;
import java.util.Optional;

/**
 * A reason for which items failed, were skipped or stayed in doubt. Messages that differ only in
 * numbers or in the item's key are one reason.
 *
 * @param kind the failures' kind; empty for skipped items, and for {@link #isOthers()}
 * @param code the service's code
 * @param text the message, with the numbers in which these differ as {@code #} and the key as
 *     {@code *}
 * @param count how many items
 * @param samples keys of the first few of them
 */
public record FailureReason(
    Optional<FailureKind> kind,
    Optional<String> code,
    String text,
    long count,
    List<String> samples) {
  /** Stands with no kind; a target that skips items with just these words is taken for it. */
  private static final String OTHERS = "all reasons beyond the first 99";

  /** {@return one for all the items whose reasons a report has no room for} */
  static FailureReason others(long count, List<String> samples) {
    return new FailureReason(Optional.empty(), Optional.empty(), OTHERS, count, samples);
  }

  /** {@return whether it stands for all the reasons that a report has no room for, of any kind} */
  public boolean isOthers() {
    return kind.isEmpty() && text.equals(OTHERS);
  }

  /** {@return the kind in a word, for a table} */
  String word() {
    return kind.map(Enum::name).orElse(isOthers() ? "OTHERS" : "SKIPPED");
  }
}
