package io.runbook4j.spi.ledger;

import io.runbook4j.spi.sync.Cursor;
import java.util.Objects;

/**
 * From where a run reads when it is resumed. Every item before {@code cursor} has its outcome;
 * items behind it that have one were read in pages numbered {@code page} or higher, and are left
 * out when they come up again.
 *
 * @param cursor a cursor of the source
 * @param page the number of the page that begins at the cursor, counted over all processes of the
 *     run, from 1
 */
public record Position(Cursor cursor, int page) {
  private static final Position START = new Position(Cursor.start(), 1);

  /** Checks the number. */
  public Position {
    Objects.requireNonNull(cursor, "cursor");
    if (page < 1) {
      throw new IllegalArgumentException("page must be at least 1, was " + page);
    }
  }

  /** {@return the beginning of the source} */
  public static Position start() {
    return START;
  }
}
