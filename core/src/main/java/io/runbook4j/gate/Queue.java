package io.runbook4j.gate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The changes of an outbox in memory: a line for all, and one for each key. For one thread. */
final class Queue {
  private final TreeMap<Long, Pending> byPlace = new TreeMap<>();
  private final Map<String, Lane> lanes = new HashMap<>();
  private long bytes;

  /** The changes of one key, oldest first. */
  private static final class Lane {
    private final ArrayDeque<Pending> changes = new ArrayDeque<>();
    private boolean claimed;
    private @Nullable Pending sending;
  }

  int count() {
    return byPlace.size();
  }

  long bytes() {
    return bytes;
  }

  boolean holds(String key) {
    return lanes.containsKey(key);
  }

  /** {@return all changes, in line} */
  Iterable<Pending> all() {
    return byPlace.values();
  }

  Optional<Pending> oldest() {
    return byPlace.isEmpty()
        ? Optional.empty()
        : Optional.of(byPlace.firstEntry().getValue());
  }

  void add(Pending change) {
    lanes.computeIfAbsent(change.key(), key -> new Lane()).changes.addLast(change);
    byPlace.put(change.place(), change);
    bytes += change.bytes();
  }

  /** {@return whether it was there} */
  boolean remove(Pending change) {
    Lane lane = lanes.get(change.key());
    if (lane == null || !lane.changes.remove(change)) {
      return false;
    }
    byPlace.remove(change.place());
    bytes -= change.bytes();
    if (lane.changes.isEmpty() && !lane.claimed) {
      lanes.remove(change.key());
    }
    return true;
  }

  /** {@return the newest change of a key that may still be replaced: not one that is on its way} */
  Optional<Pending> replaceable(String key) {
    Lane lane = lanes.get(key);
    Pending last = lane == null ? null : lane.changes.peekLast();
    return lane != null && last != null && !isSame(last, lane.sending)
        ? Optional.of(last)
        : Optional.empty();
  }

  /** {@return whether the change is not on its way} */
  boolean mayGo(Pending change) {
    return !isSame(change, lane(change.key()).sending);
  }

  /** {@return the first change behind a place that is its key's first, and in nobody's hands} */
  Optional<Pending> after(long place) {
    for (Pending change : byPlace.tailMap(place, false).values()) {
      Lane lane = lane(change.key());
      if (!lane.claimed && isSame(change, lane.changes.peekFirst())) {
        return Optional.of(change);
      }
    }
    return Optional.empty();
  }

  /** {@return whether the key's line, which this change led, is the caller's now} */
  boolean claim(Pending change) {
    Lane lane = lanes.get(change.key());
    if (lane == null || lane.claimed || !isSame(change, lane.changes.peekFirst())) {
      return false;
    }
    lane.claimed = true;
    return true;
  }

  /** {@return the changes of a claimed key} */
  List<Pending> claimed(String key) {
    return new ArrayList<>(lane(key).changes);
  }

  /** Marks a change of a claimed key as on its way. */
  void send(Pending change) {
    lane(change.key()).sending = change;
  }

  void release(String key) {
    Lane lane = lane(key);
    lane.claimed = false;
    lane.sending = null;
    if (lane.changes.isEmpty()) {
      lanes.remove(key);
    }
  }

  private static boolean isSame(Pending change, @Nullable Pending other) {
    return other != null && change.sequence() == other.sequence();
  }

  private Lane lane(String key) {
    return Objects.requireNonNull(lanes.get(key), key);
  }
}
