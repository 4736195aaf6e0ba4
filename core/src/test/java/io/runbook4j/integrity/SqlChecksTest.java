package io.runbook4j.integrity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runbook4j.spi.ledger.Finding;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

class SqlChecksTest {
  @SuppressWarnings("NullAway.Init")
  private static EmbeddedPostgres postgres;

  @BeforeAll
  static void start() throws IOException {
    postgres = EmbeddedPostgres.start();
  }

  @AfterAll
  static void stop() throws IOException {
    postgres.close();
  }

  @BeforeEach
  void fill() throws SQLException {
    run(
        database(),
        "DROP TABLE IF EXISTS items CASCADE",
        "CREATE TABLE items (id INTEGER PRIMARY KEY, grp TEXT, n INTEGER)",
        "INSERT INTO items SELECT g, 'g' || g % 10, g / 20 FROM generate_series(1, 100) g");
  }

  private static DataSource database() {
    return postgres.getPostgresDatabase();
  }

  private static SqlChecks items() {
    return SqlChecks.table(database(), "items", "id");
  }

  private static void run(DataSource database, String... statements) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static long number(DataSource database, String sql) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private static void assertFails(ThrowingCallable call, FailureKind kind) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            FailureException.class, e -> assertThat(e.failure().kind()).isEqualTo(kind));
  }

  // -- answers

  @Test
  void unique_moreRowsThanSamples_fetchesFewAndCountsAll() throws Exception {
    Finding finding = items().samples(3).unique("grp").orElseThrow();

    assertThat(finding.check()).isEqualTo("duplicate-keys");
    assertThat(finding.subject()).isEqualTo("items");
    assertThat(finding.total()).isEqualTo(10);
    assertThat(finding.samples())
        .hasSize(3)
        .allMatch(text -> text.matches("grp=g\\d \\(10 times\\)"));
  }

  @Test
  void unique_allDifferent_isEmpty() throws Exception {
    assertThat(items().unique("id")).isEmpty();
    assertThat(items().unique("grp", "id")).isEmpty();
  }

  @Test
  void invariant_query_namesColumnsAndValues() throws Exception {
    Finding finding = items()
        .invariant("n-below-5", "SELECT id, n, NULL AS x FROM items WHERE n >= 5 -- all of them")
        .orElseThrow();

    assertThat(finding)
        .isEqualTo(new Finding("n-below-5", "items", true, 1, List.of("id=100 n=5 x=null")));
  }

  @Test
  void count_rows_isThatOfTheTable() throws Exception {
    assertThat(items().count()).isEqualTo(100);
    assertThat(items().count(100, 100)).isEmpty();
    assertThat(items().count(90, 95).orElseThrow())
        .isEqualTo(new Finding("count", "items", false, 5, List.of("100 rows, expected 90 to 95")));
  }

  @Test
  void fingerprint_ofTheSameValuesInPostgres_isTheSame() throws Exception {
    String text = "ü👍|N";
    String series =
        "'V' || char_length(t) || ':' || t || '|N|V' || char_length(n::text) || ':' || n";

    String sum = items()
        .invariant(
            "digest",
            "SELECT encode(sha256(convert_to(" + series + ", 'UTF8')), 'hex') AS h"
                + " FROM (VALUES ('" + text + "', -12.5)) v(t, n)")
        .orElseThrow()
        .samples()
        .get(0);

    assertThat(sum).isEqualTo("h=" + Fingerprint.of(text, null, new BigDecimal("-12.50")));
  }

  // -- names that mean harm

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a; DROP TABLE items; --",
        "a\"; DROP TABLE items; --",
        "a' OR '1'='1",
        "a\" FROM items; DELETE FROM items; --",
        "select",
        "日本 \\ $$ /* ",
        "a.b",
      })
  void table_hostileNames_areNamesAndNothingElse(String name) throws Exception {
    String quoted = '"' + name.replace("\"", "\"\"") + '"';
    run(
        database(),
        "DROP TABLE IF EXISTS " + quoted,
        "CREATE TABLE " + quoted + " (" + quoted + " INTEGER, v INTEGER, c INTEGER)",
        "INSERT INTO " + quoted + " VALUES (1, 2, 1), (1, 1, 2), (1, 1, 3), (7, 1, 4)");
    SqlChecks checks = SqlChecks.table(database(), quoted, quoted);

    assertThat(checks.count()).isEqualTo(4);
    assertThat(checks.unique(quoted).orElseThrow().total()).isEqualTo(1);
    assertThat(checks.uniqueVersions(quoted, "v").orElseThrow().total()).isEqualTo(1);
    assertThat(checks.versionsForward(quoted, "v", "c").orElseThrow().samples())
        .containsExactly("1: " + quoted + "=1 v=1 after 2");
    assertThat(checks.noOrphans("c", quoted, quoted).orElseThrow().total()).isEqualTo(3);
    assertThat(items().count()).isEqualTo(100);
    run(database(), "DROP TABLE " + quoted);
  }

  @Test
  void table_hostileNameWithoutQuotes_isOneNameThatIsNotThere() throws Exception {
    SqlChecks checks = SqlChecks.table(database(), "items; DROP TABLE items; --", "id");

    assertFails(checks::count, FailureKind.INVALID);
    assertFails(() -> items().unique("grp\" FROM items; --"), FailureKind.INVALID);
    assertThat(items().count()).isEqualTo(100);
  }

  @Test
  void table_namesInOtherCaseAndWithSchema_meanWhatTheyMeanToTheDatabase() throws Exception {
    assertThat(SqlChecks.table(database(), "public.ITEMS", "ID").unique("GRP")).isPresent();
  }

  // -- limits

  @Test
  void invariant_takesTooLong_isATimeout() {
    assertFails(
        () -> items()
            .timeout(Duration.ofSeconds(1))
            .invariant("slow", "SELECT id, pg_sleep(60)::text FROM items"),
        FailureKind.TIMEOUT);
  }

  @Test
  @Timeout(value = 30, threadMode = ThreadMode.SEPARATE_THREAD) // the driver's wait is deaf
  void count_tableIsLockedByAMigration_isATimeoutThatSaysSo() throws Exception {
    try (Connection migration = locking("ACCESS EXCLUSIVE")) {
      assertThatThrownBy(items().timeout(Duration.ofSeconds(1))::count)
          .isInstanceOfSatisfying(
              FailureException.class,
              e -> assertThat(e.failure().kind()).isEqualTo(FailureKind.TIMEOUT))
          .hasMessageContaining("SELECT * FROM \"items\" WHERE 1 = 0 must be answered within 1 s")
          .hasMessageContaining("locked");
      migration.rollback();
    }
  }

  @Test
  @Timeout(value = 30, threadMode = ThreadMode.SEPARATE_THREAD)
  void count_indexIsBuiltMeanwhile_waitsOnceAndChecks() throws Exception {
    List<String> writes = new ArrayList<>();

    try (Connection index = locking("SHARE")) {
      SqlChecks checks = SqlChecks.table(noting(database(), writes), "items", "id");
      assertThat(checks.timeout(Duration.ofSeconds(1)).count()).isEqualTo(100);
      index.rollback();
    }

    assertThat(writes).hasSize(2);
    assertThat(writes.get(0)).startsWith("DELETE FROM \"items\"");
    assertThat(writes.get(1)).startsWith("DROP TABLE \"runbook4j_probe_");
  }

  @Test
  @Timeout(value = 30, threadMode = ThreadMode.SEPARATE_THREAD)
  void count_indexIsBuiltAndNothingTellsReadOnly_isATimeout() throws Exception {
    try (Connection index = locking("SHARE")) {
      SqlChecks checks = SqlChecks.table(ignoring(database(), "setReadOnly"), "items", "id");
      assertThatThrownBy(checks.timeout(Duration.ofSeconds(1))::count)
          .isInstanceOf(FailureException.class)
          .hasMessageContaining("DELETE FROM \"items\" WHERE 1 = 0 must be answered within 1 s");
      index.rollback();
    }
  }

  private static Connection locking(String mode) throws SQLException {
    Connection connection = database().getConnection();
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("LOCK TABLE items IN " + mode + " MODE");
    }
    return connection;
  }

  /** {@return a database that notes each statement that would write} */
  private static DataSource noting(DataSource database, List<String> writes) {
    return Proxies.of(DataSource.class, (call, arguments) -> {
      Connection connection = database.getConnection();
      return Proxies.of(Connection.class, (name, values) -> {
        Object answer = name.invoke(connection, values);
        return name.getName().equals("createStatement")
            ? Proxies.of(Statement.class, (method, sql) -> {
              if (method.getName().equals("executeUpdate")) {
                writes.add((String) sql[0]);
              }
              return method.invoke(answer, sql);
            })
            : answer;
      });
    });
  }

  @Test
  void invariant_millionsOfRows_fetchesTheSamplesOnly() throws Exception {
    AtomicInteger fetched = new AtomicInteger();

    Finding finding = SqlChecks.table(counting(database(), fetched), "items", "id")
        .invariant("all", "SELECT g FROM generate_series(1, 2000000) g")
        .orElseThrow();

    assertThat(finding.total()).isEqualTo(2_000_000);
    assertThat(finding.samples()).hasSize(20);
    assertThat(fetched).hasValue(20);
  }

  /** {@return a database whose rows are counted as they are fetched by prepared statements} */
  private static DataSource counting(DataSource database, AtomicInteger fetched) {
    return Proxies.of(DataSource.class, (call, arguments) -> {
      Connection connection = database.getConnection();
      return Proxies.of(Connection.class, (name, values) -> {
        Object answer = name.invoke(connection, values);
        return answer instanceof PreparedStatement statement
            ? countingRows(statement, fetched)
            : answer;
      });
    });
  }

  private static PreparedStatement countingRows(
      PreparedStatement statement, AtomicInteger fetched) {
    return Proxies.of(PreparedStatement.class, (name, values) -> {
      Object answer = name.invoke(statement, values);
      return answer instanceof ResultSet rows
          ? Proxies.of(ResultSet.class, (call, arguments) -> {
            Object result = call.invoke(rows, arguments);
            if (call.getName().equals("next") && Boolean.TRUE.equals(result)) {
              fetched.incrementAndGet();
            }
            return result;
          })
          : answer;
    });
  }

  @Test
  void settings_wrong_areRefusedAtOnce() {
    assertThatThrownBy(() -> SqlChecks.table(database(), "", "id"))
        .hasMessage("name must be non-blank, was \"\"");
    assertThatThrownBy(() -> items().timeout(Duration.ZERO))
        .hasMessage("timeout must be 1 second to 1 day, was PT0S");
    assertThatThrownBy(() -> items().samples(0)).hasMessage("most must be 1 to 100, was 0");
    assertThatThrownBy(() -> items().invariant("x", "SELECT 1;"))
        .hasMessage("sql must be one SELECT without a semicolon, was SELECT 1;");
    assertThatThrownBy(() -> items().invariant("x", " "))
        .hasMessage("sql must be non-blank, was \" \"");
    assertThatThrownBy(() -> items().invariant("", "SELECT 1"))
        .hasMessage("name must be non-blank, was \"\"");
    assertThatThrownBy(() -> items().count(2, 1)).hasMessageContaining("was 2 with most 1");
  }

  // -- read-only, and proven

  @Test
  void invariant_queryThatWrites_isRefusedByTheDatabase() throws Exception {
    run(
        database(),
        "CREATE OR REPLACE FUNCTION wipe() RETURNS INTEGER LANGUAGE sql AS"
            + " 'DELETE FROM items RETURNING 1'");

    assertFails(() -> items().invariant("x", "SELECT wipe() AS n"), FailureKind.INVALID);
    assertFails(
        () -> items().invariant("x", "WITH d AS (DELETE FROM items RETURNING id) SELECT * FROM d"),
        FailureKind.INVALID);
    assertFails(
        () -> items().invariant("x", "SELECT 1) v; DELETE FROM items; SELECT * FROM (SELECT 1"),
        FailureKind.INVALID);
    assertThat(items().count()).isEqualTo(100);
  }

  @Test
  void count_connectionThatIgnoresReadOnly_isRefusedAndNothingIsChanged() throws Exception {
    SqlChecks checks = SqlChecks.table(ignoring(database(), "setReadOnly"), "items", "id");

    assertThatThrownBy(checks::count)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("must refuse writes")
        .hasMessageContaining("DELETE FROM \"items\" WHERE 1 = 0 went through");
    assertThat(items().count()).isEqualTo(100);
  }

  @Test
  void count_accountThatMayNotDeleteButUpdate_isRefused() throws Exception {
    run(
        database(),
        "DROP ROLE IF EXISTS writer",
        "CREATE ROLE writer LOGIN",
        "GRANT SELECT, UPDATE ON items TO writer");
    DataSource writer = ignoring(as("writer"), "setReadOnly");

    assertThatThrownBy(() -> SqlChecks.table(writer, "items", "id").count())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("UPDATE \"items\" SET \"id\" = \"id\" WHERE 1 = 0 went through");
  }

  @Test
  void count_accountThatMayOnlySelect_isProofEnough() throws Exception {
    run(
        database(),
        "DROP ROLE IF EXISTS reader",
        "CREATE ROLE reader LOGIN",
        "GRANT SELECT ON items TO reader");
    DataSource reader = ignoring(as("reader"), "setReadOnly");

    assertThat(SqlChecks.table(reader, "items", "id").count()).isEqualTo(100);
  }

  @Test
  void count_viewThatNobodyCanWriteTo_isProvenByTheTransaction() throws Exception {
    run(database(), "CREATE VIEW groups AS SELECT grp, count(*) AS id FROM items GROUP BY grp");

    assertThat(SqlChecks.table(database(), "groups", "id").count()).isEqualTo(10);
    assertThatThrownBy(() ->
            SqlChecks.table(ignoring(database(), "setReadOnly"), "groups", "id").count())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("DROP TABLE \"runbook4j_probe_");
  }

  @Test
  void count_statementTriggers_areNotFired() throws Exception {
    run(
        database(),
        "CREATE TABLE fired (n INTEGER)",
        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS"
            + " 'BEGIN INSERT INTO fired VALUES (1); RETURN NULL; END'",
        "CREATE TRIGGER noting AFTER INSERT OR UPDATE OR DELETE ON items FOR EACH STATEMENT"
            + " EXECUTE FUNCTION note()");

    items().count();

    assertThat(number(database(), "SELECT COUNT(*) FROM fired")).isZero();
  }

  @Test
  void count_h2_isRefusedToItsOwnerAndAllowedToAReader() throws Exception {
    JdbcDataSource owner = h2("sa");
    try (Connection keepsItOpen = owner.getConnection()) {
      run(
          owner,
          "CREATE TABLE items (id INTEGER PRIMARY KEY, grp VARCHAR(9), n INTEGER)",
          "INSERT INTO items SELECT x, 'g' || MOD(x, 10), -x FROM SYSTEM_RANGE(1, 100)",
          "CREATE USER reader PASSWORD ''",
          "GRANT SELECT ON items TO reader");

      assertThatThrownBy(() -> SqlChecks.table(owner, "items", "id").count())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("went through");
      assertThat(number(owner, "SELECT COUNT(*) FROM items")).isEqualTo(100);
      SqlChecks checks = SqlChecks.table(h2("reader"), "items", "id");
      assertThat(checks.count()).isEqualTo(100);
      assertThat(checks.unique("grp").orElseThrow().total()).isEqualTo(10);
      assertThat(checks.versionsForward("grp", "n", "id").orElseThrow().total()).isEqualTo(90);
      assertThat(checks.noOrphans("n", "items", "id").orElseThrow().total()).isEqualTo(100);
      assertThat(keepsItOpen.isClosed()).isFalse();
    }
  }

  @Test
  void checks_h2TakesNoTwoColumnsOfOneName_areMadeWhateverTheColumnsAreCalled() throws Exception {
    JdbcDataSource owner = h2("sa");
    try (Connection keepsItOpen = owner.getConnection()) {
      run(
          owner,
          "CREATE TABLE profiles (user_id INTEGER PRIMARY KEY, n INTEGER, times INTEGER)",
          "CREATE TABLE users (id INTEGER PRIMARY KEY)",
          "INSERT INTO profiles VALUES (1, 7, 7), (2, 7, 7)",
          "INSERT INTO users VALUES (1)",
          "CREATE USER reader PASSWORD ''",
          "GRANT SELECT ON profiles TO reader",
          "GRANT SELECT ON users TO reader");
      SqlChecks checks = SqlChecks.table(h2("reader"), "profiles", "user_id");

      assertThat(checks.noOrphans("user_id", "users", "id").orElseThrow().samples())
          .containsExactly("2: user_id=2");
      assertThat(checks.unique("n", "times").orElseThrow().samples())
          .containsExactly("n=7 times=7 (2 times)");
      assertThat(keepsItOpen.isClosed()).isFalse();
    }
  }

  private static JdbcDataSource h2(String user) {
    JdbcDataSource database = new JdbcDataSource();
    database.setURL("jdbc:h2:mem:sqlchecks");
    database.setUser(user);
    database.setPassword("");
    return database;
  }

  @Test
  void count_anyEnding_givesTheConnectionBackAsItCame() throws Exception {
    List<Connection> lent = new ArrayList<>();
    DataSource remembering = Proxies.of(DataSource.class, (call, args) -> {
      Connection connection = database().getConnection();
      lent.add(connection);
      return Proxies.of(
          Connection.class,
          (name, values) ->
              name.getName().equals("close") ? null : name.invoke(connection, values));
    });

    SqlChecks.table(remembering, "items", "id").count();
    assertFails(
        () -> SqlChecks.table(remembering, "items", "id").unique("none"), FailureKind.INVALID);

    assertThat(lent).hasSize(2);
    for (Connection connection : lent) {
      assertThat(connection.isReadOnly()).isFalse();
      assertThat(connection.getAutoCommit()).isTrue();
      connection.close();
    }
  }

  private static DataSource as(String user) {
    PGSimpleDataSource database = new PGSimpleDataSource();
    database.setPortNumbers(new int[] {postgres.getPort()});
    database.setDatabaseName("postgres");
    database.setUser(user);
    return database;
  }

  /** {@return a driver that takes a call for a hint, and does nothing} */
  private static DataSource ignoring(DataSource database, String ignored) {
    return Proxies.of(DataSource.class, (call, arguments) -> {
      Connection connection = database.getConnection();
      return Proxies.of(
          Connection.class,
          (name, values) ->
              name.getName().equals(ignored) ? null : name.invoke(connection, values));
    });
  }
}
