package io.runbook4j.gate;

import java.time.Instant;
import java.util.Objects;

/**
 * A change that waits in an outbox. Immutable.
 *
 * @param id stays the same however often the change is sent: the idempotency key. No other change,
 *     of this outbox or another one, has it
 * @param key the item's
 * @param payload what was put in; not shown by {@code toString}
 * @param at when it was put in
 */
public record Change(String id, String key, String payload, Instant at) {
  /** Checks that all are there. */
  public Change {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(payload, "payload");
    Objects.requireNonNull(at, "at");
  }

  @Override
  public String toString() {
    return "Change[" + id + ", key=" + key + ", at=" + at + "]";
  }
}
