package io.runbook4j.alert;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** What a rule looks at, and where its threshold is. Immutable; equal if it says the same. */
interface Condition {
  /** {@return a name made from what it says, such as {@code failure-rate-7pct-30m}} */
  String slug();

  /** {@return at the ends of which buckets it decides} */
  Tier step();

  /** Says what has to be counted for it. */
  void declare(Needs needs, double clear);

  /**
   * Looks.
   *
   * @param end the end of a bucket, on the series' time line
   * @param clear below which share of the threshold it clears
   */
  Reading read(JobSeries series, long end, double clear);

  /** {@return what was seen and where the threshold is, for a person} */
  String text(Reading reading);

  /** {@return the threshold and the window, by name} */
  Map<String, String> details();

  /** {@return how long it may be quiet before a firing rule is taken to be over} */
  default Duration quietAfter() {
    return Duration.ZERO;
  }

  /** {@return this condition with other guards} */
  default Condition minimum(long events, long failures) {
    throw new IllegalArgumentException(
        "minimum must be set on a rule over a rate, was set on " + slug());
  }

  /** {@return this condition, which must hold over a shorter window too} */
  default Condition alsoOver(Duration shorter) {
    throw new IllegalArgumentException(
        "alsoOver must be set on a rule over the rate of failures, was set on " + slug());
  }

  /** {@return whether it says something about single signals, as they come} */
  default boolean isPrompt() {
    return false;
  }

  /**
   * {@return how long from the beginning of trouble to the threshold; empty if never, or unknown}
   */
  default Optional<Duration> timeToDetect(double rate, double baseline) {
    return Optional.empty();
  }

  /** {@return how long from the end of lasting trouble until it clears; empty as above} */
  default Optional<Duration> timeToReset(double rate, double baseline, double clear) {
    return Optional.empty();
  }

  /** {@return the same in PromQL; empty if Prometheus cannot say it} */
  default Optional<String> promql(PromQl promql) {
    return Optional.empty();
  }
}
