package io.runbook4j.source;

import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** How a key column's values become text and back. */
enum KeyType {
  /** Text. */
  TEXT,
  /** Text of a fixed length, filled up with blanks that count for nothing. */
  PADDED_TEXT,
  /** A whole number of up to 64 bits. */
  WHOLE_NUMBER,
  /** A whole number of any length. */
  LONG_NUMBER,
  /** A UUID. */
  UUID_VALUE;

  private static final int MOST_DIGITS = 1_000;

  static KeyType of(ResultSetMetaData metaData) throws SQLException {
    String typeName = String.valueOf(metaData.getColumnTypeName(1));
    if (typeName.toLowerCase(Locale.ROOT).equals("uuid")) {
      return UUID_VALUE;
    }
    return switch (metaData.getColumnType(1)) {
      case Types.VARCHAR, Types.NVARCHAR, Types.LONGVARCHAR, Types.LONGNVARCHAR -> TEXT;
      case Types.CHAR, Types.NCHAR -> PADDED_TEXT;
      case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT -> WHOLE_NUMBER;
      case Types.NUMERIC, Types.DECIMAL -> LONG_NUMBER;
      default ->
        throw invalid("key column must be text, a whole number or a UUID, was " + typeName
            + "; a query can cast it");
    };
  }

  /** {@return whether the database may take two texts for equal that are not} */
  boolean dependsOnCollation() {
    return this == TEXT || this == PADDED_TEXT;
  }

  /** {@return the key as text, as {@link #parse} takes it} */
  String read(ResultSet row, int column) throws SQLException {
    return switch (this) {
      case TEXT -> row.getString(column);
      case PADDED_TEXT -> unpadded(row.getString(column));
      case WHOLE_NUMBER -> Long.toString(row.getLong(column));
      case LONG_NUMBER -> whole(row.getBigDecimal(column));
      case UUID_VALUE -> row.getObject(column, UUID.class).toString();
    };
  }

  /** {@return what to bind for a key; empty if no row of this type can have it} */
  Optional<Object> parse(String key) {
    try {
      Object value = switch (this) {
        case TEXT, PADDED_TEXT -> key;
        case WHOLE_NUMBER -> Long.valueOf(key);
        case LONG_NUMBER -> new BigDecimal(new BigInteger(key.length() > MOST_DIGITS ? "" : key));
        case UUID_VALUE -> UUID.fromString(key);
      };
      return value.toString().equals(key) ? Optional.of(value) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String unpadded(String text) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == ' ') {
      end--;
    }
    return text.substring(0, end);
  }

  private static String whole(BigDecimal number) {
    // A small number with a huge exponent must not become a text of megabytes.
    BigDecimal stripped = number.stripTrailingZeros();
    if (stripped.scale() > 0 || stripped.precision() - stripped.scale() > MOST_DIGITS) {
      throw invalid(
          "key must be a whole number of at most " + MOST_DIGITS + " digits, was " + stripped);
    }
    return stripped.toBigInteger().toString();
  }

  static FailureException invalid(String message) {
    return new FailureException(Failure.of(FailureKind.INVALID, message));
  }
}
