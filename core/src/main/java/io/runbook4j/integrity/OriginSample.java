package io.runbook4j.integrity;

import io.runbook4j.spi.sync.Page;
import io.runbook4j.spi.sync.Source;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** Random entries of a cache, to be compared with their origin. */
final class OriginSample {
  private static final int BATCH = 100;

  private record Cached(String key, Fingerprint value) {}

  private final Reservoir<Cached> reservoir;

  OriginSample(int entries, SplittableRandom random) {
    this.reservoir = new Reservoir<>(entries, random);
  }

  void add(String key, CacheEntry entry) {
    entry.value().ifPresent(value -> reservoir.add(new Cached(key, value)));
  }

  void compare(Source<Fingerprint> origin, FreshnessTally tally) throws InterruptedException {
    List<Cached> picked = reservoir.picked();
    for (int i = 0; i < picked.size(); i += BATCH) {
      List<Cached> some = picked.subList(i, Math.min(i + BATCH, picked.size()));
      Optional<Page<Fingerprint>> page =
          origin.fetch(some.stream().map(Cached::key).toList());
      if (page.isEmpty()) {
        compareAll(picked.subList(i, picked.size()), origin, tally);
        return;
      }
      Map<String, Optional<Fingerprint>> found = new HashMap<>();
      for (int j = 0; j < page.get().size(); j++) {
        found.put(page.get().key(j), Pairing.seen(page.get(), j).fingerprint());
      }
      compare(some, found, tally);
    }
  }

  private static void compareAll(
      List<Cached> picked, Source<Fingerprint> origin, FreshnessTally tally)
      throws InterruptedException {
    Map<String, Optional<Fingerprint>> found = new HashMap<>();
    Map<String, Cached> wanted = new HashMap<>();
    picked.forEach(cached -> wanted.put(cached.key(), cached));
    Pages.each(origin, (page, i) -> {
      if (wanted.containsKey(page.key(i))) {
        found.put(page.key(i), Pairing.seen(page, i).fingerprint());
      }
    });
    compare(picked, found, tally);
  }

  private static void compare(
      List<Cached> picked, Map<String, Optional<Fingerprint>> found, FreshnessTally tally) {
    for (Cached cached : picked) {
      Optional<Fingerprint> value = found.get(cached.key());
      if (value == null) {
        tally.differs(cached.key() + " is not in the origin");
      } else if (value.isPresent()) {
        tally.compared(cached.key(), cached.value(), value.get());
      } else {
        tally.unknown(cached.key());
      }
    }
  }
}
