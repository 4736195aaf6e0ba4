package io.runbook4j.integrity;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Values as text that is the same wherever they come from: a number has no zeros at its end, a time
 * is UTC. A series of values is {@code V<length>:text} for each, {@code N} for null, with bars
 * between them, so that no two different series have the same text. The length is in code points,
 * as {@code CHAR_LENGTH} of SQL counts.
 */
final class Canonical {
  private static final int MOST_ZEROS = 1_000;

  private Canonical() {}

  static String series(Iterable<? extends @Nullable Object> values) {
    StringBuilder text = new StringBuilder();
    for (Object value : values) {
      text.append(text.length() == 0 ? "" : "|");
      if (value == null) {
        text.append('N');
      } else {
        String one = text(value);
        text.append('V').append(one.codePointCount(0, one.length())).append(':').append(one);
      }
    }
    return text.toString();
  }

  /** {@return the texts of a series, "null" for null} */
  static List<String> parts(String series) {
    List<String> parts = new ArrayList<>();
    for (int at = 0; at < series.length(); at++) {
      if (series.charAt(at) == 'N') {
        parts.add("null");
        at++;
      } else {
        int colon = series.indexOf(':', at);
        int from = colon + 1;
        at = series.offsetByCodePoints(from, Integer.parseInt(series.substring(at + 1, colon)));
        parts.add(series.substring(from, at));
      }
    }
    return parts;
  }

  /**
   * {@return one value as text}
   *
   * @throws RowProblem if it is of a type that has no such text
   */
  static String text(Object value) {
    if (value instanceof CharSequence || value instanceof Boolean || value instanceof UUID) {
      return value.toString();
    }
    if (value instanceof Number number) {
      return number(number);
    }
    if (value instanceof TemporalAccessor || value instanceof Date) {
      return time(value);
    }
    if (value instanceof byte[] bytes) {
      return HexFormat.of().formatHex(bytes);
    }
    if (value instanceof Enum<?> constant) {
      return constant.name();
    }
    return composite(value);
  }

  private static String composite(Object value) {
    if (value instanceof Map<?, ?> map) {
      List<@Nullable Object> sorted = new ArrayList<>();
      Map<String, @Nullable Object> byName = new TreeMap<>();
      map.forEach((name, member) -> byName.put(String.valueOf(name), member));
      byName.forEach((name, member) -> {
        sorted.add(name);
        sorted.add(member);
      });
      return "{" + series(sorted) + "}";
    }
    if (value instanceof Iterable<?> elements) {
      return "[" + series(elements) + "]";
    }
    if (value instanceof Object[] elements) {
      return "[" + series(Arrays.asList(elements)) + "]";
    }
    throw new RowProblem("value must be text, a number, a time, bytes, a list or a map, was "
        + value.getClass().getName());
  }

  private static String number(Number number) {
    if (number instanceof BigDecimal decimal) {
      return decimal(decimal);
    }
    if (number instanceof Double || number instanceof Float) {
      double value = number.doubleValue();
      return Double.isFinite(value)
          ? decimal(new BigDecimal(number.toString()))
          : Double.toString(value);
    }
    return number.toString();
  }

  private static String decimal(BigDecimal number) {
    BigDecimal stripped = number.stripTrailingZeros();
    // A small number with a huge exponent must not become a text of megabytes.
    return Math.abs((long) stripped.scale()) > MOST_ZEROS
        ? stripped.toString()
        : stripped.toPlainString();
  }

  static boolean isPartOfATime(Date date) {
    return date instanceof java.sql.Date || date instanceof java.sql.Time;
  }

  private static String time(Object value) {
    if (value instanceof OffsetDateTime time) {
      return time.toInstant().toString();
    }
    if (value instanceof ZonedDateTime time) {
      return time.toInstant().toString();
    }
    if (value instanceof Date date && !isPartOfATime(date)) {
      return instant(date).toString();
    }
    return value.toString();
  }

  /** A date or a time of day of {@code java.sql} is no instant. */
  static Instant instant(Date date) {
    try {
      return date.toInstant();
    } catch (UnsupportedOperationException e) {
      throw new RowProblem("value must be a date with a time, was " + date, e);
    }
  }

  /** {@return a whole number that fits into 64 bits; empty if it is none} */
  static @Nullable Long whole(Object value) {
    if (value instanceof Integer
        || value instanceof Long
        || value instanceof Short
        || value instanceof Byte) {
      return ((Number) value).longValue();
    }
    try {
      if (value instanceof BigInteger number) {
        return number.longValueExact();
      }
      return value instanceof BigDecimal number && Math.abs((long) number.scale()) <= MOST_ZEROS
          ? number.longValueExact()
          : null;
    } catch (ArithmeticException e) {
      return null;
    }
  }
}
