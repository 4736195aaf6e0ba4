package io.runbook4j.spi.sync;

import java.util.Objects;

/**
 * One unit of work. Immutable as far as its value is.
 *
 * @param key identifies the item; stable between runs, not empty
 * @param value what the target applies
 * @param <T> the type of the value
 */
public record Item<T>(String key, T value) {
  /** Checks that there is a key. */
  public Item {
    Keys.check(key);
    Objects.requireNonNull(value, "value");
  }
}
