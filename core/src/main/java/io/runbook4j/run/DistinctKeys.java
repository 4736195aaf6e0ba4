package io.runbook4j.run;

import io.runbook4j.spi.sync.Page;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a key may be twice in a chunk. An open-addressed table of hashes that is emptied in
 * O(1): it is asked for every item, and a {@code HashSet} would cost more than all the rest of the
 * engine. The table holds no references, since a reference that is stored in an old array costs the
 * garbage collector more than all that is done here. Of a page that knows its keys to be distinct
 * it takes no key, unless more come.
 */
final class DistinctKeys {
  private static final long HASH = 0xFFFF_FFFFL;

  /** The generation in the upper half, a key's hash in the lower. */
  private long[] slots = new long[512];

  private long generation = 1L << 32;
  private int size;

  /** The page of the keys that came first, if it needs no look at them, and where they stand. */
  private @Nullable Page<?> ahead;

  private int aheadFrom;
  private int aheadTo;

  void clear() {
    generation += 1L << 32;
    size = 0;
    ahead = null;
  }

  /**
   * Adds a key.
   *
   * @return false if it was there already, or another one of the same hash was
   */
  boolean add(String key) {
    enterAhead();
    makeRoom(1);
    return put(entry(key));
  }

  /**
   * Adds the page's keys from {@code from} on, as long as they are new.
   *
   * @return where it stopped: at a key that was there already, or another one of the same hash; or
   *     at {@code to}
   */
  int addWhileNew(Page<?> page, int from, int to) {
    if (size == 0 && ahead == null && page.hasDistinctKeys()) {
      ahead = page;
      aheadFrom = from;
      aheadTo = to;
      return to;
    }
    enterAhead();
    return enterWhileNew(page, from, to);
  }

  private void enterAhead() {
    if (ahead != null) {
      enterWhileNew(ahead, aheadFrom, aheadTo);
      ahead = null;
    }
  }

  private int enterWhileNew(Page<?> page, int from, int to) {
    makeRoom(to - from);
    int index = from;
    while (index < to && put(entry(page.key(index)))) {
      index++;
    }
    return index;
  }

  private long entry(String key) {
    return generation | (key.hashCode() & HASH);
  }

  private boolean put(long entry) {
    int mask = slots.length - 1;
    int slot = slot(entry);
    while (slots[slot] >= generation) {
      if (slots[slot] == entry) {
        return false;
      }
      slot = (slot + 1) & mask;
    }
    slots[slot] = entry;
    size++;
    return true;
  }

  /** Fibonacci hashing: the keys of neighbours often have hashes next to each other. */
  private int slot(long entry) {
    return ((int) entry * 0x9E37_79B9) >>> (32 - Integer.numberOfTrailingZeros(slots.length));
  }

  private void makeRoom(int keys) {
    while ((size + keys) * 2 > slots.length) {
      grow();
    }
  }

  private void grow() {
    long[] old = slots;
    slots = new long[old.length * 2];
    size = 0;
    for (long entry : old) {
      if (entry >= generation) {
        put(entry);
      }
    }
  }
}
