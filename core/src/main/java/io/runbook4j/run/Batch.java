package io.runbook4j.run;

import io.runbook4j.spi.ledger.ItemResult;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkIntent;
import io.runbook4j.spi.ledger.LedgerEntry.Span;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Items that go to the target together. Fresh ones share a family and have no objects of their own:
 * a run of ten million clean items makes none.
 */
final class Batch<T> {
  private final List<String> keys;
  private final List<T> values;
  private final List<Span> spans;
  private final @Nullable Family freshFamily;
  private final List<Pending<T>> items;

  /**
   * The chunk as the ledger knows it; kept while the chunk is sent again because its answer was
   * lost.
   */
  private @Nullable ChunkIntent intent;

  /** The half of a bisected batch that comes after this one. */
  private @Nullable Batch<T> sibling;

  private boolean badIfSiblingClean;
  private boolean mayBeMerged;
  private boolean isOfMerged;
  private boolean isOfTooLarge;
  private boolean retryOnly;
  private int unanswered;
  private long waitedNanos;
  private @Nullable Doubt doubt;

  private Batch(
      List<String> keys,
      List<T> values,
      List<Span> spans,
      @Nullable Family freshFamily,
      List<Pending<T>> items) {
    this.keys = keys;
    this.values = values;
    this.spans = spans;
    this.freshFamily = freshFamily;
    this.items = items;
  }

  static <T> Batch<T> fresh(List<String> keys, List<T> values, List<Span> spans, Family family) {
    return new Batch<>(keys, values, spans, family, List.of());
  }

  static <T> Batch<T> of(List<Pending<T>> items) {
    List<String> keys = new ArrayList<>(items.size());
    List<T> values = new ArrayList<>(items.size());
    List<Span> spans = new ArrayList<>();
    for (Pending<T> item : items) {
      keys.add(item.key());
      values.add(item.value());
      addSpan(spans, item.page());
    }
    return new Batch<>(keys, values, spans, null, items);
  }

  /**
   * {@return a chunk of an earlier process whose items are in doubt; without values, for
   * verification only}
   */
  static <T> Batch<T> open(ChunkIntent intent, Family family) {
    Batch<T> batch = new Batch<>(intent.keys(), List.of(), intent.spans(), family, List.of());
    batch.intent = intent;
    return batch;
  }

  /** Counts one more item of a page at the end of the spans. */
  static void addSpan(List<Span> spans, int page) {
    int last = spans.size() - 1;
    if (last >= 0 && spans.get(last).page() == page) {
      spans.set(last, new Span(page, spans.get(last).count() + 1));
    } else {
      spans.add(new Span(page, 1));
    }
  }

  int size() {
    return keys.size();
  }

  List<String> keys() {
    return keys;
  }

  String key(int index) {
    return keys.get(index);
  }

  /**
   * {@return the results of the items that did not succeed, in the batch's order}
   *
   * @param outcomes gives each key's
   */
  List<ItemResult> unsuccessful(Function<String, Outcome> outcomes) {
    List<ItemResult> unsuccessful = new ArrayList<>();
    for (int i = 0; i < size(); i++) {
      Outcome outcome = outcomes.apply(key(i));
      if (!(outcome instanceof Outcome.Succeeded)) {
        unsuccessful.add(new ItemResult(i, outcome, false));
      }
    }
    return unsuccessful;
  }

  Family family(int index) {
    return freshFamily != null ? freshFamily : items.get(index).family();
  }

  /** {@return whether the items were read for this batch, and are of one family} */
  boolean isFresh() {
    return freshFamily != null;
  }

  /** Settles so many items of a fresh batch. */
  void settleFresh(int items) {
    Objects.requireNonNull(freshFamily).settle(items);
  }

  /** Settles every item. */
  void settleAll() {
    if (isFresh()) {
      settleFresh(size());
    } else {
      items.forEach(item -> item.family().settle(1));
    }
  }

  /** {@return the item as one that can be sent again} */
  Pending<T> item(int index) {
    if (freshFamily == null) {
      return items.get(index);
    }
    Pending<T> item =
        new Pending<>(keys.get(index), values.get(index), pageOf(index), freshFamily, 0);
    if (intent != null) {
      item.begun();
    }
    return item;
  }

  List<Pending<T>> items() {
    if (freshFamily == null) {
      return items;
    }
    List<Pending<T>> all = new ArrayList<>(size());
    for (int i = 0; i < size(); i++) {
      all.add(item(i));
    }
    return all;
  }

  private int pageOf(int index) {
    int end = 0;
    for (Span span : spans) {
      end += span.count();
      if (index < end) {
        return span.page();
      }
    }
    throw new IllegalStateException("item " + index + " is in none of the spans " + spans);
  }

  Optional<ChunkIntent> intent() {
    return Optional.ofNullable(intent);
  }

  int number() {
    return Objects.requireNonNull(intent).number();
  }

  ChunkIntent begin(int number, String idempotencyKey) {
    intent = new ChunkIntent(number, idempotencyKey, keys, spans);
    begunAll();
    return intent;
  }

  private void begunAll() {
    for (int i = 0; i < items.size(); i++) { // a fresh batch has none, and makes no iterator
      items.get(i).begun();
    }
  }

  Batch<T> resumes(ChunkIntent begun) {
    intent = begun;
    begunAll();
    return this;
  }

  Chunk<T> chunk() {
    return Chunk.of(Objects.requireNonNull(intent).idempotencyKey(), keys, values);
  }

  boolean hasValues() {
    return !values.isEmpty();
  }

  Optional<Batch<T>> sibling() {
    return Optional.ofNullable(sibling);
  }

  /** Sends {@code sibling} after this batch. */
  Batch<T> followedBy(@Nullable Batch<T> sibling) {
    this.sibling = sibling;
    return this;
  }

  /** {@return whether a bad item must be in here once the batch before it was clean} */
  boolean isBadIfSiblingClean() {
    return badIfSiblingClean;
  }

  Batch<T> badIfSiblingClean(boolean bad) {
    badIfSiblingClean = bad;
    return this;
  }

  /**
   * {@return whether nothing is known of this half, since the other one held a bad item: it may go
   * with the next such half}
   */
  boolean mayBeMerged() {
    return mayBeMerged;
  }

  /** The bad item was found in the other half, which says nothing of this one any more. */
  void nothingIsKnown(boolean mayBeMerged) {
    if (badIfSiblingClean) {
      badIfSiblingClean = false;
      this.mayBeMerged = mayBeMerged && !isOfMerged;
    }
  }

  /** {@return this batch and the halves that come after it, as far as they may go together} */
  Batch<T> merged() {
    List<Pending<T>> all = new ArrayList<>(items());
    Batch<T> after = sibling;
    while (mayBeMerged && after != null && after.mayBeMerged) {
      all.addAll(after.items());
      after = after.sibling;
    }
    if (all.size() == size()) {
      return this;
    }
    Batch<T> merged = of(all).followedBy(after);
    merged.isOfMerged = true;
    merged.isOfTooLarge = isOfTooLarge;
    return merged;
  }

  /** Once is enough: where bad items are many, merging again and again would cost more calls. */
  Batch<T> halfOf(Batch<T> whole) {
    isOfMerged = whole.isOfMerged;
    isOfTooLarge = whole.isOfTooLarge;
    return this;
  }

  /** The service has refused this batch as too large; its halves know of it. */
  void wasTooLarge() {
    isOfTooLarge = true;
  }

  /** {@return whether this was part of a batch that the service has refused as too large} */
  boolean isOfTooLarge() {
    return isOfTooLarge;
  }

  /** {@return whether this call would not be made but for items that failed before} */
  boolean isRetryOnly() {
    return retryOnly;
  }

  Batch<T> retryOnly() {
    retryOnly = true;
    return this;
  }

  /** Makes this batch, of items of another one, a retry, or a part, if that was one. */
  Batch<T> like(Batch<T> other) {
    retryOnly |= other.retryOnly;
    isOfTooLarge |= other.isOfTooLarge;
    return this;
  }

  /** {@return how many times the chunk was sent and not answered, or its verification failed} */
  int unanswered() {
    return unanswered;
  }

  void wentUnanswered() {
    unanswered++;
  }

  void waited(long nanos) {
    waitedNanos = nanos;
  }

  /** {@return how long it waited for a permit before it was sent the last time} */
  long waitedNanos() {
    return waitedNanos;
  }

  Optional<Doubt> doubt() {
    return Optional.ofNullable(doubt);
  }

  void doubt(Doubt doubt) {
    this.doubt = doubt;
  }

  void noDoubt() {
    doubt = null;
  }

  /**
   * Items to be verified.
   *
   * @param keys which
   * @param failure why they are in doubt
   * @param known the outcomes of the chunk's other items
   * @param sendUnknown whether items of which the target knows nothing are sent, since a person
   *     wants them rerun
   */
  record Doubt(
      List<String> keys, Failure failure, Map<String, Outcome> known, boolean sendUnknown) {
    Doubt(List<String> keys, Failure failure, Map<String, Outcome> known) {
      this(keys, failure, known, false);
    }

    /**
     * {@return the items as ones that stay in doubt: that the target does not know them, nobody
     * said}
     */
    Doubt left(Failure failure) {
      return new Doubt(keys, failure, known);
    }

    Doubt sentIfUnknown() {
      return new Doubt(keys, failure, known, true);
    }
  }
}
