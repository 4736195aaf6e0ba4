package io.runbook4j.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runbook4j.spi.sync.Cursor;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class JdbcPostgresTest extends JdbcChecks {
  @SuppressWarnings("NullAway.Init")
  private static EmbeddedPostgres postgres;

  @SuppressWarnings("NullAway.Init")
  private static Connection connection;

  @BeforeAll
  static void start() throws IOException, SQLException {
    postgres = EmbeddedPostgres.start();
    // The tests change tables all the time, which a server-side plan does not outlive.
    connection = postgres
        .getDatabase("postgres", "postgres", Map.of("prepareThreshold", "0"))
        .getConnection();
    try (var statement = connection.createStatement()) {
      statement.execute("CREATE COLLATION anycase"
          + " (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
    }
  }

  @AfterAll
  static void stop() throws IOException, SQLException {
    connection.close();
    postgres.close();
  }

  @Override
  DataSource database() {
    return new OneConnection(connection).asDataSource();
  }

  @Override
  String series(int n) {
    return "generate_series(1, " + n + ")";
  }

  @Override
  String quotedFolded(String name) {
    return '"' + name + '"';
  }

  @Override
  String caseInsensitiveText() {
    return "VARCHAR(10) COLLATE anycase";
  }

  @Override
  String binary() {
    return "BYTEA";
  }

  @Override
  String bytes() {
    return "'\\x0102'";
  }

  @Override
  String longText() {
    return "TEXT";
  }

  @Override
  String textArray() {
    return "TEXT[]";
  }

  @Test
  void next_jsonColumn_isText() throws Exception {
    var source =
        jdbc().query("SELECT 1 AS id, '{\"a\": 1}'::jsonb AS j").key("id").build();

    assertThat(Reading.all(source, 1)).containsExactly("1={id=1, j={\"a\": 1}}");
  }

  @Test
  void next_queryThatWrites_isRefusedByTheDatabase() throws Exception {
    run("DROP SEQUENCE IF EXISTS numbers", "CREATE SEQUENCE numbers");

    assertFails(
        jdbc()
            .query("SELECT nextval('numbers') AS id FROM generate_series(1, 2)")
            .key("id")
            .build(),
        FailureKind.INVALID,
        "25006");
  }

  @Test
  void next_statementTakesTooLong_isATimeout() {
    var source = Sources.jdbc(database())
        .query("SELECT 1 AS id, pg_sleep(60)::text AS s FROM generate_series(1, 2)")
        .key("id")
        .timeout(Duration.ofSeconds(1))
        .build();

    assertFails(source, FailureKind.TIMEOUT, "57014");
  }

  @Test
  void next_tableGetsAColumnWhileReading_isAConflictThatARetryGetsOver() throws Exception {
    try (Connection planned = postgres.getPostgresDatabase().getConnection()) {
      var source = Sources.jdbc(new OneConnection(planned).asDataSource())
          .table("items")
          .key("id")
          .build();
      Cursor cursor = Reading.pages(source, Cursor.start(), 2).get(9).next().orElseThrow();
      run("ALTER TABLE items ADD COLUMN more INTEGER");

      assertThatThrownBy(() -> Reading.from(source, cursor, 2))
          .isInstanceOfSatisfying(
              FailureException.class,
              e -> assertThat(e.failure().kind()).isEqualTo(FailureKind.CONFLICT));

      assertThat(Reading.keys(source, cursor, 2)).isEqualTo(expectedKeys().subList(20, 40));
    }
  }

  @Test
  void next_noRightToRead_isPermission() throws Exception {
    run("DROP ROLE IF EXISTS guest", "CREATE ROLE guest LOGIN");

    assertFails(
        Sources.jdbc(as("guest")).table("items").key("id").build(),
        FailureKind.PERMISSION,
        "42501");
  }

  @Test
  void next_noSuchUser_isAuthentication() {
    assertFails(
        Sources.jdbc(as("nobody")).table("items").key("id").build(),
        FailureKind.AUTHENTICATION,
        "28000");
  }

  @Test
  void next_nobodyListens_isNetwork() {
    PGSimpleDataSource nowhere = new PGSimpleDataSource();
    nowhere.setPortNumbers(new int[] {1});

    assertFails(Sources.jdbc(nowhere).table("items").key("id").build(), FailureKind.NETWORK, "");
  }

  @Test
  void next_collationThatIsNotByteOrder_losesNothing() throws Exception {
    run(
        "DROP TABLE IF EXISTS words",
        "CREATE TABLE words (id TEXT COLLATE \"und-x-icu\" PRIMARY KEY)",
        "INSERT INTO words SELECT x || y FROM unnest(ARRAY['a', 'A', 'ä', 'Z', '-', ' ', 'é']) x,"
            + " unnest(ARRAY['', 'b', 'B', 'ß', '_']) y");
    var source = jdbc().table("words").key("id").build();

    Reading.assertResumes(source, Reading.keys(source, Cursor.start(), 100), 1);
    assertThat(Reading.keys(source, Cursor.start(), 4)).hasSize(35).doesNotHaveDuplicates();
  }

  private static DataSource as(String user) {
    PGSimpleDataSource database = new PGSimpleDataSource();
    database.setPortNumbers(new int[] {postgres.getPort()});
    database.setDatabaseName("postgres");
    database.setUser(user);
    return database;
  }
}
