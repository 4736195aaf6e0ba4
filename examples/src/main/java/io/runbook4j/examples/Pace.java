package io.runbook4j.examples;

import io.runbook4j.backoff.BackOff;
import io.runbook4j.limit.Quota;
import io.runbook4j.spi.time.Time;
import java.time.Duration;

/**
 * How fast a job may go.
 *
 * @param quota the most calls
 * @param backOff the wait after a 429
 * @param retryBackOff the wait before an image is tried again
 * @param time the clock that all of it waits on
 */
record Pace(Quota quota, BackOff backOff, BackOff retryBackOff, Time time) {
  /** {@return the runbook's waits} */
  static Pace real(Quota quota) {
    return new Pace(
        quota,
        BackOff.between(Duration.ofMinutes(2), Duration.ofMinutes(5)),
        BackOff.between(Duration.ofSeconds(1), Duration.ofSeconds(30)),
        Time.system());
  }

  /** {@return waits so short that the demonstration ends within a minute} */
  static Pace shortened(Quota quota, Time time) {
    return new Pace(
        quota,
        BackOff.between(Duration.ofSeconds(1), Duration.ofSeconds(3)),
        BackOff.between(Duration.ofMillis(200), Duration.ofSeconds(1)),
        time);
  }
}
