package io.runbook4j.gate;

import java.time.Instant;

/**
 * A change with its place in line.
 *
 * @param change what is sent
 * @param sequence its number in the outbox; the newest is the highest
 * @param line its place in line
 * @param bytes what it takes in the file, and about what it takes in memory
 */
record Pending(Change change, long sequence, Place line, int bytes) {
  /**
   * Where a change stands in line; one that replaces another takes that one's place, so that a key
   * which changes all the time is not sent last for ever.
   *
   * @param number the sequence of the first change that stood there
   * @param since when that was put in
   */
  record Place(long number, Instant since) {}

  String key() {
    return change.key();
  }

  long place() {
    return line.number();
  }
}
