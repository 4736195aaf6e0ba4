package io.runbook4j.source;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;

/**
 * Access to a database that only reads.
 *
 * @param connections gives connections
 * @param timeoutSeconds how long a statement may take
 * @param fetchSize how many rows the driver takes at a time
 */
record JdbcDatabase(DataSource connections, int timeoutSeconds, int fetchSize) {
  /** What is done with a connection. */
  @FunctionalInterface
  interface Work<R> {
    R on(Connection connection) throws SQLException;
  }

  /** What is done with an answer. */
  @FunctionalInterface
  interface Reading<R> {
    R of(ResultSet rows) throws SQLException;
  }

  /**
   * Works in a read-only transaction. The connection goes back as it came.
   *
   * @throws io.runbook4j.spi.sync.FailureException if the database fails
   * @throws InterruptedException if the thread is interrupted before it began
   */
  <R> R read(Work<R> work) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("interrupted before reading from the database");
    }
    try (Connection connection = connections.getConnection()) {
      boolean autoCommit = connection.getAutoCommit();
      boolean readOnly = connection.isReadOnly();
      connection.setReadOnly(true);
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

  <R> R query(Connection connection, String sql, List<Object> parameters, Reading<R> reading)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setQueryTimeout(timeoutSeconds);
      statement.setFetchSize(fetchSize);
      for (int i = 0; i < parameters.size(); i++) {
        statement.setObject(i + 1, parameters.get(i));
      }
      try (ResultSet rows = statement.executeQuery()) {
        return reading.of(rows);
      }
    }
  }

  long count(Connection connection, String sql, List<Object> parameters) throws SQLException {
    return query(connection, sql, parameters, rows -> rows.next() ? rows.getLong(1) : 0);
  }
}
