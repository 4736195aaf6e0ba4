package io.runbook4j.source;

import io.runbook4j.sql.internal.SqlNames;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The SQL of one source in the words of one database. */
final class JdbcStatements {
  private static final Set<String> WITH_LIMIT = Set.of("MySQL", "MariaDB", "SQLite");

  private final SqlNames names;
  private final boolean limit;
  private final String from;
  private final String key;
  private final String select;

  /**
   * What was asked for; either a table or a query.
   *
   * @param table a name, perhaps with a schema
   * @param query a SELECT
   * @param key the key column
   * @param columns the other columns; empty for all
   */
  record Parts(@Nullable String table, @Nullable String query, String key, List<String> columns) {}

  JdbcStatements(Parts parts, DatabaseMetaData metaData) throws SQLException {
    names = new SqlNames(metaData);
    limit = WITH_LIMIT.contains(metaData.getDatabaseProductName());
    // The line break ends a comment at the end of the query.
    from = parts.table() == null
        ? " FROM (" + parts.query() + "\n) rows_to_read"
        : " FROM " + names.table(parts.table());
    key = names.name(parts.key());
    select = "SELECT " + columns(parts.columns()) + from;
  }

  private String columns(List<String> others) {
    if (others.isEmpty()) {
      return "*";
    }
    List<String> all = new ArrayList<>(List.of(key));
    others.stream().map(names::name).filter(name -> !name.equals(key)).forEach(all::add);
    return String.join(", ", all);
  }

  /** {@return no rows, but what the key column is like} */
  String probe() {
    return "SELECT " + key + from + " WHERE 1 = 0";
  }

  String firstPage(int rows) {
    return select + " WHERE " + key + " IS NOT NULL" + ordered(rows);
  }

  String pageAfter(int rows) {
    return select + " WHERE " + key + " > ?" + ordered(rows);
  }

  private String ordered(int rows) {
    return " ORDER BY " + key
        + (limit ? " LIMIT " + rows : " OFFSET 0 ROWS FETCH NEXT " + rows + " ROWS ONLY");
  }

  String byKeys(int count) {
    return select + " WHERE " + key + " IN (" + String.join(", ", Collections.nCopies(count, "?"))
        + ")";
  }

  String countWithKey() {
    return "SELECT COUNT(*)" + from + " WHERE " + key + " = ?";
  }

  String countWithoutKey() {
    return "SELECT COUNT(*)" + from + " WHERE " + key + " IS NULL";
  }

  String count() {
    return "SELECT COUNT(*)" + from;
  }
}
