package io.runbook4j.rest;

import io.runbook4j.spi.transfer.Transfer;
import io.runbook4j.spi.transfer.TransferBudget;
import io.runbook4j.spi.transfer.TransferRule;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * How long and how much.
 *
 * @param timeout for a whole exchange; for each piece of a streamed body
 * @param maxBody the most bytes of a buffered body, and of one record of a streamed one
 * @param rule which bodies are streamed
 * @param budget what all bodies that are held in memory take their bytes from
 */
record Bounds(Duration timeout, long maxBody, TransferRule rule, TransferBudget budget) {
  /** {@return whether a body of this length, or of an unknown one, is streamed} */
  boolean streams(OptionalLong length) {
    return rule.within(maxBody).ofLength(length) == Transfer.STREAMED;
  }

  /** {@return whether so many records of this mean size are streamed} */
  boolean streams(long records, long meanBytes) {
    return rule.ofRecords(records, meanBytes) == Transfer.STREAMED;
  }

  Bounds timeout(Duration timeout) {
    return new Bounds(timeout, maxBody, rule, budget);
  }

  static Duration positive(Duration value, String name) {
    if (value.isNegative() || value.isZero() || value.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException(
          name + " must be positive and at most a day, was " + value);
    }
    return value;
  }

  static long positive(long value, String name) {
    if (value < 1 || value > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          name + " must be 1 to " + Integer.MAX_VALUE + ", was " + value);
    }
    return value;
  }
}
