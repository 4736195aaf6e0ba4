package io.runbook4j.integrity;

import io.runbook4j.spi.sync.Cursor;
import io.runbook4j.spi.sync.Page;
import io.runbook4j.spi.sync.Source;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows for tests. */
final class Rows {
  private Rows() {}

  /** {@return a row of names and values in turn} */
  static Map<String, @Nullable Object> row(@Nullable Object... namesAndValues) {
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      row.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
    }
    return row;
  }

  /** {@return a source of rows whose keys are r0, r1 and so on} */
  @SafeVarargs
  @SuppressWarnings("varargs") // the array is only read
  static Source<Map<String, @Nullable Object>> of(Map<String, @Nullable Object>... rows) {
    return of(List.of(rows));
  }

  static Source<Map<String, @Nullable Object>> of(List<Map<String, @Nullable Object>> rows) {
    return from -> {
      int[] next = {0};
      return limit -> {
        Page.Builder<Map<String, @Nullable Object>> page = Page.builder(limit);
        for (; next[0] < rows.size() && page.size() < limit; next[0]++) {
          page.add("r" + next[0], rows.get(next[0]));
        }
        return next[0] == rows.size() ? page.last() : page.next(new Cursor("at " + next[0]));
      };
    };
  }
}
