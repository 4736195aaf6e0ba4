package io.runbook4j.integrity;

import io.runbook4j.spi.ledger.Finding;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds groups of rows that have the same values in some columns; null is a value like others. */
final class DuplicatePass implements Pass {
  private final Scope scope;
  private final List<String> columns;
  private final DuplicateKeys keys;

  DuplicatePass(Scope scope, List<String> columns) {
    this.scope = scope;
    this.columns = columns;
    this.keys = DuplicateKeys.in(scope);
  }

  @Override
  public void see(Row row) {
    keys.addOfRow(key(row, columns));
  }

  static String key(Row row, List<String> columns) {
    List<@Nullable Object> values = new ArrayList<>(columns.size());
    for (String column : columns) {
      values.add(row.value(column).orElse(null));
    }
    return Canonical.series(values);
  }

  static String shown(List<String> columns, String key) {
    List<String> values = Canonical.parts(key);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < columns.size(); i++) {
      text.append(i == 0 ? "" : " ").append(columns.get(i)).append('=').append(values.get(i));
    }
    return text.toString();
  }

  @Override
  public List<Finding> finish() {
    Tally tally = scope.tally();
    keys.count(tally, key -> shown(columns, key));
    return tally.finding().stream().toList();
  }

  @Override
  public void close() {
    keys.close();
  }
}
