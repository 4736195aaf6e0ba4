package io.runbook4j.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.sql.internal.ReadOnlyDatabase;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JdbcH2Test extends JdbcChecks {
  private static final JdbcDataSource DATABASE = at("jdbc:h2:mem:source;DB_CLOSE_DELAY=-1");

  @Override
  DataSource database() {
    return DATABASE;
  }

  @Override
  String series(int n) {
    return "SYSTEM_RANGE(1, " + n + ")";
  }

  @Override
  String quotedFolded(String name) {
    return '"' + name.toUpperCase(Locale.ROOT) + '"';
  }

  @Override
  String caseInsensitiveText() {
    return "VARCHAR_IGNORECASE(10)";
  }

  @Override
  String binary() {
    return "BLOB";
  }

  @Override
  String bytes() {
    return "X'0102'";
  }

  @Override
  String longText() {
    return "CLOB";
  }

  @Override
  String textArray() {
    return "VARCHAR(5) ARRAY";
  }

  @Test
  void next_wrongPassword_isAuthentication() {
    JdbcDataSource wrong = at("jdbc:h2:mem:source");
    wrong.setPassword("wrong");

    assertFails(
        Sources.jdbc(wrong).table("items").key("id").build(), FailureKind.AUTHENTICATION, "28000");
    assertThat(Sources.jdbc(wrong).table("items").key("id").counted().build().count())
        .isEmpty();
  }

  @Test
  void next_databaseIsNotThere_isNetwork() {
    JdbcDataSource nowhere = at("jdbc:h2:tcp://127.0.0.1:1/nowhere");

    assertFails(Sources.jdbc(nowhere).table("items").key("id").build(), FailureKind.NETWORK, "");
  }

  @Test
  void next_sharedConnection_goesBackAsItCame() throws Exception {
    try (Connection shared = DATABASE.getConnection()) {
      DataSource pool = new OneConnection(shared).asDataSource();

      assertThat(Reading.all(Sources.jdbc(pool).table("items").key("id").build(), 7))
          .hasSize(40);
      assertFails(Sources.jdbc(pool).table("none").key("id").build(), FailureKind.INVALID, "42S02");

      assertThat(shared.getAutoCommit()).isTrue();
      assertThat(shared.isReadOnly()).isFalse();
    }
  }

  @Test
  void next_sqliteTakesNoReadOnlyOnceConnected_isReadAllTheSame() throws Exception {
    try (Connection shared = DATABASE.getConnection()) {
      DataSource sqlite = likeSqlite(shared);

      assertThat(Reading.all(Sources.jdbc(sqlite).table("items").key("id").build(), 7))
          .hasSize(40);
    }
  }

  @Test
  void readProven_sqliteTakesNoReadOnlyOnceConnected_isRefused() throws Exception {
    try (Connection shared = DATABASE.getConnection()) {
      ReadOnlyDatabase sqlite = new ReadOnlyDatabase(likeSqlite(shared), 5, 10, 10);

      assertThatThrownBy(() -> sqlite.readProven("items", connection -> 1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("went through");
    }
  }

  private static DataSource likeSqlite(Connection connection) throws SQLException {
    DatabaseMetaData metaData = answering(
        DatabaseMetaData.class,
        connection.getMetaData(),
        "getDatabaseProductName",
        args -> "SQLite");
    Connection named = answering(Connection.class, connection, "getMetaData", args -> metaData);
    return new OneConnection(answering(Connection.class, named, "setReadOnly", args -> {
          if (args[0].equals(connection.isReadOnly())) {
            return null;
          }
          throw new SQLException("Cannot change read-only flag after establishing a connection.");
        }))
        .asDataSource();
  }

  private interface Answer {
    @Nullable Object to(Object[] args) throws SQLException;
  }

  /** {@return what does as the other does, but for one method} */
  private static <T> T answering(Class<T> type, T other, String method, Answer answer) {
    return type.cast(Proxy.newProxyInstance(
        JdbcH2Test.class.getClassLoader(), new Class<?>[] {type}, (proxy, call, args) -> {
          try {
            return call.getName().equals(method) ? answer.to(args) : call.invoke(other, args);
          } catch (InvocationTargetException e) {
            throw e.getCause() instanceof SQLException cause ? cause : e;
          }
        }));
  }

  @Test
  void build_partsMissingOrTwice_isRefused() {
    assertThatThrownBy(() -> Sources.jdbc(DATABASE).table("items").build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("key must be set, was missing");
    assertThatThrownBy(() -> Sources.jdbc(DATABASE).key("id").build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("either table or query must be set, was table missing and query missing");
    assertThatThrownBy(
            () -> Sources.jdbc(DATABASE).key("id").table("a").query("b").build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("either table or query must be set, was table a and query b");
  }

  @Test
  void options_outOfRange_areRefused() {
    JdbcQuery query = Sources.jdbc(DATABASE);

    for (Duration timeout : List.of(Duration.ZERO, Duration.ofMillis(999), Duration.ofHours(25))) {
      assertThatThrownBy(() -> query.timeout(timeout))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("timeout must be 1 second to 1 day, was " + timeout);
    }
    assertThatThrownBy(() -> query.fetchSize(0)).hasMessage("rows must be at least 1, was 0");
    assertThatThrownBy(() -> query.table(" ")).hasMessage("name must be non-blank, was \" \"");
    assertThatThrownBy(() -> query.query("SELECT 1; "))
        .hasMessage("sql must be one SELECT without a semicolon, was SELECT 1; ");
  }

  private static JdbcDataSource at(String url) {
    JdbcDataSource database = new JdbcDataSource();
    database.setUrl(url);
    database.setUser("sa");
    return database;
  }
}
