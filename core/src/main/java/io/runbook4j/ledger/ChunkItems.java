package io.runbook4j.ledger;

import io.runbook4j.spi.ledger.ItemResult;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkDone;
import io.runbook4j.spi.sync.Outcome;
import java.util.List;

/** Reads what a chunk's result says of each item. */
final class ChunkItems {
  private ChunkItems() {}

  /** {@return whether this is the item's last result in the run} */
  static boolean settles(ItemResult result) {
    return !result.retried()
        || result.outcome() instanceof Outcome.Succeeded
        || result.outcome() instanceof Outcome.Skipped;
  }

  static boolean succeeded(ItemResult result) {
    return result.outcome() instanceof Outcome.Succeeded;
  }

  /** {@return whether no item of the chunk is tried again} */
  static boolean allSettled(ChunkDone done) {
    List<ItemResult> results = done.results();
    for (int i = 0; i < results.size(); i++) { // for each chunk: no iterator
      if (!settles(results.get(i))) {
        return false;
      }
    }
    return settles(done.others());
  }

  /** Calls {@code visitor} for each item that did not succeed, in order. */
  static void forEachNotSucceeded(List<String> keys, ChunkDone done, Visitor visitor) {
    if (!succeeded(done.others())) {
      forEach(keys, done, (key, result) -> {
        if (!succeeded(result)) {
          visitor.item(key, result);
        }
      });
      return;
    }
    List<ItemResult> results = done.results();
    List<String> own = keys instanceof KeyList unparsed ? unparsed.at(results) : List.of();
    for (int i = 0; i < results.size(); i++) {
      ItemResult result = results.get(i);
      if (!succeeded(result)) {
        visitor.item(own.isEmpty() ? keys.get(result.index()) : own.get(i), result);
      }
    }
  }

  /** Calls {@code visitor} for each item, in order. */
  static void forEach(List<String> keys, ChunkDone done, Visitor visitor) {
    List<ItemResult> results = done.results();
    int next = 0;
    for (int i = 0; i < keys.size(); i++) {
      boolean own = next < results.size() && results.get(next).index() == i;
      visitor.item(keys.get(i), own ? results.get(next++) : done.others());
    }
  }

  /** Takes one item and its result. */
  @FunctionalInterface
  interface Visitor {
    void item(String key, ItemResult result);
  }
}
