package io.runbook4j.ledger;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Tells of nearly every key that never had a record that it had none. Two bits for each key that
 * had one, in a table that stays in the processor's cache: every item that succeeds asks here, and
 * nearly none has an older record. Takes up to 24 bytes for each marked key and forgets none. Not
 * safe for many threads.
 */
final class KeyMarks {
  /*
   * A Bloom filter whose bits for one key lie in one word, so that a look costs one memory access
   * (Putze, Sanders, Singler: Cache-, Hash- and Space-Efficient Bloom Filters, 2007). With 1 to 4
   * keys a word, about one key in a thousand to one in sixty is taken for a marked one.
   */
  private static final int MOST_KEYS_A_WORD = 4;

  private static final int GROWTH = 4;
  private static final long PHI = 0x9E37_79B9_7F4A_7C15L; // Fibonacci hashing: Knuth, TAOCP 6.4

  private long[] words = new long[64];

  /** Leaves of a mixed hash as many of its highest bits as it takes to name a word. */
  private int shift = Long.SIZE - 6;

  /** Of all marked keys, to mark them anew in a larger table. */
  private int[] hashes = new int[64];

  private int marked;

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
    List<String> found = new ArrayList<>(0);
    for (int i = 0; i < keys.size(); i++) { // an iterator's checks cost as much as the look
      String key = keys.get(i);
      if (mayHave(key)) {
        found.add(key);
      }
    }
    return found;
  }

  /** {@return false if this key was never marked} */
  boolean mayHave(String key) {
    return mayHave(key.hashCode());
  }

  /** {@return false if no key of this hash was ever marked} */
  boolean mayHave(int hash) {
    long mixed = mixed(hash);
    long bits = bits(mixed);
    return (words[word(mixed)] & bits) == bits;
  }

  void mark(String key) {
    if (marked == words.length * MOST_KEYS_A_WORD) {
      makeRoom();
    }
    if (marked == hashes.length) {
      hashes = Arrays.copyOf(hashes, 2 * marked);
    }
    hashes[marked++] = key.hashCode();
    set(mixed(key.hashCode()));
  }

  /** Many may be the same key, marked again and again; only where few are, the table grows. */
  private void makeRoom() {
    int[] distinct = Arrays.stream(hashes, 0, marked).sorted().distinct().toArray();
    System.arraycopy(distinct, 0, hashes, 0, distinct.length);
    marked = distinct.length;
    if (marked > words.length * MOST_KEYS_A_WORD / 2) {
      words = new long[words.length * GROWTH];
      shift = Long.SIZE - Integer.numberOfTrailingZeros(words.length);
      for (int i = 0; i < marked; i++) {
        set(mixed(hashes[i]));
      }
    }
  }

  private void set(long mixed) {
    words[word(mixed)] |= bits(mixed);
  }

  private static long mixed(int hash) {
    return hash * PHI;
  }

  private int word(long mixed) {
    return (int) (mixed >>> shift);
  }

  /** A shift takes its distance from the six lowest bits. */
  private static long bits(long mixed) {
    return 1L << (mixed >>> 20) | 1L << (mixed >>> 26);
  }
}
