package io.runbook4j.integrity;

import io.runbook4j.spi.sync.Cursor;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Page;
import io.runbook4j.spi.sync.PageReader;
import io.runbook4j.spi.sync.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Items in a list that may change, in pages of three; null is an item that cannot be read. */
final class ListedSource<T> implements Source<T> {
  private static final Failure TORN = Failure.of(FailureKind.INVALID, "torn");

  private final List<Map.Entry<String, Optional<T>>> items = new ArrayList<>();
  private final List<Integer> fetched = new ArrayList<>();
  private boolean fetches = true;

  ListedSource<T> add(String key, T value) {
    items.add(Map.entry(key, Optional.of(value)));
    return this;
  }

  ListedSource<T> unreadable(String key) {
    items.add(Map.entry(key, Optional.empty()));
    return this;
  }

  ListedSource<T> remove(String key) {
    items.removeIf(item -> item.getKey().equals(key));
    return this;
  }

  ListedSource<T> withoutFetch() {
    fetches = false;
    return this;
  }

  /** {@return how many keys each fetch asked for} */
  List<Integer> fetched() {
    return fetched;
  }

  @Override
  public PageReader<T> open(Cursor from) {
    int[] at = {0};
    return limit -> {
      int to = Math.min(at[0] + 3, items.size());
      Page.Builder<T> page = Page.builder(3);
      items.subList(at[0], to).forEach(item -> put(page, item));
      at[0] = to;
      return to == items.size() ? page.last() : page.next(new Cursor("x" + to));
    };
  }

  private static <T> void put(Page.Builder<T> page, Map.Entry<String, Optional<T>> item) {
    item.getValue()
        .ifPresentOrElse(
            value -> page.add(item.getKey(), value), () -> page.unreadable(item.getKey(), TORN));
  }

  @Override
  public Optional<Page<T>> fetch(List<String> keys) {
    if (!fetches) {
      return Optional.empty();
    }
    fetched.add(keys.size());
    Page.Builder<T> page = Page.builder(keys.size());
    items.stream().filter(item -> keys.contains(item.getKey())).forEach(item -> put(page, item));
    return Optional.of(page.last());
  }

  @Override
  public String toString() {
    return "listed";
  }
}
