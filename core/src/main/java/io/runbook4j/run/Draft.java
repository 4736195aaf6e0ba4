package io.runbook4j.run;

import io.runbook4j.spi.ledger.LedgerEntry.Span;
import io.runbook4j.spi.ledger.Position;
import io.runbook4j.spi.sync.Outcome;
import io.runbook4j.spi.sync.Page;
import java.util.ArrayList;
import java.util.List;

/** What came out of the source for the next chunk. */
final class Draft<T> {
  private final int most;
  private List<String> keys = List.of();
  private List<T> values = List.of();
  private List<Span> spans = List.of();
  private List<Unsent> unsent = List.of();
  private List<Batch<T>> reapplied = List.of();
  private Position position = Position.start();
  private int spanPage;
  private int spanCount;

  Draft(int most) {
    this.most = most;
  }

  /** Makes lists of its own of what may be views of a page. */
  private void own() {
    if (!(keys instanceof ArrayList)) {
      List<String> ownKeys = new ArrayList<>(most);
      ownKeys.addAll(keys);
      keys = ownKeys;
      List<T> ownValues = new ArrayList<>(most);
      ownValues.addAll(values);
      values = ownValues;
    }
  }

  /**
   * Adds items of a page that were read one after the other. A whole chunk's worth is taken as
   * views of the page, without copying: the common case, and what an item costs is mostly memory
   * touched.
   */
  void addRange(Page<T> from, int begin, int end, int page, Position start) {
    if (begin == end) {
      return;
    }
    noteStart(start);
    if (keys.isEmpty() && end - begin == most) {
      keys = from.keys(begin, end);
      values = from.values(begin, end);
    } else {
      own();
      keys.addAll(from.keys(begin, end));
      values.addAll(from.values(begin, end));
    }
    span(page, end - begin);
  }

  private void span(int page, int count) {
    if (page != spanPage) {
      closeSpan();
      spanPage = page;
    }
    spanCount += count;
  }

  /**
   * Adds an item that was read in {@code page}, and is found again by reading from {@code start}.
   */
  void add(String key, T value, int page, Position start) {
    noteStart(start);
    own();
    keys.add(key);
    values.add(value);
    span(page, 1);
  }

  private void closeSpan() {
    if (spanCount > 0) {
      spans = with(spans, new Span(spanPage, spanCount));
      spanCount = 0;
    }
  }

  /** {@return the list with one more; most have none, or one, and need no list of their own} */
  private static <E> List<E> with(List<E> list, E element) {
    if (list.isEmpty()) {
      return List.of(element);
    }
    List<E> longer = list instanceof ArrayList ? list : new ArrayList<>(list);
    longer.add(element);
    return longer;
  }

  int size() {
    return keys.size();
  }

  boolean contains(String key) {
    return keys.contains(key) || unsent.stream().anyMatch(item -> item.key().equals(key));
  }

  boolean isEmpty() {
    return keys.isEmpty() && unsent.isEmpty() && reapplied.isEmpty();
  }

  /** {@return the fresh items; only if there are any} */
  Batch<T> batch(Frontier frontier) {
    closeSpan();
    return Batch.fresh(keys, values, spans, frontier.open(position, keys.size()));
  }

  /** Adds an item that is not sent. */
  void addUnsent(Unsent item, Position start) {
    noteStart(start);
    unsent = with(unsent, item);
  }

  /** {@return the items that were found and are not sent} */
  List<Unsent> unsent() {
    return unsent;
  }

  /** {@return from where to read to find every item of the draft; only if there is any} */
  Position position() {
    return position;
  }

  private void noteStart(Position start) {
    if (keys.isEmpty() && unsent.isEmpty()) {
      position = start;
    }
  }

  /** {@return the chunks in doubt whose items have all come up again} */
  List<Batch<T>> reapplied() {
    return reapplied;
  }

  /** Adds a chunk in doubt whose items have all come up again. */
  void addReapplied(Batch<T> whole) {
    reapplied = with(reapplied, whole);
  }

  /**
   * An item that is not sent: it could not be read, or has its outcome from another run.
   *
   * @param key its key
   * @param page the number of the page that it was read in
   * @param outcome what is recorded of it
   */
  record Unsent(String key, int page, Outcome outcome) {}
}
