package io.runbook4j.integrity;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Collections;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a check sees: named values. Immutable as far as the values are. A value that is not of the
 * kind that is asked for makes the row unreadable for the check, and its other rows are checked.
 */
public final class Row {
  private final String name;
  private final Map<String, @Nullable Object> values;

  private Row(String name, Map<String, @Nullable Object> values) {
    this.name = Objects.requireNonNull(name, "name");
    this.values = Collections.unmodifiableMap(values);
  }

  /**
   * {@return a row}
   *
   * @param name how findings name it, such as its key
   * @param values by column
   */
  public static Row of(String name, Map<String, ?> values) {
    return new Row(name, new LinkedHashMap<>(values));
  }

  /** {@return how findings name the row} */
  public String name() {
    return name;
  }

  /** {@return all values by column, in their order; not to be modified} */
  public Map<String, @Nullable Object> values() {
    return values;
  }

  /**
   * {@return a column's value; empty if it is null}
   *
   * @throws IllegalArgumentException if there is no such column
   */
  public Optional<Object> value(String column) {
    Object value = values.get(column);
    if (value == null && !values.containsKey(column)) {
      throw new RowProblem("column must be one of " + values.keySet() + ", was " + column);
    }
    return Optional.ofNullable(value);
  }

  /**
   * {@return a column's whole number; empty if it is null}
   *
   * @throws IllegalArgumentException if it is anything else, or does not fit into 64 bits
   */
  public Optional<Long> whole(String column) {
    return value(column).map(value -> {
      Long whole = Canonical.whole(value);
      if (whole == null) {
        throw wrong(column, "a whole number", value);
      }
      return whole;
    });
  }

  /**
   * {@return a column's text; empty if it is null} Numbers are without zeros at their end, times in
   * UTC as ISO 8601, bytes in hex.
   *
   * @throws IllegalArgumentException if the value is of a type that has no such text
   */
  public Optional<String> text(String column) {
    return value(column).map(Canonical::text);
  }

  /**
   * {@return a column's instant; empty if it is null} Text is ISO 8601 with an offset or a Z; a
   * time without zone is taken for UTC.
   *
   * @throws IllegalArgumentException if the value is none
   */
  public Optional<Instant> time(String column) {
    return value(column).map(value -> {
      if (value instanceof Instant time) {
        return time;
      }
      if (value instanceof OffsetDateTime time) {
        return time.toInstant();
      }
      if (value instanceof ZonedDateTime time) {
        return time.toInstant();
      }
      if (value instanceof LocalDateTime time) {
        return time.toInstant(ZoneOffset.UTC);
      }
      return value instanceof Date date ? Canonical.instant(date) : parsed(column, value);
    });
  }

  private static Instant parsed(String column, Object value) {
    try {
      return OffsetDateTime.parse(value.toString()).toInstant();
    } catch (DateTimeException e) {
      throw wrong(column, "a time", value);
    }
  }

  static RowProblem wrong(String column, String rule, Object value) {
    return new RowProblem(column + " must be " + rule + ", was " + shown(value));
  }

  /** {@return a value in short, in quotes if it is text} */
  static String shown(Object value) {
    String text = value instanceof byte[] bytes ? bytes.length + " bytes" : value.toString();
    String cut = text.length() > 60 ? text.substring(0, 60) + "..." : text;
    return value instanceof CharSequence ? "\"" + cut + "\"" : cut;
  }

  @Override
  public String toString() {
    return name + values;
  }
}
