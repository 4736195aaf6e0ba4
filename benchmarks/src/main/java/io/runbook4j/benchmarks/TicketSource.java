package io.runbook4j.benchmarks;

import io.runbook4j.spi.sync.Cursor;
import io.runbook4j.spi.sync.Page;
import io.runbook4j.spi.sync.PageReader;
import io.runbook4j.spi.sync.Source;
import java.util.List;
import java.util.Optional;

/** Numbers as tickets, from nought, read in order or fetched by key. Holds none of them. */
record TicketSource(int size) implements Source<String> {
  @Override
  public PageReader<String> open(Cursor from) {
    int[] next = {from.isStart() ? 0 : Integer.parseInt(from.value())};
    return limit -> {
      int end = Math.min(size, next[0] + limit);
      Page.Builder<String> page = Page.builder(end - next[0]);
      for (int i = next[0]; i < end; i++) {
        add(page, Integer.toString(i));
      }
      next[0] = end;
      return end < size ? page.next(new Cursor(Integer.toString(end))) : page.last();
    };
  }

  @Override
  public Optional<Page<String>> fetch(List<String> keys) {
    Page.Builder<String> page = Page.builder(keys.size());
    keys.forEach(key -> add(page, key));
    return Optional.of(page.last());
  }

  private static void add(Page.Builder<String> page, String key) {
    page.add(key, key);
  }
}
