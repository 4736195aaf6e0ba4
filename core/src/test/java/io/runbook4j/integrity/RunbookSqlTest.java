package io.runbook4j.integrity;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.source.Sources;
import io.runbook4j.spi.ledger.Finding;
import io.runbook4j.spi.sync.Source;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The runbook's own queries, as written in it but for their limit, against our checks over rows and
 * our checks in SQL: the same rows, whatever the data.
 */
class RunbookSqlTest {
  private static final String ORPHANS =
      "select child.id from child left join parent on child.parent_id = parent.id"
          + " where parent.id is null";

  private static final String DUPLICATE_KEYS =
      "select logical_key, count(*) from snapshots group by logical_key having count(*) > 1";

  private static final String VERSIONS = """
      select user_id, id, version, created_at from (
           select s.*, lag(version) over (partition by user_id order by created_at) as prev_version
           from snapshots s
         ) t
         where prev_version is not null and version < prev_version""";

  private static final String DUPLICATE_VERSIONS = """
      select user_id, version, count(*) as n
         from snapshots
         group by user_id, version
         having count(*) > 1
         order by n desc""";

  private static final List<Integer> SIZES = List.of(0, 3, 40, 300, 1_500);
  private static final int SEEDS_A_SIZE = 3;

  /** The parent of each child by its id. */
  private static final List<@Nullable Long> PARENTS = new ArrayList<>();

  @SuppressWarnings("NullAway.Init")
  private static EmbeddedPostgres postgres;

  @SuppressWarnings("NullAway.Init")
  private static Connection connection;

  @SuppressWarnings("NullAway.Init")
  private static DataSource database;

  @BeforeAll
  static void start() throws IOException, SQLException {
    postgres = EmbeddedPostgres.start();
    connection = postgres.getPostgresDatabase().getConnection();
    database = Proxies.lending(connection);
    execute(
        "CREATE TABLE parent (id BIGINT PRIMARY KEY)",
        "CREATE TABLE child (id BIGINT PRIMARY KEY, parent_id BIGINT)",
        "CREATE TABLE snapshots (id BIGINT PRIMARY KEY, user_id TEXT, logical_key TEXT,"
            + " version BIGINT, created_at TIMESTAMPTZ)");
  }

  @AfterAll
  static void stop() throws IOException, SQLException {
    connection.close();
    postgres.close();
  }

  static Stream<Arguments> sizesAndSeeds() {
    return SIZES.stream()
        .flatMap(
            size -> new Random().longs(SEEDS_A_SIZE).mapToObj(seed -> Arguments.of(size, seed)));
  }

  private static void execute(String... statements) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("sizesAndSeeds")
  void checks_randomData_giveTheRowsOfTheRunbooksSql(int size, long seed) throws Exception {
    fill(new Random(seed), size);

    List<String> orphans = rows(ORPHANS);
    List<String> duplicates = rows(DUPLICATE_KEYS);
    List<String> versions = rows(VERSIONS);
    List<String> duplicateVersions = rows(DUPLICATE_VERSIONS);

    if (size == 1_500) {
      assertThat(List.of(orphans, duplicates, versions, duplicateVersions))
          .as("much data has some of everything")
          .noneMatch(List::isEmpty);
    }

    SqlChecks snapshots = SqlChecks.table(database, "snapshots", "id").samples(100);
    SqlChecks children = SqlChecks.table(database, "child", "id").samples(100);
    assertSame(
        "SQL", orphans, children.noOrphans("parent_id", "parent", "id").stream().toList());
    assertSame("SQL", duplicates, snapshots.unique("logical_key").stream().toList());
    assertSame(
        "SQL",
        versions,
        snapshots.versionsForward("user_id", "version", "created_at").stream().toList());
    assertSame(
        "SQL",
        duplicateVersions,
        snapshots.uniqueVersions("user_id", "version").stream().toList());
    assertSame("rows", orphans, over("child", Check.noOrphans("parent_id", source("parent"))));
    assertSame("rows", duplicates, over("snapshots", Check.unique("logical_key")));
    assertSame(
        "rows",
        versions,
        over("snapshots", Check.versionsForward("user_id", "version", "created_at")));
    assertSame(
        "rows", duplicateVersions, over("snapshots", Check.uniqueVersions("user_id", "version")));
  }

  private static Source<Map<String, @Nullable Object>> source(String table) {
    return Sources.jdbc(database).table(table).key("id").build();
  }

  private static List<Finding> over(String table, Check check) throws InterruptedException {
    return Checks.of(check).samples(100).over(table, source(table));
  }

  /** The total is that of the oracle's rows, and each sample is one of them, each once. */
  private static void assertSame(String way, List<String> oracle, List<Finding> findings) {
    if (oracle.isEmpty()) {
      assertThat(findings).as(way).isEmpty();
      return;
    }
    assertThat(findings).as(way).hasSize(1);
    Finding finding = findings.get(0);
    assertThat(finding.corruption()).isTrue();
    assertThat(finding.total()).as(way).isEqualTo(oracle.size());
    assertThat(finding.samples()).as(way).hasSize(Math.min(oracle.size(), 100));
    assertThat(finding.samples())
        .as(way)
        .extracting(sample -> sample.replaceAll(" after -?\\d+$", ""))
        .doesNotHaveDuplicates()
        .isSubsetOf(oracle);
  }

  /** {@return an answer's rows in the words of our samples} */
  private static List<String> rows(String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet answer = statement.executeQuery(sql)) {
      while (answer.next()) {
        rows.add(
            switch (sql) {
              case ORPHANS ->
                answer.getString("id") + ": parent_id=" + parent(answer.getLong("id"));
              case DUPLICATE_KEYS ->
                "logical_key=" + answer.getString(1) + " (" + answer.getLong(2) + " times)";
              case VERSIONS ->
                answer.getString("id") + ": user_id=" + answer.getString("user_id") + " version="
                    + answer.getString("version");
              default ->
                "user_id=" + answer.getString(1) + " version=" + answer.getString(2) + " ("
                    + answer.getLong(3) + " times)";
            });
      }
    }
    return rows;
  }

  private static @Nullable Long parent(long child) {
    return PARENTS.get((int) child);
  }

  private static void fill(Random random, int size) throws SQLException {
    execute("TRUNCATE parent, child, snapshots");
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      fillFamilies(connection, random, size);
      fillSnapshots(connection, random, size);
      connection.commit();
      connection.setAutoCommit(true);
    }
  }

  private static void fillFamilies(Connection connection, Random random, int size)
      throws SQLException {
    double missing = 0.05 + 0.5 * random.nextDouble();
    PARENTS.clear();
    try (PreparedStatement parents = connection.prepareStatement("INSERT INTO parent VALUES (?)");
        PreparedStatement children =
            connection.prepareStatement("INSERT INTO child VALUES (?, ?)")) {
      for (long id = 0; id < size; id++) {
        if (random.nextDouble() >= missing) {
          parents.setLong(1, id - 5);
          parents.addBatch();
        }
        Long parent = random.nextInt(50) == 0 ? null : (long) random.nextInt(size) - 5;
        PARENTS.add(parent);
        children.setLong(1, id);
        children.setObject(2, parent, Types.BIGINT);
        children.addBatch();
      }
      parents.executeBatch();
      children.executeBatch();
    }
  }

  private static void fillSnapshots(Connection connection, Random random, int size)
      throws SQLException {
    int users = 1 + random.nextInt(1 + size / 10);
    Set<String> placesTaken = new HashSet<>();
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO snapshots VALUES (?, ?, ?, ?, ?)")) {
      for (long id = 0; id < size; id++) {
        String user = random.nextInt(30) == 0 ? null : "u'" + random.nextInt(users) + "ü";
        // The order of rows at the same time is not defined in SQL, so no user has two.
        Instant at = Instant.ofEpochSecond(random.nextInt(2 * size), random.nextInt(3) * 1_000L);
        boolean timeless = random.nextInt(40) == 0;
        if (!placesTaken.add(user + " " + (timeless ? "" : at))) {
          continue;
        }
        insert.setLong(1, id);
        insert.setString(2, user);
        insert.setString(3, random.nextInt(30) == 0 ? null : "k|" + random.nextInt(1 + 3 * size));
        insert.setObject(4, version(random, at, size), Types.BIGINT);
        insert.setObject(
            5,
            timeless ? null : OffsetDateTime.ofInstant(at, ZoneOffset.UTC),
            Types.TIMESTAMP_WITH_TIMEZONE);
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  /** Mostly rising with time, so that some go back and some do not. */
  private static @Nullable Long version(Random random, Instant at, int size) {
    return random.nextInt(30) == 0
        ? null
        : at.getEpochSecond() / 3 + random.nextInt(3) - (random.nextInt(20) == 0 ? size : 0);
  }
}
