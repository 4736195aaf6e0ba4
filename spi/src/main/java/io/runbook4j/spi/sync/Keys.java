package io.runbook4j.spi.sync;

import java.util.Objects;

/** The one rule for keys. */
final class Keys {
  private Keys() {}

  static String check(String key) {
    if (Objects.requireNonNull(key, "key").isEmpty()) {
      throw new IllegalArgumentException("key must be non-empty, was \"\"");
    }
    return key;
  }
}
