package io.runbook4j.health;

import java.time.Duration;
import java.util.Objects;

/**
 * What a worker waits for before it takes jobs: that every service has been healthy so many times
 * in a row. Immutable.
 *
 * @param healthyInARow how many answers, at least 1
 * @param every how often the services are asked meanwhile, positive
 * @param atMost the longest wait, positive
 */
public record WarmUp(int healthyInARow, Duration every, Duration atMost) {
  /** Checks the values. */
  public WarmUp {
    if (healthyInARow < 1) {
      throw new IllegalArgumentException("healthyInARow must be at least 1, was " + healthyInARow);
    }
    Checks.positive(every, "every");
    Checks.positive(atMost, "atMost");
  }

  /** {@return 3 healthy answers in a row, asked for every 5 seconds, for at most 5 minutes} */
  public static WarmUp defaults() {
    return new WarmUp(3, Duration.ofSeconds(5), Duration.ofMinutes(5));
  }

  /**
   * How a wait ended.
   *
   * @param isReady whether the worker may take jobs
   * @param waited how long it took
   * @param why which services were not ready, and what is known of them; empty if all were
   */
  public record Result(boolean isReady, Duration waited, String why) {
    /** Checks that nothing is missing. */
    public Result {
      Objects.requireNonNull(waited, "waited");
      Objects.requireNonNull(why, "why");
    }
  }
}
