package io.runbook4j.integrity;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Picks some of very many, each with the same chance, without knowing how many will come: Algorithm
 * R of J. Vitter, "Random Sampling with a Reservoir", ACM TOMS 11 (1985). Takes memory for what it
 * picks. The same seed and the same series give the same picks. Not safe for many threads.
 */
final class Reservoir<T> {
  private final int capacity;
  private final SplittableRandom random;
  private final List<T> picked = new ArrayList<>();
  private long seen;

  Reservoir(int capacity, SplittableRandom random) {
    this.capacity = capacity;
    this.random = random;
  }

  void add(T value) {
    seen++;
    if (picked.size() < capacity) {
      picked.add(value);
      return;
    }
    long place = random.nextLong(seen);
    if (place < capacity) {
      picked.set((int) place, value);
    }
  }

  List<T> picked() {
    return List.copyOf(picked);
  }
}
