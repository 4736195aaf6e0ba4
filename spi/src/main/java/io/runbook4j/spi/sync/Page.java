package io.runbook4j.spi.sync;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a source returns at a time: items in order, those that could not be read, and where to
 * continue. Immutable. It may be empty and still not be the last one.
 *
 * @param <T> the type of the items' values
 */
public final class Page<T> {
  /**
   * The code of an item's failure where something was found and its key could not be read; no
   * service has such a code. A rerun goes by keys and leaves it out.
   */
  public static final String NO_KEY = "runbook4j:NO_KEY";

  private final String[] keys;
  private final List<@Nullable T> values;
  private final Map<Integer, Failure> unreadable;
  private final @Nullable Cursor next;
  private final boolean distinct;

  private Page(
      String[] keys,
      boolean distinct,
      List<@Nullable T> values,
      Map<Integer, Failure> unreadable,
      @Nullable Cursor next) {
    this.keys = keys;
    this.distinct = distinct;
    this.values = values;
    this.unreadable = unreadable;
    this.next = next;
  }

  /** {@return a builder that expects about {@code size} items} */
  public static <T> Builder<T> builder(int size) {
    return new Builder<>(size);
  }

  /**
   * {@return a page of the values from {@code from} to before {@code to}, each with the key that
   * the function gives it} For a source that has all of its values at hand; others collect a page
   * with a {@link #builder}.
   *
   * @param values not copied; they must not change any more
   * @param next where reading goes on; empty for the last page
   * @throws IllegalArgumentException if a key is empty
   * @throws IndexOutOfBoundsException if the list has no such stretch
   * @throws NullPointerException if a value or a key is null
   */
  @SuppressWarnings("NullAway") // a list without null is one that may have some
  public static <T> Page<T> of(
      List<T> values, int from, int to, Function<? super T, String> key, Optional<Cursor> next) {
    Slice<T> slice = new Slice<>(values, from, to);
    String[] keys = new String[to - from];
    Rise rise = new Rise();
    for (int i = 0; i < keys.length; i++) {
      keys[i] = Keys.check(key.apply(Objects.requireNonNull(values.get(from + i), "value")));
      rise.add(keys[i]);
    }
    return new Page<>(keys, rise.isUnbroken(), slice, Map.of(), next.orElse(null));
  }

  /** {@return how many items the page holds, the unreadable ones included} */
  public int size() {
    return keys.length;
  }

  /** {@return the key of the item at {@code index}, from 0} */
  public String key(int index) {
    return keys[index];
  }

  /**
   * {@return the value of the item at {@code index}, from 0}
   *
   * @throws IllegalStateException if that item is unreadable
   */
  public T value(int index) {
    T value = values.get(index);
    if (value == null) {
      throw new IllegalStateException(
          "item " + keys[index] + " has no value: " + unreadable.get(index));
    }
    return value;
  }

  /** {@return why the item at {@code index} could not be read; empty if it could} */
  public Optional<Failure> unreadable(int index) {
    return unreadable.isEmpty() ? Optional.empty() : Optional.ofNullable(unreadable.get(index));
  }

  /** {@return whether every item could be read} */
  public boolean isReadable() {
    return unreadable.isEmpty();
  }

  /**
   * {@return whether all keys are known to be different} If not, some may be equal, or none are:
   * only where it costs next to nothing to know is it known.
   */
  public boolean hasDistinctKeys() {
    return distinct;
  }

  /** {@return a view of the keys from {@code from} to before {@code to}; not to be modified} */
  public List<String> keys(int from, int to) {
    return new KeySlice(keys, from, to);
  }

  /**
   * {@return a view of the values from {@code from} to before {@code to}; not to be modified}
   *
   * @throws IllegalStateException if the page has an unreadable item
   */
  @SuppressWarnings("NullAway") // a readable page has no null
  public List<T> values(int from, int to) {
    if (!isReadable()) {
      throw new IllegalStateException("every item must be readable, was not: " + unreadable);
    }
    return Slice.of(values).subList(from, to);
  }

  /** {@return where reading goes on after this page; empty after the last one} */
  public Optional<Cursor> next() {
    return Optional.ofNullable(next);
  }

  /**
   * {@return this page with every value mapped} An item whose mapping throws becomes unreadable:
   * with the failure of a {@link FailureException}, or else as {@link FailureKind#INVALID} with the
   * exception's class and message.
   */
  <R> Page<R> map(Function<? super T, ? extends R> mapping) {
    Builder<R> mapped = builder(size());
    for (int i = 0; i < size(); i++) {
      T value = values.get(i);
      if (value == null) {
        mapped.unreadable(key(i), Objects.requireNonNull(unreadable.get(i)));
      } else {
        mapInto(mapped, key(i), value, mapping);
      }
    }
    return mapped.end(next);
  }

  // One broken record must not stop a run of 100,000, so whatever a mapping throws is that item's
  // failure.
  private static <T, R> void mapInto(
      Builder<R> page, String key, T value, Function<? super T, ? extends R> mapping) {
    R mapped;
    try {
      mapped = Objects.requireNonNull(mapping.apply(value), "the mapping returned null");
    } catch (FailureException e) {
      page.unreadable(key, e.failure());
      return;
    } catch (RuntimeException e) {
      page.unreadable(key, Failure.of(FailureKind.INVALID, "cannot be mapped: " + e));
      return;
    }
    page.add(key, mapped);
  }

  /**
   * {@return this page without the items whose value the test refuses} Unreadable ones stay, and
   * one for which the test throws becomes so, as in {@link #map}.
   */
  Page<T> filter(Predicate<? super T> test) {
    Builder<T> kept = builder(size());
    for (int i = 0; i < size(); i++) {
      T value = values.get(i);
      if (value == null) {
        kept.unreadable(key(i), Objects.requireNonNull(unreadable.get(i)));
      } else {
        filterInto(kept, key(i), value, test);
      }
    }
    return kept.end(next);
  }

  private static <T> void filterInto(
      Builder<T> page, String key, T value, Predicate<? super T> test) {
    boolean isKept;
    try {
      isKept = test.test(value);
    } catch (FailureException e) {
      page.unreadable(key, e.failure());
      return;
    } catch (RuntimeException e) {
      page.unreadable(key, Failure.of(FailureKind.INVALID, "cannot be filtered: " + e));
      return;
    }
    if (isKept) {
      page.add(key, value);
    }
  }

  /**
   * Collects a page. Not safe for many threads; of no use after {@link #next} or {@link #last}.
   *
   * @param <T> the type of the items' values
   */
  public static final class Builder<T> {
    private final List<String> keys;
    private final List<@Nullable T> values;
    private final Rise rise = new Rise();
    private Map<Integer, Failure> unreadable = Map.of();

    private Builder(int size) {
      keys = new ArrayList<>(size);
      values = new ArrayList<>(size);
    }

    /** Adds an item; its key must not be empty. */
    public Builder<T> add(String key, T value) {
      addKey(key);
      values.add(Objects.requireNonNull(value, "value"));
      return this;
    }

    /**
     * Adds an item that was found but cannot be read or mapped; it is recorded as failed and never
     * sent.
     */
    public Builder<T> unreadable(String key, Failure failure) {
      if (unreadable.isEmpty()) {
        unreadable = new HashMap<>();
      }
      unreadable.put(keys.size(), Objects.requireNonNull(failure, "failure"));
      addKey(key);
      values.add(null);
      return this;
    }

    private void addKey(String key) {
      keys.add(Keys.check(key));
      rise.add(key);
    }

    /**
     * Adds what was found at a place and has no key that could be read, such as a broken line.
     *
     * @param place where, for a person, such as {@code line 17}; takes the place of the key
     * @param failure gets the code {@link Page#NO_KEY}
     */
    public Builder<T> withoutKey(String place, Failure failure) {
      return unreadable(place, failure.withCode(NO_KEY));
    }

    /** {@return how many items were added} */
    public int size() {
      return keys.size();
    }

    /** {@return the page, after which reading goes on at {@code cursor}} */
    public Page<T> next(Cursor cursor) {
      return end(Objects.requireNonNull(cursor, "cursor"));
    }

    /** {@return the page, the last of its source} */
    public Page<T> last() {
      return end(null);
    }

    private Page<T> end(@Nullable Cursor next) {
      return new Page<>(keys.toArray(String[]::new), rise.isUnbroken(), values, unreadable, next);
    }
  }
}
