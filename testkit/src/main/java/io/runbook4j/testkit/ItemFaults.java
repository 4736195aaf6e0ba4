package io.runbook4j.testkit;

import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which items a simulated service refuses. Not safe for many threads. */
final class ItemFaults {
  private final Map<String, FailureKind> kinds = new HashMap<>();
  private final Map<String, Integer> left = new HashMap<>();
  private final Set<String> poison = new HashSet<>();

  ItemFaults() {}

  ItemFaults(ItemFaults other) {
    kinds.putAll(other.kinds);
    left.putAll(other.left);
    poison.addAll(other.poison);
  }

  void fail(String key, FailureKind kind, int times) {
    kinds.put(key, kind);
    left.put(key, times);
  }

  void poison(String key) {
    poison.add(key);
  }

  void clear() {
    kinds.clear();
    left.clear();
    poison.clear();
  }

  boolean poisons(List<String> keys) {
    return keys.stream().anyMatch(poison::contains);
  }

  /** {@return why the item fails this time} */
  Optional<Failure> next(String key) {
    int times = left.getOrDefault(key, 0);
    FailureKind kind = kinds.get(key);
    if (kind == null || times == 0) {
      return Optional.empty();
    }
    left.put(key, times == Integer.MAX_VALUE ? times : times - 1);
    return Optional.of(Failure.of(kind, "simulated for " + key).withCode("SIM_" + kind));
  }
}
