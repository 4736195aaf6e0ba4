package io.runbook4j.spi.sync;

import java.util.AbstractList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;

/**
 * A stretch of keys that do not change any more; cannot be modified itself. Every item's key is
 * looked at several times in a run, and an array spares each look a call through a list.
 */
final class KeySlice extends AbstractList<String> implements RandomAccess {
  private final String[] keys;
  private final int from;
  private final int size;

  KeySlice(String[] keys, int from, int to) {
    Objects.checkFromToIndex(from, to, keys.length);
    this.keys = keys;
    this.from = from;
    this.size = to - from;
  }

  @Override
  public String get(int index) {
    return keys[from + Objects.checkIndex(index, size)];
  }

  @Override
  public Iterator<String> iterator() {
    return new Walk<>(from, from + size) {
      @Override
      String at(int place) {
        return keys[place];
      }
    };
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public List<String> subList(int begin, int end) {
    Objects.checkFromToIndex(begin, end, size);
    return new KeySlice(keys, from + begin, from + end);
  }
}
