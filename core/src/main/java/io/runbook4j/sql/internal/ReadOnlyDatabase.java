package io.runbook4j.sql.internal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;

/**
 * Access to a database that only reads.
 *
 * @param connections gives connections
 * @param timeoutSeconds how long a statement may take
 * @param fetchSize how many rows the driver takes at a time
 * @param mostRows how many rows an answer has at most, as {@code Statement.setMaxRows} takes it: 0
 *     for all
 */
public record ReadOnlyDatabase(
    DataSource connections, int timeoutSeconds, int fetchSize, int mostRows) {
  /** What is done with a connection. */
  @FunctionalInterface
  public interface Work<R> {
    R on(Connection connection) throws SQLException;
  }

  /** What is done with an answer. */
  @FunctionalInterface
  public interface Reading<R> {
    R of(ResultSet rows) throws SQLException;
  }

  /**
   * {@return a time-out in seconds}
   *
   * @throws IllegalArgumentException unless it is a second to a day
   */
  public static int seconds(Duration timeout) {
    if (timeout.compareTo(Duration.ofSeconds(1)) < 0 || timeout.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException("timeout must be 1 second to 1 day, was " + timeout);
    }
    return (int) timeout.toSeconds();
  }

  /**
   * Works in a read-only transaction, as far as the driver takes the hint. The connection goes back
   * as it came.
   *
   * @throws io.runbook4j.spi.sync.FailureException if the database fails
   * @throws InterruptedException if the thread is interrupted before it began
   */
  public <R> R read(Work<R> work) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("interrupted before reading from the database");
    }
    try (Connection connection = connections.getConnection()) {
      boolean autoCommit = connection.getAutoCommit();
      boolean readOnly = connection.isReadOnly();
      setReadOnly(connection);
      connection.setAutoCommit(false);
      try {
        return work.on(connection);
      } finally {
        connection.rollback();
        connection.setAutoCommit(autoCommit);
        connection.setReadOnly(readOnly);
      }
    } catch (SQLException e) {
      throw SqlFailures.of(e);
    }
  }

  // A hint, in JDBC's own words. The driver of SQLite takes it before it connects, and then only.
  private static void setReadOnly(Connection connection) throws SQLException {
    try {
      connection.setReadOnly(true);
    } catch (SQLException e) {
      if (!connection.getMetaData().getDatabaseProductName().equals("SQLite")) {
        throw e;
      }
    }
  }

  /**
   * Works in a read-only transaction, after it was proven that a write to a table is refused.
   *
   * @param table as a user names it
   * @throws IllegalStateException if a write goes through, or would perhaps
   * @throws io.runbook4j.spi.sync.FailureException if the database fails
   * @throws InterruptedException if the thread is interrupted before it began
   */
  public <R> R readProven(String table, Work<R> work) throws InterruptedException {
    return read(connection -> {
      SqlNames names = new SqlNames(connection.getMetaData());
      new ReadOnlyProbe(connection, timeoutSeconds).require(names, names.table(table));
      return work.on(connection);
    });
  }

  /** {@return what is read of the answer to one SELECT} Its time and memory are bounded. */
  public <R> R query(Connection connection, String sql, List<Object> parameters, Reading<R> reading)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setQueryTimeout(timeoutSeconds);
      statement.setMaxRows(mostRows);
      statement.setFetchSize(fetchSize);
      for (int i = 0; i < parameters.size(); i++) {
        statement.setObject(i + 1, parameters.get(i));
      }
      try (ResultSet rows = statement.executeQuery()) {
        return reading.of(rows);
      }
    }
  }

  /** {@return the number that one SELECT answers with} */
  public long count(Connection connection, String sql, List<Object> parameters)
      throws SQLException {
    return query(connection, sql, parameters, rows -> rows.next() ? rows.getLong(1) : 0);
  }
}
