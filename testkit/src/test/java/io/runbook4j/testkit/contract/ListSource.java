package io.runbook4j.testkit.contract;

import io.runbook4j.spi.sync.Cursor;
import io.runbook4j.spi.sync.Page;
import io.runbook4j.spi.sync.PageReader;
import io.runbook4j.spi.sync.Source;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/** An honest source, for others to be wrong in one way. */
class ListSource implements Source<String> {
  static final List<String> KEYS =
      IntStream.range(0, 20).mapToObj(i -> "key-" + i).toList();

  @Override
  public PageReader<String> open(Cursor from) {
    int[] at = {position(from)};
    return limit -> {
      int end = Math.min(KEYS.size(), at[0] + limit);
      Page<String> page = page(at[0], end);
      at[0] = end;
      return page;
    };
  }

  int position(Cursor from) {
    return from.isStart() ? 0 : Integer.parseInt(from.value());
  }

  Page<String> page(int start, int end) {
    Page.Builder<String> page = Page.builder(end - start);
    KEYS.subList(start, end).forEach(key -> page.add(key, "value of " + key));
    return end < KEYS.size() ? page.next(cursorAfter(end)) : page.last();
  }

  Cursor cursorAfter(int end) {
    return new Cursor("" + end);
  }

  @Override
  public Optional<Page<String>> fetch(List<String> keys) {
    Page.Builder<String> page = Page.builder(keys.size());
    keys.stream().filter(KEYS::contains).forEach(key -> page.add(key, "value of " + key));
    return Optional.of(page.last());
  }

  @Override
  public OptionalLong count() {
    return OptionalLong.of(KEYS.size());
  }
}
