package io.runbook4j.run;

import io.runbook4j.spi.ledger.LedgerEntry.ChunkIntent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A chunk of an earlier process that is sent again as it was, once all of its items have come up.
 */
final class OpenChunk<T> {
  private final ChunkIntent intent;
  private final Family family;
  private final Map<String, Pending<T>> gathered = new HashMap<>();

  OpenChunk(ChunkIntent intent, Family family) {
    this.intent = intent;
    this.family = family;
  }

  ChunkIntent intent() {
    return intent;
  }

  Family family() {
    return family;
  }

  void gather(String key, T value, int page) {
    gathered.put(key, new Pending<>(key, value, page, family, 0));
  }

  boolean isWhole() {
    return gathered.size() == intent.keys().size();
  }

  Batch<T> batch() {
    List<Pending<T>> items = new ArrayList<>(gathered.size());
    for (String key : intent.keys()) {
      Pending<T> item = gathered.get(key);
      if (item == null) {
        throw new IllegalStateException(
            "item " + key + " of chunk " + intent.number() + " was not gathered");
      }
      items.add(item);
    }
    Batch<T> batch = Batch.of(items).resumes(intent);
    batch.wentUnanswered();
    return batch;
  }
}
