package io.runbook4j.report;

import java.util.List;

/**
 * A table that the caller adds to a report.
 *
 * @param title above the table
 * @param columns the columns' names; {@code key} holds item keys
 * @param rows as many cells as there are columns
 */
record Section(String title, List<String> columns, List<List<String>> rows) {
  static final String KEY = "key";

  Section {
    columns = List.copyOf(columns);
    rows = rows.stream().map(List::copyOf).toList();
    if (title.isBlank()) {
      throw new IllegalArgumentException("title must be non-blank, was \"" + title + "\"");
    }
    if (columns.isEmpty()) {
      throw new IllegalArgumentException("columns must be at least one, was none");
    }
    for (List<String> row : rows) {
      if (row.size() != columns.size()) {
        throw new IllegalArgumentException("rows must have " + columns.size()
            + " cells each, as there are columns, was " + row.size() + " in section " + title);
      }
    }
  }

  /** {@return the item keys in it} */
  List<String> keys() {
    int column = columns.indexOf(KEY);
    return column < 0 ? List.of() : rows.stream().map(row -> row.get(column)).toList();
  }
}
