package io.runbook4j.run;

import org.jspecify.annotations.Nullable;

/**
 * Tells whether a key is twice in a chunk. An open-addressed table that is emptied in O(1): it is
 * asked for every item, and a {@code HashSet} would cost more than all the rest of the engine.
 */
final class DistinctKeys {
  private @Nullable String[] keys = new String[1024];
  private int[] generations = new int[1024];
  private int generation = 1;
  private int size;

  void clear() {
    generation++;
    size = 0;
  }

  /**
   * Adds a key.
   *
   * @return false if it was there already
   */
  boolean add(String key) {
    if (size * 2 >= keys.length) {
      grow();
    }
    int mask = keys.length - 1;
    int slot = spread(key) & mask;
    while (generations[slot] == generation) {
      if (key.equals(keys[slot])) {
        return false;
      }
      slot = (slot + 1) & mask;
    }
    keys[slot] = key;
    generations[slot] = generation;
    size++;
    return true;
  }

  private static int spread(String key) {
    int hash = key.hashCode();
    return hash ^ (hash >>> 16);
  }

  private void grow() {
    @Nullable String[] oldKeys = keys;
    int[] oldGenerations = generations;
    int oldGeneration = generation;
    keys = new String[oldKeys.length * 2];
    generations = new int[oldKeys.length * 2];
    generation = 1;
    size = 0;
    for (int i = 0; i < oldKeys.length; i++) {
      String key = oldKeys[i];
      if (key != null && oldGenerations[i] == oldGeneration) {
        add(key);
      }
    }
  }
}
