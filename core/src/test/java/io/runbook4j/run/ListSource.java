package io.runbook4j.run;

import io.runbook4j.spi.sync.Cursor;
import io.runbook4j.spi.sync.Page;
import io.runbook4j.spi.sync.PageReader;
import io.runbook4j.spi.sync.Source;
import java.util.List;

/** Keys as items, in pages as small as wanted. */
record ListSource(List<String> keys, int pageSize) implements Source<String> {
  static ListSource of(List<String> keys) {
    return new ListSource(keys, 1_000);
  }

  @Override
  public PageReader<String> open(Cursor from) {
    int[] index = {from.isStart() ? 0 : Integer.parseInt(from.value())};
    return limit -> {
      int end = Math.min(keys.size(), index[0] + pageSize);
      Page.Builder<String> page = Page.builder(end - index[0]);
      keys.subList(index[0], end).forEach(key -> page.add(key, key));
      index[0] = end;
      return end < keys.size() ? page.next(new Cursor(Integer.toString(end))) : page.last();
    };
  }
}
