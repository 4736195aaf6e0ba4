package io.runbook4j.source;

import io.runbook4j.spi.sync.Cursor;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Page;
import io.runbook4j.spi.sync.PageReader;
import io.runbook4j.spi.sync.Source;
import io.runbook4j.sql.internal.ReadOnlyDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rows in the order of their keys. A cursor is {@code >} and the last key. */
final class JdbcSource implements Source<Map<String, @Nullable Object>> {
  /*
   * Each page asks for the rows behind the last key, which skips a row with the same key. So a page
   * also reads the row after it, and compares. A collation may take two texts for equal that are
   * not; for text the database itself is asked how many rows have the last key.
   */
  private static final String AFTER = ">";
  private static final int MOST_PARAMETERS = 500;
  private static final int MOST_ROWS = 10_000;

  private final ReadOnlyDatabase database;
  private final JdbcStatements.Parts parts;
  private final List<Object> parameters;
  private final boolean counted;
  private volatile @Nullable Prepared prepared;

  JdbcSource(
      ReadOnlyDatabase database,
      JdbcStatements.Parts parts,
      List<Object> parameters,
      boolean counted) {
    this.database = database;
    this.parts = parts;
    this.parameters = parameters;
    this.counted = counted;
  }

  private record Prepared(JdbcStatements sql, JdbcKey key) {}

  private Prepared prepare(Connection connection) throws SQLException {
    Prepared known = prepared;
    if (known == null) {
      JdbcStatements sql = new JdbcStatements(parts, connection.getMetaData());
      known = new Prepared(sql, database.query(connection, sql.probe(), parameters, JdbcKey::of));
      prepared = known;
    }
    return known;
  }

  @Override
  public PageReader<Map<String, @Nullable Object>> open(Cursor from) {
    if (!from.isStart() && !from.value().startsWith(AFTER)) {
      throw Cursors.foreign(from, "the last key after \">\"");
    }
    return new Reader(from);
  }

  private final class Reader implements PageReader<Map<String, @Nullable Object>> {
    private Cursor at;

    private Reader(Cursor from) {
      at = from;
    }

    @Override
    public Page<Map<String, @Nullable Object>> next(int limit) throws InterruptedException {
      int rows = Math.min(limit, MOST_ROWS);
      Page<Map<String, @Nullable Object>> page =
          database.read(connection -> page(connection, at, rows));
      at = page.next().orElse(at);
      return page;
    }
  }

  private Page<Map<String, @Nullable Object>> page(Connection connection, Cursor from, int limit)
      throws SQLException {
    Prepared known = prepare(connection);
    Page.Builder<Map<String, @Nullable Object>> page = Page.builder(limit);
    String sql;
    List<Object> bound;
    if (from.isStart()) {
      addRowsWithoutKey(connection, known, page);
      sql = known.sql().firstPage(limit + 1);
      bound = parameters;
    } else {
      sql = known.sql().pageAfter(limit + 1);
      bound = with(bind(known, from));
    }
    Optional<String> last =
        database.query(connection, sql, bound, rows -> fill(page, known, rows, limit));
    if (last.isEmpty()) {
      return page.last();
    }
    checkUnique(connection, known, last.get());
    return page.next(new Cursor(AFTER + last.get()));
  }

  private static Object bind(Prepared known, Cursor from) {
    return known
        .key()
        .type()
        .parse(from.value().substring(AFTER.length()))
        .orElseThrow(() -> Cursors.foreign(from, "the last key after \">\""));
  }

  /** {@return the last key, if more rows follow} */
  private static Optional<String> fill(
      Page.Builder<Map<String, @Nullable Object>> page, Prepared known, ResultSet answer, int limit)
      throws SQLException {
    JdbcRows rows = new JdbcRows(answer, known.key());
    String last = null;
    for (int i = 0; rows.next(); i++) {
      String key = rows.key();
      if (key.equals(last)) {
        throw notUnique(known, key);
      }
      if (i == limit) {
        return Optional.ofNullable(last);
      }
      rows.add(page, key);
      last = key;
    }
    return Optional.empty();
  }

  private void checkUnique(Connection connection, Prepared known, String last) throws SQLException {
    if (known.key().type().dependsOnCollation()
        && database.count(connection, known.sql().countWithKey(), with(last)) > 1) {
      throw notUnique(known, last);
    }
  }

  private static FailureException notUnique(Prepared known, String key) {
    return KeyType.invalid("key column " + known.key().label()
        + " must be unique, was \"" + key + "\" in several rows: rows would be lost between pages;"
        + " use another column, or a query that groups them");
  }

  private void addRowsWithoutKey(
      Connection connection, Prepared known, Page.Builder<Map<String, @Nullable Object>> page)
      throws SQLException {
    if (known.key().nullable()) {
      long rows = database.count(connection, known.sql().countWithoutKey(), parameters);
      if (rows > 0) {
        page.withoutKey(
            "rows without key",
            Failure.of(
                FailureKind.INVALID,
                rows + (rows == 1 ? " row has" : " rows have") + " no key in column "
                    + known.key().label()));
      }
    }
  }

  private List<Object> with(Object more) {
    List<Object> all = new ArrayList<>(parameters);
    all.add(more);
    return all;
  }

  @Override
  public Optional<Page<Map<String, @Nullable Object>>> fetch(List<String> keys)
      throws InterruptedException {
    return Optional.of(database.read(connection -> {
      Page.Builder<Map<String, @Nullable Object>> page = Page.builder(keys.size());
      List<String> wanted = List.copyOf(new LinkedHashSet<>(keys));
      for (int i = 0; i < wanted.size(); i += MOST_PARAMETERS) {
        fetch(connection, wanted.subList(i, Math.min(i + MOST_PARAMETERS, wanted.size())), page);
      }
      return page.last();
    }));
  }

  private void fetch(
      Connection connection, List<String> wanted, Page.Builder<Map<String, @Nullable Object>> page)
      throws SQLException {
    Prepared known = prepare(connection);
    List<Object> bound = new ArrayList<>(parameters);
    wanted.forEach(key -> known.key().type().parse(key).ifPresent(bound::add));
    int count = bound.size() - parameters.size();
    if (count > 0) {
      database.query(connection, known.sql().byKeys(count), bound, answer -> {
        pick(answer, known, Set.copyOf(wanted), page);
        return count;
      });
    }
  }

  private static void pick(
      ResultSet answer,
      Prepared known,
      Set<String> wanted,
      Page.Builder<Map<String, @Nullable Object>> page)
      throws SQLException {
    JdbcRows rows = new JdbcRows(answer, known.key());
    Set<String> seen = new LinkedHashSet<>();
    while (rows.next()) {
      String key = rows.key();
      // A collation may find more than was asked for.
      if (wanted.contains(key)) {
        if (!seen.add(key)) {
          throw notUnique(known, key);
        }
        rows.add(page, key);
      }
    }
  }

  /** {@inheritDoc} A database that fails gives no count: the reader will say why. */
  @Override
  public OptionalLong count() {
    if (!counted) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(database.read(
          connection -> database.count(connection, prepare(connection).sql().count(), parameters)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OptionalLong.empty();
    } catch (FailureException e) {
      return OptionalLong.empty();
    }
  }
}
