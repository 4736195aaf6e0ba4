package io.runbook4j.source;

import io.runbook4j.spi.sync.Cursor;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import java.util.regex.Pattern;

/** Cursors that are a number: how many items were read. */
final class Cursors {
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

  private Cursors() {}

  static Cursor at(long index) {
    return new Cursor(Long.toString(index));
  }

  static long index(Cursor cursor) {
    if (cursor.isStart()) {
      return 0;
    }
    if (!NUMBER.matcher(cursor.value()).matches()) {
      throw foreign(cursor, "the number of items that were read");
    }
    return Long.parseLong(cursor.value());
  }

  static FailureException foreign(Cursor cursor, String rule) {
    return new FailureException(Failure.of(
        FailureKind.INVALID, "cursor must be " + rule + ", was \"" + cursor.value() + "\""));
  }

  static FailureException shrunk(long read, long found) {
    return new FailureException(Failure.of(
        FailureKind.INVALID,
        "cannot go on after item " + read + ": the source has only " + found
            + " items now; it must not change between a run and its resume"));
  }
}
