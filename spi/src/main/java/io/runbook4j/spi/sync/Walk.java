package io.runbook4j.spi.sync;

import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * Goes once through a stretch that does not change any more. The iterator that all
 * {@link java.util.AbstractList}s share looks for changes at each step, and is as slow as a process
 * with many kinds of lists makes it.
 */
abstract class Walk<E> implements Iterator<E> {
  private final int from;
  private final int to;
  private int next;

  Walk(int from, int to) {
    this.from = from;
    this.to = to;
    this.next = from;
  }

  /** {@return the element at this place of what the stretch is of} */
  abstract E at(int place);

  @Override
  public boolean hasNext() {
    return next < to;
  }

  @Override
  public E next() {
    if (next >= to) {
      throw new NoSuchElementException("there must be one more than " + (to - from) + ", was none");
    }
    E element = at(next);
    next++;
    return element;
  }
}
