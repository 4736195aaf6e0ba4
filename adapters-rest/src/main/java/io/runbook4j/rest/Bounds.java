package io.runbook4j.rest;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * How long and how much.
 *
 * @param timeout for a whole exchange; for each piece of a streamed body
 * @param maxBody the most bytes of a buffered body, and of one record of a streamed one
 * @param streamBytes above how many bytes a body is streamed
 * @param streamRecords above how many records a body is streamed
 */
record Bounds(Duration timeout, long maxBody, long streamBytes, long streamRecords) {
  /** {@return whether a body of this length, or of an unknown one, is streamed} */
  boolean streams(OptionalLong length) {
    return length.isEmpty() || length.getAsLong() > Math.min(streamBytes, maxBody);
  }

  /** {@return whether so many records of this mean size are streamed} */
  boolean streams(long records, long meanBytes) {
    return records > streamRecords || (meanBytes > 0 && records > streamBytes / meanBytes);
  }
}
