package io.runbook4j.spi.sync;

import java.util.Objects;

/** The one rule for keys. */
final class Keys {
  private Keys() {}

  static String check(String key) {
    // A hash is in the string, its length is not: this spares a look at memory for every item.
    if (Objects.requireNonNull(key, "key").hashCode() == 0 && key.isEmpty()) {
      throw new IllegalArgumentException("key must be non-empty, was \"\"");
    }
    return key;
  }
}
