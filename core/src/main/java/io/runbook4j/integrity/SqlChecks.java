package io.runbook4j.integrity;

import io.runbook4j.spi.ledger.Finding;
import io.runbook4j.sql.internal.ReadOnlyDatabase;
import io.runbook4j.sql.internal.SqlNames;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * Checks that a database makes of one of its tables, with one SELECT each: those of the runbook,
 * with columns by name. The findings have the names and samples of {@link Check}'s. Immutable, and
 * safe for many threads. For all other checks, read the table with
 * {@link io.runbook4j.source.Sources#jdbc} and give it to {@link Checks}.
 *
 * <p>It only reads, and proves it: before each check it tries to write no rows to the table, on the
 * same connection, and refuses to go on if the database lets it. PostgreSQL, MySQL and MariaDB keep
 * a read-only transaction; where a database does not, give it an account that may only SELECT.
 *
 * <p>Names are always quoted, and mean what they mean to the database without quotes; a name in
 * double quotes is taken as it is. Memory is that of the samples; the work is the database's, so
 * the columns that group and order had better have an index.
 *
 * <p>All checks throw {@link io.runbook4j.spi.sync.FailureException} if the database fails, does
 * not know a name, or takes too long, and {@link IllegalStateException} if it would let them write.
 */
public final class SqlChecks {
  private final DataSource database;
  private final String table;
  private final String id;
  private final int timeoutSeconds;
  private final int samples;

  private SqlChecks(DataSource database, String table, String id, int timeoutSeconds, int samples) {
    this.database = Objects.requireNonNull(database, "database");
    this.table = table;
    this.id = id;
    this.timeoutSeconds = timeoutSeconds;
    this.samples = samples;
  }

  /**
   * {@return checks of a table}
   *
   * @param database gives a connection for each check
   * @param table a table or view, perhaps with a schema: {@code app.snapshots}
   * @param id the column that names a row in a finding
   */
  public static SqlChecks table(DataSource database, String table, String id) {
    Check.columns(table, id);
    return new SqlChecks(database, table, id, 60, Checks.DEFAULT_SAMPLES);
  }

  /**
   * {@return these checks, with another limit on a statement's time} Default a minute. The
   * statements that prove that nothing can be written have it too: a table that is locked, by a
   * migration say, is a time-out of the check; one that can be read and not written, while an index
   * is built, is checked after one time-out.
   */
  public SqlChecks timeout(Duration timeout) {
    return new SqlChecks(database, table, id, ReadOnlyDatabase.seconds(timeout), samples);
  }

  /**
   * {@return these checks, with another limit on how many rows they fetch} Default 20; 1 to 100.
   * The total is counted by the database.
   */
  public SqlChecks samples(int most) {
    return new SqlChecks(database, table, id, timeoutSeconds, Checks.checkSamples(most));
  }

  /** {@return as {@link Check#unique}} */
  public Optional<Finding> unique(String first, String... more) throws InterruptedException {
    List<String> columns = Stream.concat(Stream.of(first), Stream.of(more)).toList();
    return groups(Check.DUPLICATE_KEYS, columns);
  }

  /** {@return as {@link Check#uniqueVersions}} */
  public Optional<Finding> uniqueVersions(String key, String version) throws InterruptedException {
    return groups(Check.DUPLICATE_VERSIONS, List.of(key, version));
  }

  private Optional<Finding> groups(String check, List<String> columns) throws InterruptedException {
    Check.columns(columns.toArray(String[]::new));
    return find(
        check,
        names -> {
          String list = columns.stream().map(names::name).collect(Collectors.joining(", "));
          return "SELECT " + list + ", COUNT(*) AS " + besides(columns) + " FROM "
              + names.table(table) + " GROUP BY " + list + " HAVING COUNT(*) > 1";
        },
        rows -> {
          StringBuilder sample = new StringBuilder();
          for (int i = 0; i < columns.size(); i++) {
            sample.append(columns.get(i)).append('=').append(value(rows, i + 1)).append(' ');
          }
          return sample
              .append('(')
              .append(value(rows, columns.size() + 1))
              .append(" times)")
              .toString();
        });
  }

  /** {@return a name that none of the columns has} Most databases take no two of one name. */
  private static String besides(List<String> columns) {
    String name = "times";
    while (columns.stream().anyMatch(name::equalsIgnoreCase)) {
      name += "_";
    }
    return name;
  }

  /**
   * {@return as {@link Check#versionsForward(String, String, String)}} Where null is in the order
   * is up to the database, and so is the order of rows that are equal in it.
   */
  public Optional<Finding> versionsForward(String key, String version, String order)
      throws InterruptedException {
    Check.columns(key, version, order);
    return find(
        Check.VERSIONS,
        names ->
            "SELECT row_id, record_key, row_version, prev_version FROM (SELECT s." + names.name(id)
                + " AS row_id, s." + names.name(key) + " AS record_key, s." + names.name(version)
                + " AS row_version, LAG(s." + names.name(version) + ") OVER (PARTITION BY s."
                + names.name(key) + " ORDER BY s." + names.name(order) + ") AS prev_version FROM "
                + names.table(table) + " s) t WHERE prev_version IS NOT NULL"
                + " AND row_version < prev_version",
        rows -> value(rows, 1) + ": " + key + "=" + value(rows, 2) + " " + version + "="
            + value(rows, 3) + " after " + value(rows, 4));
  }

  /**
   * {@return as {@link Check#noOrphans}}
   *
   * @param column the column that refers to another table, or to this one
   * @param parentTable the other table, perhaps with a schema
   * @param parentColumn the column that it refers to
   */
  public Optional<Finding> noOrphans(String column, String parentTable, String parentColumn)
      throws InterruptedException {
    Check.columns(column, parentTable, parentColumn);
    return find(
        Check.ORPHANS,
        names -> "SELECT child." + names.name(id) + " AS row_id, child." + names.name(column)
            + " AS row_reference FROM " + names.table(table) + " child LEFT JOIN "
            + names.table(parentTable)
            + " parent ON child." + names.name(column) + " = parent." + names.name(parentColumn)
            + " WHERE parent." + names.name(parentColumn) + " IS NULL",
        rows -> value(rows, 1) + ": " + column + "=" + value(rows, 2));
  }

  /**
   * {@return the rows of a query, as corruption}
   *
   * @param name the finding's name
   * @param sql one SELECT whose rows are wrong, without order and semicolon; part of the program,
   *     never of its input
   */
  public Optional<Finding> invariant(String name, String sql) throws InterruptedException {
    Check.columns(name);
    String trimmed = sql.strip();
    if (trimmed.isEmpty()) {
      throw new IllegalArgumentException("sql must be non-blank, was \"" + sql + "\"");
    }
    if (trimmed.endsWith(";")) {
      throw new IllegalArgumentException("sql must be one SELECT without a semicolon, was " + sql);
    }
    return find(name, names -> trimmed, SqlChecks::wholeRow);
  }

  /** {@return as {@link Check#count}} */
  public Optional<Finding> count(long least, long most) throws InterruptedException {
    Check.count(least, most); // its rules are ours
    Pass.Scope scope = new Pass.Scope(Check.COUNT, table, false, samples, Workspace.defaults());
    return CountPass.finding(scope, count(), least, most);
  }

  /** {@return how many rows the table has} */
  public long count() throws InterruptedException {
    ReadOnlyDatabase access = access();
    return access.readProven(
        table,
        connection -> access.count(
            connection,
            "SELECT COUNT(*) FROM " + new SqlNames(connection.getMetaData()).table(table),
            List.of()));
  }

  /** Writes a SELECT in the words of one database. */
  @FunctionalInterface
  private interface Statement {
    String in(SqlNames names);
  }

  /** Says what a row is, for a person. */
  @FunctionalInterface
  private interface Sample {
    String of(ResultSet rows) throws SQLException;
  }

  private ReadOnlyDatabase access() {
    return new ReadOnlyDatabase(database, timeoutSeconds, samples, samples);
  }

  private Optional<Finding> find(String check, Statement statement, Sample sample)
      throws InterruptedException {
    ReadOnlyDatabase access = access();
    return access.readProven(table, connection -> {
      // One statement gives the total and the samples, so that they are of one moment. The line
      // break ends a comment at the end of a query.
      String sql = "SELECT v.*, COUNT(*) OVER () FROM ("
          + statement.in(new SqlNames(connection.getMetaData())) + "\n) v";
      return access.query(connection, sql, List.of(), rows -> finding(check, rows, sample));
    });
  }

  private Optional<Finding> finding(String check, ResultSet rows, Sample sample)
      throws SQLException {
    Tally tally = new Tally(check, table, true, samples);
    long total = 0;
    while (rows.next()) {
      total = rows.getLong(rows.getMetaData().getColumnCount());
      tally.add(sample.of(rows));
    }
    tally.total(total);
    return tally.finding();
  }

  private static String wholeRow(ResultSet rows) throws SQLException {
    ResultSetMetaData metaData = rows.getMetaData();
    StringBuilder text = new StringBuilder();
    for (int i = 1; i < metaData.getColumnCount(); i++) {
      text.append(i == 1 ? "" : " ").append(metaData.getColumnLabel(i)).append('=');
      text.append(value(rows, i));
    }
    return text.toString();
  }

  private static String value(ResultSet rows, int column) throws SQLException {
    return rows.getObject(column) instanceof Number number
        ? Canonical.text(number)
        : String.valueOf(rows.getString(column));
  }
}
