package io.runbook4j.source;

import io.runbook4j.spi.sync.Source;
import io.runbook4j.sql.internal.ReadOnlyDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Builds a source of a table's or a query's rows, each a map from column label to value. Not safe
 * for many threads; the source that it builds is.
 *
 * <p>Rows are read in the order of the key, page by page, each page in a read-only transaction and
 * on a connection of its own, so that nothing is held while a run waits. (Connections to SQLite are
 * read-only where the data source makes them so.) A row that comes in behind the place that was
 * reached is not seen by this run. The key must be unique: a source that meets a key twice fails as
 * {@code INVALID}, since a row between two pages would be lost otherwise. Rows without a key come
 * as one unreadable item that says how many there are. The key is text, a whole number or a UUID;
 * the database should have an index on it.
 *
 * <p>Names mean what they mean to the database without quotes, but may be reserved words; a name in
 * double quotes is taken as it is. Values are as {@code ResultSet.getObject} gives them, but
 * {@link java.time.LocalDate}, {@link java.time.LocalTime}, {@link java.time.LocalDateTime} and
 * {@link java.time.OffsetDateTime} for dates and times, text or bytes for large objects, and lists
 * for arrays.
 */
public final class JdbcQuery {
  private final DataSource database;
  private final List<String> columns = new ArrayList<>();
  private @Nullable String table;
  private @Nullable String query;
  private List<Object> parameters = List.of();
  private @Nullable String key;
  private int timeoutSeconds = 60;
  private int fetchSize = 500;
  private boolean counted;

  JdbcQuery(DataSource database) {
    this.database = Objects.requireNonNull(database, "database");
  }

  /** Sets the table or view to read, such as {@code users} or {@code app.users}. */
  public JdbcQuery table(String name) {
    table = text(name, "name");
    return this;
  }

  /**
   * Sets the query to read instead of a table. It is put into a sub-select, so it needs no order,
   * and the key must be among its columns.
   *
   * @param sql one SELECT, with {@code ?} for each parameter; part of the program, never of its
   *     input
   * @param parameters as {@code PreparedStatement.setObject} takes them
   */
  public JdbcQuery query(String sql, Object... parameters) {
    String trimmed = text(sql, "sql").strip();
    if (trimmed.endsWith(";")) {
      throw new IllegalArgumentException("sql must be one SELECT without a semicolon, was " + sql);
    }
    query = trimmed;
    this.parameters = List.of(parameters);
    return this;
  }

  /** Sets the column whose value is the key: unique, and never null. */
  public JdbcQuery key(String column) {
    key = text(column, "column");
    return this;
  }

  /** Sets the columns that are read besides the key. Default all. */
  public JdbcQuery columns(String first, String... more) {
    columns.clear();
    columns.add(text(first, "first"));
    for (String column : more) {
      columns.add(text(column, "more"));
    }
    return this;
  }

  /** Sets how long one statement may take. Default one minute; at least one second. */
  public JdbcQuery timeout(Duration timeout) {
    timeoutSeconds = ReadOnlyDatabase.seconds(timeout);
    return this;
  }

  /** Sets how many rows the driver takes from the database at a time. Default 500. */
  public JdbcQuery fetchSize(int rows) {
    if (rows < 1) {
      throw new IllegalArgumentException("rows must be at least 1, was " + rows);
    }
    fetchSize = rows;
    return this;
  }

  /** Lets the source count its rows, for progress. Not the default, as it reads them all. */
  public JdbcQuery counted() {
    counted = true;
    return this;
  }

  /**
   * {@return the source} Asks nothing of the database.
   *
   * @throws IllegalStateException unless there is a key, and either a table or a query
   */
  public Source<Map<String, @Nullable Object>> build() {
    String keyName = key;
    if (keyName == null) {
      throw new IllegalStateException("key must be set, was missing");
    }
    if ((table == null) == (query == null)) {
      throw new IllegalStateException("either table or query must be set, was table "
          + Optional.ofNullable(table).orElse("missing") + " and query "
          + Optional.ofNullable(query).orElse("missing"));
    }
    ReadOnlyDatabase access = new ReadOnlyDatabase(database, timeoutSeconds, fetchSize, 0);
    JdbcStatements.Parts parts =
        new JdbcStatements.Parts(table, query, keyName, List.copyOf(columns));
    return new JdbcSource(access, parts, parameters, counted);
  }

  private static String text(String text, String name) {
    if (text.isBlank()) {
      throw new IllegalArgumentException(name + " must be non-blank, was \"" + text + "\"");
    }
    return text;
  }
}
