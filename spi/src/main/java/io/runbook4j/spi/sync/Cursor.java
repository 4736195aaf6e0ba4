package io.runbook4j.spi.sync;

import java.util.Objects;

/**
 * A position in a source from which reading can go on, also in another process. Only the source
 * reads its value.
 *
 * @param value the source's own text; empty for the beginning
 */
public record Cursor(String value) {
  private static final Cursor START = new Cursor("");

  /** Checks that there is a value. */
  public Cursor {
    Objects.requireNonNull(value, "value");
  }

  /** {@return the beginning of every source} */
  public static Cursor start() {
    return START;
  }

  /** {@return whether this is the beginning} */
  public boolean isStart() {
    return value.isEmpty();
  }
}
