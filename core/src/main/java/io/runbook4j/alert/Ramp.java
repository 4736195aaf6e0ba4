package io.runbook4j.alert;

import java.time.Duration;
import java.util.Optional;

/**
 * The mean over a window while it fills with another rate: it moves evenly from the old to the new.
 *
 * @param from the rate until now
 * @param to the rate from now on
 */
record Ramp(double from, double to) {
  static Ramp between(double from, double to) {
    return new Ramp(rate(from), rate(to));
  }

  private static double rate(double rate) {
    if (!(rate >= 0 && rate <= 1)) {
      throw new IllegalArgumentException("rate must be 0 to 1, was " + rate);
    }
    return rate;
  }

  /** {@return when the mean gets to the level; at once if it is past it, empty if never} */
  Optional<Duration> reaching(double level, Duration window) {
    boolean rising = to > from;
    if (rising ? from >= level : from < level) {
      return Optional.of(Duration.ZERO);
    }
    if (rising ? to < level : to >= level) {
      return Optional.empty();
    }
    double share = (level - from) / (to - from);
    return Optional.of(Duration.ofMillis(Math.round(window.toMillis() * share)));
  }
}
