package io.runbook4j.run;

import io.runbook4j.spi.sync.Cursor;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Page;
import io.runbook4j.spi.sync.PageReader;
import io.runbook4j.spi.sync.Source;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The wanted items of a source and no others: fetched by key, in the order in which they are
 * wanted, where the source can; else picked while reading all of it. Items that the source no
 * longer has come out as unreadable, so that none is forgotten. For one run.
 */
final class RerunSource<T> implements Source<T> {
  /**
   * The code of an item that is wanted, and that the source no longer has; no service has such a
   * code.
   */
  static final String NOT_IN_SOURCE = "runbook4j:NOT_IN_SOURCE";

  private static final int MOST_FETCHED = 200;
  private static final String SCAN = "scan:";

  private final Source<T> origin;
  private final int fetched;
  private final List<String> wanted;
  private final Set<String> wantedSet;
  private final Set<String> missing;

  /**
   * Makes a source.
   *
   * @param chunk how many items a chunk holds at most, and a fetch too
   */
  RerunSource(Source<T> origin, Set<String> wanted, int chunk) {
    this.origin = origin;
    this.fetched = Math.min(chunk, MOST_FETCHED);
    this.wanted = List.copyOf(wanted);
    this.wantedSet = Set.copyOf(wanted);
    this.missing = new LinkedHashSet<>(wanted);
  }

  @Override
  public OptionalLong count() {
    return OptionalLong.of(wanted.size());
  }

  @Override
  public PageReader<T> open(Cursor from) {
    return from.value().startsWith(SCAN)
        ? new Scan(new Cursor(from.value().substring(SCAN.length())))
        : new Fetch(from.isStart() ? 0 : Integer.parseInt(from.value()));
  }

  private static void gone(Page.Builder<?> page, String key) {
    page.unreadable(
        key,
        Failure.of(FailureKind.NOT_FOUND, "the source no longer has this item")
            .withCode(NOT_IN_SOURCE));
  }

  /** Fetches by key, as long as the source offers it. */
  private final class Fetch implements PageReader<T> {
    private int index;
    private @Nullable Scan scan;

    Fetch(int index) {
      this.index = index;
    }

    @Override
    public Page<T> next(int limit) throws InterruptedException {
      if (scan != null) {
        return scan.next(limit);
      }
      List<String> keys = wanted.subList(index, Math.min(index + fetched, wanted.size()));
      if (keys.isEmpty()) {
        return Page.<T>builder(0).last();
      }
      Optional<Page<T>> fetched = origin.fetch(keys);
      if (fetched == null) {
        throw new FailureException(Failure.of(
            FailureKind.INVALID, "the source's fetch returned null, must be a page or empty"));
      }
      if (fetched.isEmpty()) {
        scan = new Scan(Cursor.start());
        return scan.next(limit);
      }
      Page.Builder<T> page = Page.builder(keys.size());
      Map<String, List<Integer>> places = places(fetched.get());
      for (String key : keys) {
        List<Integer> own = places.getOrDefault(key, List.of());
        own.forEach(place -> copy(fetched.get(), place, page));
        if (own.isEmpty()) {
          gone(page, key);
        }
      }
      index += keys.size();
      return index < wanted.size() ? page.next(new Cursor(Integer.toString(index))) : page.last();
    }

    @Override
    public void close() {
      if (scan != null) {
        scan.close();
      }
    }
  }

  /** {@return where each key is in a page, which comes in an order of the source's own} */
  private Map<String, List<Integer>> places(Page<T> page) {
    Map<String, List<Integer>> places = new HashMap<>();
    for (int i = 0; i < page.size(); i++) {
      places.computeIfAbsent(page.key(i), key -> new ArrayList<>(1)).add(i);
    }
    return places;
  }

  private void copy(Page<T> from, int index, Page.Builder<T> to) {
    String key = from.key(index);
    Optional<Failure> unreadable = from.unreadable(index);
    if (unreadable.isPresent()) {
      to.unreadable(key, unreadable.get());
    } else {
      to.add(key, from.value(index));
    }
  }

  /** Reads the whole source and picks. */
  private final class Scan implements PageReader<T> {
    private final PageReader<T> all;

    Scan(Cursor from) {
      all = origin.open(from);
    }

    @Override
    public Page<T> next(int limit) throws InterruptedException {
      Page<T> page = all.next(limit);
      Page.Builder<T> picked = Page.builder(page.size());
      for (int i = 0; i < page.size(); i++) {
        if (wantedSet.contains(page.key(i))) {
          copy(page, i, picked);
          missing.remove(page.key(i));
        }
      }
      if (page.next().isPresent()) {
        return picked.next(new Cursor(SCAN + page.next().get().value()));
      }
      missing.forEach(key -> gone(picked, key));
      missing.clear();
      return picked.last();
    }

    @Override
    public void close() {
      all.close();
    }
  }
}
