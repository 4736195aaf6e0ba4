package io.runbook4j.gate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A service that takes the id of a change as the idempotency key. */
final class Receiver {
  private final Set<String> seen = new HashSet<>();
  private final Map<String, List<Integer>> applied = new HashMap<>();
  private int repeated;

  /** Applies a change once, however often it comes. */
  void receive(String id, String key, int version) {
    if (seen.add(id)) {
      applied.computeIfAbsent(key, k -> new ArrayList<>()).add(version);
    } else {
      repeated++;
    }
  }

  /** {@return the versions of a key, in the order in which they were applied} */
  List<Integer> applied(String key) {
    return applied.getOrDefault(key, List.of());
  }

  /** {@return how often a change came again} */
  int repeated() {
    return repeated;
  }
}
