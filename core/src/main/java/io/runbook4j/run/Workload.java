package io.runbook4j.run;

import io.runbook4j.spi.time.Time;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a run has still to send, in the order in which it is sent: pieces of a bisected chunk and
 * chunks that wait for a second try first, then single items whose back-off is over, filled up with
 * fresh ones. Not safe for many threads.
 */
final class Workload<T> {
  /**
   * So many chunks' worth of items may wait for a retry before fresh ones are read; bounds memory.
   */
  private static final int MOST_RETRIES = 10;

  private final ItemFeed<T> feed;
  private final Frontier frontier = new Frontier();
  private final Deque<Batch<T>> ready = new ArrayDeque<>();
  private final PriorityQueue<Later<Batch<T>>> laterBatches = new PriorityQueue<>(Later.byDue());
  private final PriorityQueue<Later<Pending<T>>> laterItems = new PriorityQueue<>(Later.byDue());
  private final Set<String> busy = new HashSet<>();
  private @Nullable Unsent unsent;
  private long sequence;

  Workload(ItemFeed<T> feed) {
    this.feed = feed;
  }

  Frontier frontier() {
    return frontier;
  }

  /**
   * {@return the keys of items that were given out and have no outcome, as far as others of their
   * key may have to wait}
   */
  Set<String> busy() {
    return busy;
  }

  /** Sends the batch next. */
  void now(Batch<T> batch) {
    ready.push(batch);
  }

  /** Sends the batch, as it is, when the time has come. */
  void later(Batch<T> batch, long dueNanos) {
    laterBatches.add(new Later<>(batch, dueNanos, sequence++));
  }

  /** Sends the item with others when the time has come. */
  void later(Pending<T> item, long dueNanos) {
    laterItems.add(new Later<>(item, dueNanos, sequence++));
  }

  /**
   * {@return what to send now, at most {@code size} items; empty if nothing is due} How the source
   * failed meanwhile, the feed says.
   */
  Optional<Batch<T>> next(int size, int maxSize, Time time) throws InterruptedException {
    long nowNanos = nowNanos(time);
    Optional<Batch<T>> whole = nextWhole(size, nowNanos);
    if (whole.isPresent()) {
      return whole;
    }
    List<Pending<T>> due = due(size, nowNanos);
    boolean mayRead = mayRead(maxSize) && due.size() < size;
    if (due.isEmpty()) {
      return mayRead ? fresh(size) : Optional.empty();
    }
    Batch<T> fresh =
        mayRead && feed.isBuffered() ? freshBeside(due, size, nowNanos).orElse(null) : null;
    if (fresh == null) {
      return Optional.of(retries(due));
    }
    if (fresh.intent().isPresent()) { // sent again as it was, and nothing with it
      now(retries(due));
      return Optional.of(fresh);
    }
    due.addAll(fresh.items());
    return Optional.of(Batch.of(due));
  }

  /**
   * {@return what to send now without asking the source, at most {@code size} items; empty if
   * nothing is due}
   */
  Optional<Batch<T>> nextWithoutReading(int size, Time time) {
    long nowNanos = nowNanos(time);
    Optional<Batch<T>> whole = nextWhole(size, nowNanos);
    if (whole.isPresent()) {
      return whole;
    }
    List<Pending<T>> due = due(size, nowNanos);
    return due.isEmpty() ? Optional.empty() : Optional.of(retries(due));
  }

  private long nowNanos(Time time) {
    boolean waits = !laterBatches.isEmpty() || !laterItems.isEmpty();
    return waits ? time.nanoTime() : 0; // mostly nothing waits, and a look costs
  }

  /** {@return the next whole batch; empty if none is ready} */
  private Optional<Batch<T>> nextWhole(int size, long nowNanos) {
    while (!laterBatches.isEmpty() && laterBatches.element().isDue(nowNanos)) {
      ready.push(laterBatches.remove().what());
    }
    return ready.isEmpty() ? Optional.empty() : Optional.of(cut(ready.pop(), size));
  }

  /** {@return fresh items to go with those that are due, which stay whatever the source does} */
  private Optional<Batch<T>> freshBeside(List<Pending<T>> due, int size, long nowNanos)
      throws InterruptedException {
    try {
      return fresh(size - due.size());
    } catch (InterruptedException | RuntimeException e) {
      due.forEach(item -> later(item, nowNanos));
      throw e;
    }
  }

  /** {@return whether so little is open that more may be read} */
  boolean mayRead(int maxSize) {
    return !frontier.isAtHorizon() && laterItems.size() < MOST_RETRIES * maxSize;
  }

  private Optional<Batch<T>> fresh(int most) throws InterruptedException {
    Draft<T> draft = feed.draft(most, busy);
    if (!draft.unsent().isEmpty()) {
      Family family = frontier.open(draft.position(), draft.unsent().size());
      unsent = new Unsent(draft.unsent(), family);
    }
    Optional<Batch<T>> batch =
        draft.size() == 0 ? Optional.empty() : Optional.of(draft.batch(frontier));
    for (Batch<T> whole : draft.reapplied()) {
      batch.ifPresent(this::now);
      return Optional.of(whole);
    }
    return batch;
  }

  private List<Pending<T>> due(int most, long nowNanos) {
    List<Pending<T>> due = new ArrayList<>();
    while (due.size() < most && !laterItems.isEmpty() && laterItems.element().isDue(nowNanos)) {
      due.add(laterItems.remove().what());
    }
    return due;
  }

  /** {@return the batch, cut or with retries that are due, up to {@code size} items} */
  Batch<T> topUp(Batch<T> batch, int size, Time time) {
    if (batch.size() >= size || batch.intent().isPresent() || batch.sibling().isPresent()) {
      return cut(batch, size);
    }
    List<Pending<T>> due =
        laterItems.isEmpty() ? List.of() : due(size - batch.size(), time.nanoTime());
    if (due.isEmpty()) {
      return batch;
    }
    List<Pending<T>> items = new ArrayList<>(batch.items());
    items.addAll(due);
    return Batch.of(items).like(batch);
  }

  /** Items that were only rate limited have failed nothing, and cost no retry. */
  private static <T> Batch<T> retries(List<Pending<T>> due) {
    Batch<T> batch = Batch.of(due);
    return due.stream().allMatch(item -> item.last().isPresent()) ? batch.retryOnly() : batch;
  }

  /**
   * A chunk that was sent before the size shrank goes in pieces; one that must stay as it was does
   * not.
   */
  private Batch<T> cut(Batch<T> batch, int size) {
    if (batch.size() <= size || batch.intent().isPresent() || batch.sibling().isPresent()) {
      return batch;
    }
    List<Pending<T>> items = batch.items();
    ready.push(Batch.of(items.subList(size, items.size())).like(batch));
    return Batch.of(items.subList(0, size)).like(batch);
  }

  /**
   * {@return the items that were read for the last batch and are not sent, once; empty if there
   * were none}
   */
  Optional<Unsent> takeUnsent() {
    Optional<Unsent> taken = Optional.ofNullable(unsent);
    unsent = null;
    return taken;
  }

  /** {@return when the next batch or item is due; empty if none waits} */
  OptionalLong nextDue() {
    Later<Batch<T>> batch = laterBatches.peek();
    Later<Pending<T>> item = laterItems.peek();
    if (batch == null) {
      return item == null ? OptionalLong.empty() : OptionalLong.of(item.dueNanos());
    }
    return OptionalLong.of(
        item == null || batch.dueNanos() - item.dueNanos() < 0
            ? batch.dueNanos()
            : item.dueNanos());
  }

  boolean isEmpty() {
    return ready.isEmpty() && laterBatches.isEmpty() && laterItems.isEmpty();
  }

  /** {@return all batches that wait, in no order; those with single items included} */
  List<Batch<T>> waiting() {
    List<Batch<T>> all = new ArrayList<>();
    for (Batch<T> batch : ready) {
      addWithSiblings(all, batch);
    }
    laterBatches.forEach(later -> addWithSiblings(all, later.what()));
    if (!laterItems.isEmpty()) {
      all.add(Batch.of(laterItems.stream().map(Later::what).toList()));
    }
    return all;
  }

  private static <T> void addWithSiblings(List<Batch<T>> all, Batch<T> first) {
    Batch<T> batch = first;
    while (batch != null) {
      all.add(batch);
      batch = batch.sibling().orElse(null);
    }
  }

  /** Something that waits for its time; equal times keep their order. */
  private record Later<W>(W what, long dueNanos, long sequence) {
    boolean isDue(long nowNanos) {
      return dueNanos - nowNanos <= 0;
    }

    static <W> Comparator<Later<W>> byDue() {
      return (a, b) -> a.dueNanos == b.dueNanos
          ? Long.compare(a.sequence, b.sequence)
          : Long.compare(a.dueNanos - b.dueNanos, 0);
    }
  }

  /**
   * Items that are not sent.
   *
   * @param items which, at least one
   * @param family they alone
   */
  record Unsent(List<Draft.Unsent> items, Family family) {}
}
