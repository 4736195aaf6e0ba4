package io.runbook4j.source;

import io.runbook4j.spi.sync.Cursor;
import io.runbook4j.spi.sync.Page;
import io.runbook4j.spi.sync.PageReader;
import io.runbook4j.spi.sync.Source;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Items in memory. A cursor is the index of the next one. */
final class CollectionSource<T> implements Source<T> {
  private final List<T> items;
  private final Keying<T> keying;
  private @Nullable Index index;

  CollectionSource(Collection<? extends T> items, Keying<T> keying) {
    this.items = new ArrayList<>(items);
    this.keying = keying;
  }

  @Override
  public PageReader<T> open(Cursor from) {
    long first = Cursors.index(from);
    if (first > items.size()) {
      throw Cursors.shrunk(first, items.size());
    }
    return new Reader((int) first);
  }

  @Override
  public Optional<Page<T>> fetch(List<String> keys) {
    Index known = index();
    Page.Builder<T> page = Page.builder(keys.size());
    for (String key : new HashSet<>(keys)) {
      for (int i = known.first(key); i >= 0; i = known.after[i]) {
        keying.add(page, items.get(i), i);
      }
    }
    return Optional.of(page.last());
  }

  @Override
  public OptionalLong count() {
    return OptionalLong.of(items.size());
  }

  private synchronized Index index() {
    if (index == null) {
      index = new Index();
    }
    return index;
  }

  private final class Reader implements PageReader<T> {
    private int next;

    private Reader(int first) {
      next = first;
    }

    @Override
    public Page<T> next(int limit) {
      int from = next;
      next += Math.min(limit, items.size() - next);
      return keying.page(
          items,
          from,
          next,
          next == items.size() ? Optional.empty() : Optional.of(Cursors.at(next)));
    }
  }

  /** Where each key stands: its first place, and from each place the next with the same key. */
  private final class Index {
    private final Map<String, Integer> first = new HashMap<>();
    private final int[] after = new int[items.size()];

    private Index() {
      for (int i = items.size() - 1; i >= 0; i--) {
        Integer later = first.put(keying.keyOf(items.get(i), i), i);
        after[i] = later == null ? -1 : later;
      }
    }

    private int first(String key) {
      return first.getOrDefault(key, -1);
    }
  }
}
