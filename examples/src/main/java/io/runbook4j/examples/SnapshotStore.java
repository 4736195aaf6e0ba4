package io.runbook4j.examples;

import io.runbook4j.integrity.Check;
import io.runbook4j.integrity.Checks;
import io.runbook4j.integrity.SqlChecks;
import io.runbook4j.source.Sources;
import io.runbook4j.spi.ledger.Finding;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Item;
import io.runbook4j.spi.sync.Outcome;
import io.runbook4j.spi.sync.Target;
import io.runbook4j.spi.time.Time;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;

/**
 * The table of snapshots in PostgreSQL, as a target. A trigger plays the bug of a deploy: it
 * refuses a share of the writes. The same trigger records every row that reaches the database,
 * refused or not. Not safe for many threads.
 */
final class SnapshotStore implements Target<Snapshot>, AutoCloseable {
  private static final String HASH = "encode(sha256(convert_to(payload, 'UTF8')), 'hex')";
  private static final String SCHEMA = """
      CREATE TABLE snapshots (
        id bigserial PRIMARY KEY,
        user_id text NOT NULL,
        version bigint NOT NULL,
        payload text NOT NULL,
        content_hash text NOT NULL,
        created_at timestamptz NOT NULL,
        UNIQUE (user_id, version));
      CREATE INDEX ON snapshots (user_id, id);
      CREATE TABLE attempts (at timestamptz NOT NULL);
      CREATE TABLE bug (refused_percent int NOT NULL);
      INSERT INTO bug VALUES (0);
      CREATE FUNCTION take() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO attempts VALUES (NEW.created_at);
          IF get_byte(decode(md5(NEW.user_id || floor(extract(epoch FROM NEW.created_at) / 3600)),
              'hex'), 0) * 100 < 256 * (SELECT refused_percent FROM bug) THEN
            RETURN NULL;
          END IF;
          RETURN NEW;
        END $$;
      CREATE TRIGGER take BEFORE INSERT ON snapshots FOR EACH ROW EXECUTE FUNCTION take();
      """;

  private final DataSource database;
  private final Connection connection;
  private final Time time;

  private SnapshotStore(DataSource database, Connection connection, Time time) {
    this.database = database;
    this.connection = connection;
    this.time = time;
  }

  /** {@return the store in an empty database, whose tables it creates} */
  static SnapshotStore create(DataSource database, Time time) throws SQLException {
    SnapshotStore store = new SnapshotStore(database, database.getConnection(), time);
    store.change(SCHEMA);
    return store;
  }

  @Override
  public ChunkResult apply(Chunk<Snapshot> chunk) {
    List<Snapshot> snapshots = new ArrayList<>();
    chunk.forEach(item -> snapshots.add(item.value()));
    Map<String, Outcome> outcomes = write(snapshots);
    ChunkResult.Builder result = ChunkResult.builder();
    for (Item<Snapshot> item : chunk) {
      Optional.ofNullable(outcomes.get(item.key()))
          .ifPresent(outcome -> result.outcome(item.key(), outcome));
    }
    return result.build();
  }

  /** {@return what became of one change that comes out of an outbox} */
  Outcome write(Snapshot snapshot) {
    return write(List.of(snapshot)).getOrDefault(snapshot.userId(), lost());
  }

  private static Outcome lost() {
    return Outcome.failed(
        Failure.of(FailureKind.SERVER_ERROR, "the database did not take the row"));
  }

  private Map<String, Outcome> write(List<Snapshot> snapshots) {
    try {
      Set<String> damaged = damaged(snapshots);
      List<Snapshot> sound =
          snapshots.stream().filter(it -> !damaged.contains(it.userId())).toList();
      insert(sound);
      Set<String> stored = stored(sound);
      Map<String, Outcome> outcomes = new HashMap<>();
      sound.forEach(it ->
          outcomes.put(it.userId(), stored.contains(it.userId()) ? Outcome.succeeded() : lost()));
      damaged.forEach(user -> outcomes.put(
          user,
          Outcome.failed(Failure.of(
              FailureKind.INTEGRITY,
              "content_hash of the newest row is not that of its payload"))));
      return outcomes;
    } catch (SQLException e) {
      throw new IllegalStateException("the database did not answer", e);
    }
  }

  /** {@return the users whose newest row is not what it was: nothing is written on top of it} */
  private Set<String> damaged(List<Snapshot> snapshots) throws SQLException {
    return users(
        "SELECT user_id FROM (SELECT DISTINCT ON (user_id) user_id, payload, content_hash"
            + " FROM snapshots WHERE user_id = ANY(?) ORDER BY user_id, id DESC) n"
            + " WHERE content_hash <> " + HASH,
        array("text", snapshots.stream().map(Snapshot::userId).toList()));
  }

  private void insert(List<Snapshot> snapshots) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(
        "INSERT INTO snapshots (user_id, version, payload, content_hash, created_at)"
            + " SELECT u, v, p, h, ? FROM unnest(?, ?, ?, ?) AS s(u, v, p, h)"
            + " ON CONFLICT (user_id, version) DO NOTHING")) {
      insert.setObject(1, time.now().atOffset(ZoneOffset.UTC));
      insert.setArray(2, array("text", snapshots.stream().map(Snapshot::userId).toList()));
      insert.setArray(
          3, array("bigint", snapshots.stream().map(Snapshot::version).toList()));
      insert.setArray(4, array("text", snapshots.stream().map(Snapshot::payload).toList()));
      insert.setArray(
          5, array("text", snapshots.stream().map(Snapshot::contentHash).toList()));
      insert.executeUpdate();
    }
  }

  private Set<String> stored(List<Snapshot> snapshots) throws SQLException {
    return users(
        "SELECT s.user_id FROM snapshots s JOIN unnest(?, ?) AS w(u, v)"
            + " ON s.user_id = w.u AND s.version = w.v",
        array("text", snapshots.stream().map(Snapshot::userId).toList()),
        array("bigint", snapshots.stream().map(Snapshot::version).toList()));
  }

  private Set<String> users(String sql, Array... parameters) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        query.setArray(i + 1, parameters[i]);
      }
      Set<String> users = new HashSet<>();
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          users.add(rows.getString(1));
        }
      }
      return users;
    }
  }

  private Array array(String type, List<?> values) throws SQLException {
    return connection.createArrayOf(type, values.toArray());
  }

  @Override
  public boolean isIdempotent() {
    return true;
  }

  /** Lets the deploy's bug refuse this share of all writes. */
  void refuse(int percent) throws SQLException {
    change("UPDATE bug SET refused_percent = " + percent);
  }

  /** Plants 5 users whose version goes back to 0, and a wrong hash in the newest rows of 200. */
  void corrupt() throws SQLException {
    change("ALTER TABLE snapshots DISABLE TRIGGER take");
    change("INSERT INTO snapshots (user_id, version, payload, content_hash, created_at)"
        + " SELECT user_id, 0, payload, content_hash, '" + time.now() + "' FROM (SELECT DISTINCT ON"
        + " (user_id) * FROM snapshots ORDER BY user_id, version DESC) n ORDER BY user_id LIMIT 5");
    change("UPDATE snapshots SET content_hash = md5(content_hash) WHERE id IN"
        + " (SELECT max(id) FROM snapshots GROUP BY user_id ORDER BY user_id DESC LIMIT 200)");
    change("ALTER TABLE snapshots ENABLE TRIGGER take");
  }

  /** {@return how many rows were mended: those that went back are removed, hashes made anew} */
  int mend() throws SQLException {
    return change("DELETE FROM snapshots s USING (SELECT id, version, lag(version) OVER"
            + " (PARTITION BY user_id ORDER BY id) AS before FROM snapshots) p"
            + " WHERE p.id = s.id AND p.version < p.before")
        + change("UPDATE snapshots SET content_hash = " + HASH + " WHERE content_hash <> " + HASH);
  }

  /** {@return what the runbook's checks find} */
  List<Finding> audit() throws InterruptedException {
    List<Finding> findings = new ArrayList<>();
    SqlChecks.table(database, "snapshots", "id")
        .samples(3)
        // by id: on a virtual clock, rows that were written one after the other may have one time
        .versionsForward("user_id", "version", "id")
        .ifPresent(findings::add);
    findings.addAll(Checks.of(Check.sha256("payload", "content_hash"))
        .samples(3)
        .over("snapshots", Sources.jdbc(database).table("snapshots").key("id").build()));
    return findings;
  }

  /**
   * {@return how many rows reached the database after one time and before another, taken or not}
   */
  long attempts(Instant after, Instant before) throws SQLException {
    try (Statement query = connection.createStatement();
        ResultSet rows = query.executeQuery(
            "SELECT count(*) FROM attempts WHERE at > '" + after + "' AND at < '" + before + "'")) {
      rows.next();
      return rows.getLong(1);
    }
  }

  /** {@return the users of whom the newest row is not this, word for word} */
  List<String> wrong(Collection<Snapshot> newest) throws SQLException {
    Map<String, String> rows = new HashMap<>();
    try (Statement query = connection.createStatement();
        ResultSet found =
            query.executeQuery("SELECT DISTINCT ON (user_id) user_id, version, payload,"
                + " content_hash FROM snapshots ORDER BY user_id, version DESC")) {
      while (found.next()) {
        rows.put(
            found.getString(1),
            found.getLong(2) + " " + found.getString(3) + " " + found.getString(4));
      }
    }
    return newest.stream()
        .filter(it -> !(it.line() + " " + it.contentHash()).equals(rows.get(it.userId())))
        .map(Snapshot::userId)
        .toList();
  }

  private int change(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate(sql);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
