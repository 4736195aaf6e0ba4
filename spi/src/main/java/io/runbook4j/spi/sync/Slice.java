package io.runbook4j.spi.sync;

import java.util.AbstractList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;

/** A stretch of a list that does not change any more; cannot be modified itself. */
final class Slice<E> extends AbstractList<E> implements RandomAccess {
  private final List<E> list;
  private final int from;
  private final int size;

  /** {@return the whole list, as one that cannot be modified} */
  static <E> Slice<E> of(List<E> list) {
    return list instanceof Slice<E> slice ? slice : new Slice<>(list, 0, list.size());
  }

  Slice(List<E> list, int from, int to) {
    Objects.checkFromToIndex(from, to, list.size());
    this.list = list;
    this.from = from;
    this.size = to - from;
  }

  @Override
  public E get(int index) {
    return list.get(from + Objects.checkIndex(index, size));
  }

  @Override
  public Iterator<E> iterator() {
    return new Walk<>(from, from + size) {
      @Override
      E at(int place) {
        return list.get(place);
      }
    };
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public Slice<E> subList(int begin, int end) {
    Objects.checkFromToIndex(begin, end, size);
    return new Slice<>(list, from + begin, from + end);
  }
}
