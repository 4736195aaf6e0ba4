package io.runbook4j.sql.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.spi.sync.FailureKind;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqlFailuresTest {
  @ParameterizedTest
  @CsvSource({
    "08001, NETWORK",
    "08006, NETWORK",
    "28P01, AUTHENTICATION",
    "28000, AUTHENTICATION",
    "42501, PERMISSION",
    "42P01, INVALID",
    "22012, INVALID",
    "25006, INVALID",
    "3D000, INVALID",
    "40001, CONFLICT",
    "55P03, CONFLICT",
    "53300, SERVER_ERROR",
    "57P01, SERVER_ERROR",
    "57014, TIMEOUT",
    "58030, SERVER_ERROR",
    "XX000, SERVER_ERROR",
    "99999, UNKNOWN",
    "'', UNKNOWN",
  })
  void of_sqlState_decidesTheKind(String state, FailureKind kind) {
    SQLException e = new SQLException("why", state);

    assertThat(SqlFailures.of(e).failure().kind()).isEqualTo(kind);
    assertThat(SqlFailures.of(e).failure().code()).contains(state);
    assertThat(SqlFailures.of(e)).hasCause(e).hasMessageContaining("the database said: why");
  }

  @Test
  void of_noSqlState_decidesByTheClass() {
    assertThat(SqlFailures.kind(new SQLTimeoutException("why"))).isEqualTo(FailureKind.TIMEOUT);
    assertThat(SqlFailures.kind(new SQLTransientConnectionException("why")))
        .isEqualTo(FailureKind.NETWORK);
    assertThat(SqlFailures.kind(new SQLNonTransientConnectionException("why", "90067")))
        .isEqualTo(FailureKind.NETWORK);
    assertThat(SqlFailures.kind(new SQLException("why"))).isEqualTo(FailureKind.UNKNOWN);
    assertThat(SqlFailures.of(new SQLException("why")).failure().code()).isEmpty();
  }
}
