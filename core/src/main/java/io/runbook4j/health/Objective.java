package io.runbook4j.health;

import java.util.Objects;

/**
 * How one service level stands in a month. Immutable.
 *
 * @param kind which
 * @param isMet whether it is kept so far
 * @param budgetLeft the share of what may go wrong that is left: 1 if nothing did, 0 if it is used
 *     up, negative if it is overdrawn
 * @param text the figures, for a person
 */
public record Objective(Kind kind, boolean isMet, double budgetLeft, String text) {
  /** Checks that nothing is missing. */
  public Objective {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(text, "text");
  }

  /** What is measured. */
  public enum Kind {
    /** The time for which the service was up. */
    AVAILABILITY,
    /** The share of operations that failed. */
    ERROR_RATE,
    /** The latency that most operations keep under. */
    LATENCY,
    /** The time from an incident's detection to its end. */
    RECOVERY
  }
}
