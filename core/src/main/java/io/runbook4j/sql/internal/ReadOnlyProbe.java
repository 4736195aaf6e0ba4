package io.runbook4j.sql.internal;

import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Finds out whether a connection is really refused when it writes. */
final class ReadOnlyProbe {
  /*
   * Connection.setReadOnly is a hint, which some databases ignore. So the probe writes: to the very
   * table, but no rows. That changes nothing where it goes through, is refused by a read-only
   * transaction all the same (PostgreSQL and MySQL decide by the statement, not by its rows), and
   * tells a missing right from a read-only transaction. A scratch table would have to be created,
   * which an account may not do that may write to all others. Where the table is a view that nobody
   * can write to, dropping a table that does not exist still tells a read-only transaction.
   */

  /** What a read-only transaction or database answers, as SQLState or product/code. */
  private static final Set<String> READ_ONLY = Set.of(
      "25006",
      "90097", // H2
      "SQLite/8",
      "MySQL/1290",
      "MariaDB/1290",
      "Oracle/1456",
      "Microsoft SQL Server/3906");

  /** What an account without the right is answered. */
  private static final Set<String> FORBIDDEN = Set.of(
      "42501",
      "90096", // H2
      "MySQL/1142",
      "MariaDB/1142",
      "Oracle/1031",
      "Microsoft SQL Server/229");

  private enum Answer {
    WENT_THROUGH,
    READ_ONLY,
    FORBIDDEN,
    ANYTHING_ELSE
  }

  private final Connection connection;
  private final int timeoutSeconds;
  private final List<String> said = new ArrayList<>();

  ReadOnlyProbe(Connection connection, int timeoutSeconds) {
    this.connection = connection;
    this.timeoutSeconds = timeoutSeconds;
  }

  /**
   * Probes; the transaction is rolled back.
   *
   * @param table a name as {@link SqlNames#table} gives it
   * @throws IllegalStateException if a write goes through, or if it is not sure that none would
   * @throws FailureException if the table cannot be read in time, or a write is not answered in
   *     time and nothing else tells a read-only transaction
   */
  void require(SqlNames names, String table) throws SQLException {
    List<String> writes = writes(names, table);
    String drop = "DROP TABLE " + names.name("\"runbook4j_probe_" + UUID.randomUUID() + "\"");
    try {
      require(writes, drop);
    } catch (FailureException late) {
      // The other writes would wait for the same lock; this one needs none.
      if (attempt(drop) != Answer.READ_ONLY) {
        throw late;
      }
    }
  }

  private void require(List<String> writes, String drop) throws SQLException {
    boolean forbidden = true;
    for (String write : writes) {
      Answer answer = attempt(write);
      if (answer == Answer.READ_ONLY) {
        return;
      }
      if (answer == Answer.WENT_THROUGH) {
        throw refusal();
      }
      forbidden &= answer == Answer.FORBIDDEN;
    }
    if (!forbidden && attempt(drop) != Answer.READ_ONLY) {
      throw refusal();
    }
  }

  private List<String> writes(SqlNames names, String table) throws SQLException {
    String none = " WHERE 1 = 0";
    String column;
    String read = "SELECT * FROM " + table + none;
    try (Statement statement = statement();
        ResultSet rows = statement.executeQuery(read)) {
      String label = rows.getMetaData().getColumnName(1);
      column = names.name('"' + label.replace("\"", "\"\"") + '"');
    } catch (SQLException e) {
      refuseTimeout(read, e);
      throw e;
    }
    return List.of(
        "DELETE FROM " + table + none,
        "UPDATE " + table + " SET " + column + " = " + column + none,
        "INSERT INTO " + table + " SELECT * FROM " + table + none);
  }

  private Answer attempt(String write) throws SQLException {
    try (Statement statement = statement()) {
      statement.executeUpdate(write);
      said.add(write + " went through");
      return Answer.WENT_THROUGH;
    } catch (SQLException e) {
      refuseTimeout(write, e);
      said.add(write + " was answered with " + e.getSQLState() + ": " + e.getMessage());
      return answer(e);
    } finally {
      connection.rollback();
    }
  }

  private Statement statement() throws SQLException {
    Statement statement = connection.createStatement();
    statement.setQueryTimeout(timeoutSeconds);
    return statement;
  }

  private void refuseTimeout(String sql, SQLException e) {
    if (SqlFailures.kind(e) == FailureKind.TIMEOUT) {
      Failure failure = Failure.of(
          FailureKind.TIMEOUT,
          sql + " must be answered within " + timeoutSeconds + " s, was not: " + e.getMessage()
              + ". Nothing was checked. The table is perhaps locked, by a migration say; check it"
              + " again afterwards.");
      String state = e.getSQLState();
      throw new FailureException(state == null ? failure : failure.withCode(state), e);
    }
  }

  private Answer answer(SQLException e) throws SQLException {
    DatabaseMetaData metaData = connection.getMetaData();
    String code = metaData.getDatabaseProductName() + "/" + e.getErrorCode();
    String state = String.valueOf(e.getSQLState());
    if (READ_ONLY.contains(state) || READ_ONLY.contains(code)) {
      return Answer.READ_ONLY;
    }
    return FORBIDDEN.contains(state) || FORBIDDEN.contains(code)
        ? Answer.FORBIDDEN
        : Answer.ANYTHING_ELSE;
  }

  private IllegalStateException refusal() {
    return new IllegalStateException("database must refuse writes on this connection, was: "
        + String.join("; ", said)
        + ". Nothing was changed and nothing was checked. Give the checks an account that may only"
        + " SELECT.");
  }
}
