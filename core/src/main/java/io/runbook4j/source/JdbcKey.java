package io.runbook4j.source;

import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;

/**
 * What the database says about the key column.
 *
 * @param type how its values become text
 * @param label its name in an answer
 * @param nullable whether it may be null
 */
record JdbcKey(KeyType type, String label, boolean nullable) {
  static JdbcKey of(ResultSet probe) throws SQLException {
    ResultSetMetaData metaData = probe.getMetaData();
    return new JdbcKey(
        KeyType.of(metaData),
        metaData.getColumnLabel(1),
        metaData.isNullable(1) != ResultSetMetaData.columnNoNulls);
  }
}
