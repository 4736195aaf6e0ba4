package io.runbook4j.run;

import io.runbook4j.spi.sync.Failure;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An item that was read and has no outcome yet. */
final class Pending<T> {
  private final String key;
  private final T value;
  private final int page;
  private final Family family;
  private boolean begun;
  private int attempts;
  private int slowedDown;
  private @Nullable Failure last;

  Pending(String key, T value, int page, Family family, int attempts) {
    this.key = key;
    this.value = value;
    this.page = page;
    this.family = family;
    this.attempts = attempts;
  }

  String key() {
    return key;
  }

  T value() {
    return value;
  }

  int page() {
    return page;
  }

  Family family() {
    return family;
  }

  /** {@return how many tries ended in an answer that counts as an attempt} */
  int attempts() {
    return attempts;
  }

  /** {@return whether the ledger knows of the item, because a chunk with it began} */
  boolean isBegun() {
    return begun;
  }

  void begun() {
    begun = true;
  }

  void attempted(Failure failure) {
    last = failure;
    attempts++;
  }

  /** Counts one more time that the service asked to slow down because of it, or of all. */
  Pending<T> slowDown() {
    slowedDown++;
    return this;
  }

  int slowedDown() {
    return slowedDown;
  }

  /** Sets the attempts that the item had in an earlier process. */
  void hadAttempts(int before) {
    attempts = before;
    begun = true;
  }

  /** {@return why the last attempt failed} */
  Optional<Failure> last() {
    return Optional.ofNullable(last);
  }
}
