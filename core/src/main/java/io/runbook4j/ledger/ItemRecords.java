package io.runbook4j.ledger;

import io.runbook4j.spi.ledger.ItemRecord;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One record for each key, the newest last.
 *
 * <p>Every item that succeeds asks here whether it has an older record, and nearly none has: a bit
 * for each of them, in a table that stays in the processor's cache, answers that without a look
 * into the map. Not safe for many threads.
 */
final class ItemRecords {
  /** At the least; the table grows eightfold, so as to be filled anew seldom. */
  private static final int BITS_A_RECORD = 8;

  private static final int GROWTH = 8;

  private final Map<String, ItemRecord> records = new LinkedHashMap<>();
  private long[] bits = new long[16];

  /** Of all keys that are marked: a walk through the map itself would miss the cache at each. */
  private int[] hashes = new int[64];

  private int marked;

  boolean isEmpty() {
    return records.isEmpty();
  }

  Collection<ItemRecord> values() {
    return records.values();
  }

  Optional<ItemRecord> get(String key) {
    return Optional.ofNullable(records.get(key));
  }

  /** Makes this the key's record, and the newest of all. */
  void renew(ItemRecord item) {
    remove(item.key());
    replace(item);
  }

  /** Makes this the key's record, in the place of the one that it has. */
  void replace(ItemRecord item) {
    if (records.put(item.key(), item) == null) {
      remember(item.key().hashCode());
    }
  }

  private void remember(int hash) {
    if (marked == hashes.length) {
      hashes = Arrays.copyOf(hashes, 2 * marked);
    }
    hashes[marked++] = hash;
    mark(hash);
    if (marked * BITS_A_RECORD > bits.length * Long.SIZE) {
      refill();
    }
  }

  /** Marks anew in a larger table, or those that are left if most have gone. */
  private void refill() {
    if (marked > 2 * records.size()) {
      marked = 0;
      for (String key : records.keySet()) {
        hashes[marked++] = key.hashCode();
      }
      Arrays.fill(bits, 0);
    } else {
      bits = new long[bits.length * GROWTH];
    }
    for (int i = 0; i < marked; i++) {
      mark(hashes[i]);
    }
  }

  void remove(String key) {
    if (mayHave(key.hashCode())) {
      records.remove(key);
    }
  }

  private boolean mayHave(int hash) {
    int bit = bit(hash);
    return (bits[bit >>> 6] & (1L << bit)) != 0;
  }

  ItemRecords copy() {
    ItemRecords copy = new ItemRecords();
    records.values().forEach(copy::replace);
    return copy;
  }

  private void mark(int hash) {
    int bit = bit(hash);
    bits[bit >>> 6] |= 1L << bit;
  }

  /** Fibonacci hashing into as many bits as there are. */
  private int bit(int hash) {
    int log = Integer.numberOfTrailingZeros(bits.length) + 6;
    return (hash * 0x9E37_79B9) >>> (32 - log);
  }
}
