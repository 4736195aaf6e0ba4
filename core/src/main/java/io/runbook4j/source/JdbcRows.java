package io.runbook4j.source;

import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Page;
import io.runbook4j.sql.internal.SqlFailures;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Turns rows into values that outlive the connection. */
final class JdbcRows {
  private final ResultSet rows;
  private final String[] labels;
  // Object stands for no class of java.time.
  private final Class<?>[] times;
  private final KeyType keyType;
  private final int keyColumn;

  JdbcRows(ResultSet rows, JdbcKey key) throws SQLException {
    ResultSetMetaData metaData = rows.getMetaData();
    this.rows = rows;
    this.labels = new String[metaData.getColumnCount()];
    this.times = new Class<?>[labels.length];
    this.keyType = key.type();
    for (int i = 0; i < labels.length; i++) {
      labels[i] = metaData.getColumnLabel(i + 1);
      times[i] = time(metaData.getColumnType(i + 1), metaData.getColumnTypeName(i + 1));
    }
    int exact = Arrays.asList(labels).indexOf(key.label());
    // findColumn takes a name for the same in any case of its letters; databases do not.
    this.keyColumn = exact < 0 ? rows.findColumn(key.label()) : exact + 1;
    checkLabels();
  }

  private void checkLabels() {
    Map<String, Integer> seen = new LinkedHashMap<>();
    for (int i = 0; i < labels.length; i++) {
      if (seen.put(labels[i], i) != null) {
        throw KeyType.invalid("columns must have different labels, was " + Arrays.toString(labels));
      }
    }
  }

  private static Class<?> time(int type, String name) {
    return switch (type) {
      case Types.DATE -> LocalDate.class;
      case Types.TIME -> name.equals("timetz") ? Object.class : LocalTime.class;
      case Types.TIMESTAMP_WITH_TIMEZONE -> OffsetDateTime.class;
      // PostgreSQL's driver says TIMESTAMP for both.
      case Types.TIMESTAMP ->
        name.equals("timestamptz") ? OffsetDateTime.class : LocalDateTime.class;
      default -> Object.class;
    };
  }

  boolean next() throws SQLException {
    return rows.next();
  }

  String key() throws SQLException {
    return keyType.read(rows, keyColumn);
  }

  /** Adds the row; unreadable if one of its values is beyond what Java has. */
  void add(Page.Builder<Map<String, @Nullable Object>> page, String key) throws SQLException {
    if (key.isEmpty()) {
      page.withoutKey(
          "row with empty key",
          KeyType.invalid("key must be non-empty, was \"\"").failure());
      return;
    }
    try {
      page.add(key, values());
    } catch (SQLException e) {
      FailureException failed = SqlFailures.of(e);
      if (failed.failure().kind() != FailureKind.INVALID) {
        throw e;
      }
      page.unreadable(key, failed.failure());
    }
  }

  private Map<String, @Nullable Object> values() throws SQLException {
    Map<String, @Nullable Object> values = new LinkedHashMap<>(labels.length * 2);
    for (int i = 0; i < labels.length; i++) {
      Class<?> time = times[i];
      values.put(labels[i], time == Object.class ? value(i + 1) : rows.getObject(i + 1, time));
    }
    return values;
  }

  private @Nullable Object value(int column) throws SQLException {
    Object value = rows.getObject(column);
    if (value instanceof Clob) {
      return rows.getString(column);
    }
    if (value instanceof Blob) {
      return rows.getBytes(column);
    }
    if (value instanceof Array array) {
      return list(array);
    }
    boolean foreign = value != null && !value.getClass().getName().startsWith("java.");
    return foreign && !(value instanceof UUID) && !(value instanceof byte[])
        ? rows.getString(column)
        : value;
  }

  private static Object list(Array array) throws SQLException {
    Object elements = array.getArray();
    return elements instanceof Object[] objects
        ? Collections.unmodifiableList(Arrays.asList(objects.clone()))
        : elements;
  }
}
