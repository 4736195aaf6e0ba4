package io.runbook4j.integrity;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.Optional;

/**
 * Sees whether a time says that it is UTC.
 *
 * @param column the column with the time
 */
record UtcTest(String column) implements Pass.RowTest {
  @Override
  public Optional<String> problem(Row row) {
    Optional<Object> value = row.value(column);
    return value.isEmpty() || isUtc(value.get())
        ? Optional.empty()
        : Optional.of(column + " is " + Row.shown(value.get()));
  }

  private static boolean isUtc(Object value) {
    if (value instanceof Instant || Canonical.whole(value) != null) {
      return true; // counts from the epoch, which is UTC by definition
    }
    if (value instanceof Date date) {
      return !Canonical.isPartOfATime(date);
    }
    if (value instanceof OffsetDateTime time) {
      return time.getOffset().equals(ZoneOffset.UTC);
    }
    if (value instanceof ZonedDateTime time) {
      return time.getZone().normalized().equals(ZoneOffset.UTC);
    }
    try {
      return value instanceof String text
          && OffsetDateTime.parse(text).getOffset().equals(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      return false;
    }
  }
}
