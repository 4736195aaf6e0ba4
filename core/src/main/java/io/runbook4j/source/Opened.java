package io.runbook4j.source;

import java.util.Iterator;
import java.util.stream.Stream;

/**
 * An iterator and what has to be closed after it.
 *
 * @param items what is left to read
 * @param closer closes what the items come from
 * @param <T> the type of the items
 */
record Opened<T>(Iterator<? extends T> items, AutoCloseable closer) {
  static <T> Opened<T> of(Iterator<? extends T> items) {
    return new Opened<>(items, items instanceof AutoCloseable closer ? closer : () -> {});
  }

  static <T> Opened<T> of(Stream<? extends T> items) {
    return new Opened<>(items.iterator(), items);
  }
}
