package io.runbook4j.spi.sync;

import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * The items that are applied to the target together, 1 to {@link Target#maxChunk()} of them, no key
 * twice; fresh ones in the source's order, behind those that are tried again. Immutable.
 *
 * @param <T> the type of the items' values
 */
public final class Chunk<T> implements Iterable<Item<T>> {
  private final String idempotencyKey;
  private final List<String> keys;
  private final List<T> values;

  private Chunk(String idempotencyKey, List<String> keys, List<T> values) {
    this.idempotencyKey = Objects.requireNonNull(idempotencyKey, "idempotencyKey");
    this.keys = keys;
    this.values = values;
  }

  /**
   * {@return a chunk over these lists, which are not copied and must not change any more}
   *
   * @throws IllegalArgumentException if the lists are empty or differ in size
   */
  public static <T> Chunk<T> of(String idempotencyKey, List<String> keys, List<T> values) {
    if (keys.isEmpty() || keys.size() != values.size()) {
      throw new IllegalArgumentException("values must be as many as keys and at least 1, was "
          + values.size() + " for " + keys.size());
    }
    return new Chunk<>(
        idempotencyKey, keys instanceof KeySlice ? keys : Slice.of(keys), Slice.of(values));
  }

  /**
   * {@return the text that is the same when these same items are sent again because the answer was
   * lost}
   */
  public String idempotencyKey() {
    return idempotencyKey;
  }

  /** {@return how many items there are} */
  public int size() {
    return keys.size();
  }

  /** {@return the keys, in order; not modifiable by the target} */
  public List<String> keys() {
    return keys;
  }

  /** {@return the values, in the order of the keys; not modifiable by the target} */
  public List<T> values() {
    return values;
  }

  /** {@return the items, in order} */
  @Override
  public Iterator<Item<T>> iterator() {
    return IntStream.range(0, size())
        .mapToObj(i -> new Item<>(keys.get(i), values.get(i)))
        .iterator();
  }
}
