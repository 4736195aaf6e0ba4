package io.runbook4j.sql.internal;

import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import java.sql.SQLException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;

/** Tells by its SQLState what kind of failure an SQLException is. */
public final class SqlFailures {
  private SqlFailures() {}

  /** {@return the failure that a database's exception stands for} */
  public static FailureException of(SQLException e) {
    String state = e.getSQLState();
    Failure failure = Failure.of(kind(e), "the database said: " + e.getMessage());
    return new FailureException(state == null ? failure : failure.withCode(state), e);
  }

  static FailureKind kind(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    if (e instanceof SQLTimeoutException || state.equals("57014")) {
      return FailureKind.TIMEOUT;
    }
    if (state.startsWith("28") || e instanceof SQLInvalidAuthorizationSpecException) {
      return FailureKind.AUTHENTICATION;
    }
    if (state.startsWith("08")
        || e instanceof SQLTransientConnectionException
        || e instanceof SQLNonTransientConnectionException
        || e instanceof SQLRecoverableException) {
      return FailureKind.NETWORK;
    }
    // PostgreSQL, once for each connection, after somebody has changed the table.
    if (state.equals("0A000") && String.valueOf(e.getMessage()).contains("cached plan")) {
      return FailureKind.CONFLICT;
    }
    return byState(state);
  }

  private static FailureKind byState(String state) {
    if (state.equals("42501")) {
      return FailureKind.PERMISSION;
    }
    return switch (state.length() < 2 ? "" : state.substring(0, 2)) {
      case "07", "0A", "21", "22", "25", "26", "3D", "3F", "42" -> FailureKind.INVALID;
      case "40", "55" -> FailureKind.CONFLICT;
      case "53", "54", "57", "58", "XX" -> FailureKind.SERVER_ERROR;
      default -> FailureKind.UNKNOWN;
    };
  }
}
