package io.runbook4j.source;

import io.runbook4j.spi.sync.Cursor;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Page;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Gives items their keys; an item without one gets the key of its place. */
final class Keying<T> {
  private final Function<? super T, String> function;

  Keying(Function<? super T, String> function) {
    this.function = Objects.requireNonNull(function, "key");
  }

  /**
   * {@return a page of the items from {@code from} to before {@code to}, which stay as they are}
   */
  Page<T> page(List<T> items, int from, int to, Optional<Cursor> next) {
    try {
      return Page.of(items, from, to, function, next);
    } catch (RuntimeException e) {
      return pageOfSome(items, from, to, next); // which says of each item what is wrong with it
    }
  }

  private Page<T> pageOfSome(List<T> items, int from, int to, Optional<Cursor> next) {
    Page.Builder<T> page = Page.builder(to - from);
    for (int i = from; i < to; i++) {
      add(page, items.get(i), i);
    }
    return next.map(page::next).orElseGet(page::last);
  }

  /** Adds the item at {@code index}, from 0, to the page. */
  void add(Page.Builder<T> page, @Nullable T item, long index) {
    String key;
    try {
      key = item == null ? null : function.apply(item);
    } catch (FailureException e) {
      page.withoutKey(placeKey(index), e.failure());
      return;
    } catch (RuntimeException e) {
      page.withoutKey(placeKey(index), invalid("the key function threw " + e));
      return;
    }
    if (item != null && key != null && !key.isEmpty()) {
      page.add(key, item);
    } else {
      page.withoutKey(
          placeKey(index),
          invalid(item == null ? "the item is null" : "the key function gave no key"));
    }
  }

  /** {@return the key under which {@link #add} adds the item} */
  String keyOf(@Nullable T item, long index) {
    if (item == null) {
      return placeKey(index);
    }
    Page.Builder<T> page = Page.builder(1);
    add(page, item, index);
    return page.last().key(0);
  }

  private static String placeKey(long index) {
    return "item " + (index + 1);
  }

  private static Failure invalid(String message) {
    return Failure.of(FailureKind.INVALID, message);
  }
}
