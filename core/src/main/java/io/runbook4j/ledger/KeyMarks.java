package io.runbook4j.ledger;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Tells of nearly every key that never had a record that it had none. Three bits for each key that
 * had one, in a table that stays in the processor's cache: every item that succeeds asks here, and
 * nearly none has an older record. Takes 8 to 16 bytes for each marked key, up to 32 where many are
 * marked twice, and forgets none. Not safe for many threads.
 */
final class KeyMarks {
  /*
   * A Bloom filter whose bits for one key lie in one word, so that a look costs one memory access
   * (Putze, Sanders, Singler: Cache-, Hash- and Space-Efficient Bloom Filters, 2007). With one to
   * two keys a word, one key in about 2,300 to one in 570 is taken for a marked one: keys fall on
   * words as a Poisson distribution has it.
   */
  private static final int MOST_KEYS_A_WORD = 2;

  private static final long PHI = 0x9E37_79B9_7F4A_7C15L; // Fibonacci hashing: Knuth, TAOCP 6.4

  private long[] words = new long[64];

  /** Leaves of a mixed hash as many of its highest bits as it takes to name a word. */
  private int shift = Long.SIZE - 6;

  /** Of all marked keys, to mark them anew in a larger table. */
  private int[] hashes = new int[64];

  private int marked;
  private int highest = Integer.MIN_VALUE;

  boolean isEmpty() {
    return marked == 0;
  }

  /** {@return those of the keys that may be marked} */
  List<String> among(List<String> keys) {
    if (isEmpty()) {
      return List.of();
    }
    if (keys instanceof KeyList unparsed) {
      return unparsed.marked(this);
    }
    int size = keys.size();
    int first = areAbove(keys, size) ? size : next(keys, 0, size);
    if (first == size) {
      return List.of();
    }
    List<String> found = new ArrayList<>();
    for (int i = first; i < size; i = next(keys, i + 1, size)) {
      found.add(keys.get(i));
    }
    return found;
  }

  /**
   * {@return whether the hashes of all these keys are above those of all marked ones} They are
   * where a source reads in the order of numbers: what failed came before.
   */
  private boolean areAbove(List<String> keys, int size) {
    int top = highest;
    int at = 0;
    while (at < size && keys.get(at).hashCode() > top) {
      at++;
    }
    return at == size;
  }

  /** {@return the place of the first key from {@code from} on that may be marked, or the size} */
  private int next(List<String> keys, int from, int size) {
    long[] table = words; // in locals, or each look reads the fields anew
    int distance = shift;
    int at = from;
    while (at < size && !isIn(table, distance, keys.get(at).hashCode())) {
      at++;
    }
    return at;
  }

  /** {@return false if this key was never marked} */
  boolean mayHave(String key) {
    return mayHave(key.hashCode());
  }

  /** {@return false if no key of this hash was ever marked} */
  boolean mayHave(int hash) {
    return isIn(words, shift, hash);
  }

  private static boolean isIn(long[] words, int shift, int hash) {
    long mixed = mixed(hash);
    long bits = bits(mixed);
    return (words[word(mixed, shift)] & bits) == bits;
  }

  void mark(String key) {
    int hash = key.hashCode();
    if (marked > 0 && hashes[marked - 1] == hash) {
      return; // a run's records and its job's share their marks, and mark each failed item in turn
    }
    if (marked == words.length * MOST_KEYS_A_WORD) {
      makeRoom();
    }
    if (marked == hashes.length) {
      hashes = Arrays.copyOf(hashes, 2 * marked);
    }
    hashes[marked++] = hash;
    highest = Math.max(highest, hash);
    set(mixed(hash));
  }

  /** Many may be the same key, marked again and again; only where few are, the table grows. */
  private void makeRoom() {
    Arrays.sort(hashes, 0, marked);
    int distinct = 1;
    for (int i = 1; i < marked; i++) {
      if (hashes[i] != hashes[i - 1]) {
        hashes[distinct++] = hashes[i];
      }
    }
    marked = distinct;
    if (marked > words.length * MOST_KEYS_A_WORD / 2) {
      words = new long[2 * words.length];
      shift--;
      for (int i = 0; i < marked; i++) {
        set(mixed(hashes[i]));
      }
    }
  }

  private void set(long mixed) {
    words[word(mixed, shift)] |= bits(mixed);
  }

  private static long mixed(int hash) {
    return hash * PHI;
  }

  private static int word(long mixed, int shift) {
    return (int) (mixed >>> shift);
  }

  /**
   * A shift takes its distance from the six lowest bits: here from bits 14 to 31, three times six
   * that nothing else looks at. The word is named by the highest, 34 and up in the largest table.
   */
  private static long bits(long mixed) {
    return 1L << (mixed >>> 14) | 1L << (mixed >>> 20) | 1L << (mixed >>> 26);
  }
}
