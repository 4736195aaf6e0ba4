package io.runbook4j.testkit;

import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a simulated service remembers. Not safe for many threads. */
final class ServiceRecord {
  private final Map<String, List<String>> appliedUnder = new LinkedHashMap<>();
  private final Map<String, Integer> sent = new LinkedHashMap<>();
  private final List<ServiceCall> calls = new ArrayList<>();
  private final List<Long> attempts = new ArrayList<>();
  private final List<Long> accepted = new ArrayList<>();

  /**
   * Writes down a call before it is known what comes of it.
   *
   * @return its number, from 1
   */
  int begin(Chunk<String> chunk, Instant at, long nanos) {
    chunk.keys().forEach(key -> sent.merge(key, 1, Integer::sum));
    calls.add(
        new ServiceCall(at, chunk.idempotencyKey(), List.copyOf(chunk.keys()), Optional.empty()));
    attempts.add(nanos);
    return calls.size();
  }

  void accept(long nanos) {
    accepted.add(nanos);
  }

  void answer(int call, ChunkResult answer) {
    ServiceCall begun = calls.get(call - 1);
    calls.set(
        call - 1,
        new ServiceCall(begun.at(), begun.idempotencyKey(), begun.keys(), Optional.of(answer)));
  }

  /** Applies the item, unless that has no second effect. */
  void apply(String key, String idempotencyKey, Idempotency idempotency) {
    List<String> under = appliedUnder.computeIfAbsent(key, k -> new ArrayList<>());
    boolean again = switch (idempotency) {
      case NONE -> false;
      case BY_IDEMPOTENCY_KEY -> under.contains(idempotencyKey);
      case BY_ITEM -> !under.isEmpty();
    };
    if (!again) {
      under.add(idempotencyKey);
    }
  }

  List<String> appliedUnder(String key) {
    return List.copyOf(appliedUnder.getOrDefault(key, List.of()));
  }

  Set<String> applied() {
    return new LinkedHashSet<>(appliedUnder.keySet());
  }

  int timesSent(String key) {
    return sent.getOrDefault(key, 0);
  }

  List<ServiceCall> calls() {
    return List.copyOf(calls);
  }

  int worstOfAttempts(long windowNanos) {
    return SlidingLog.worst(attempts, windowNanos);
  }

  int worstOfAccepted(long windowNanos) {
    return SlidingLog.worst(accepted, windowNanos);
  }
}
