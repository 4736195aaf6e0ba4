package io.runbook4j.run;

import io.runbook4j.spi.sync.FailureKind;
import java.util.List;
import java.util.Optional;

/**
 * A reason for which items failed, were skipped or stayed in doubt. Messages that differ only in
 * numbers or in the item's key are one reason.
 *
 * @param kind the failures' kind; empty for skipped items
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
    List<String> samples) {}
