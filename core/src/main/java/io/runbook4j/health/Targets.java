package io.runbook4j.health;

import io.runbook4j.health.Objective.Kind;
import java.time.Duration;
import java.time.YearMonth;
import java.util.List;
import java.util.Locale;

/**
 * What was promised.
 *
 * @param availability the percentage of a month, between 0 and 100
 * @param errorRate the percentage of operations that failures stay under, between 0 and 100
 * @param latency what 95 % of operations keep under
 * @param recovery what every recovery keeps under
 */
record Targets(double availability, double errorRate, Duration latency, Duration recovery) {
  private static final long SLOW_PERCENT = 5;

  List<Objective> judge(YearMonth month, Tally tally) {
    return List.of(availability(month, tally), errorRate(tally), latency(tally), recovery(tally));
  }

  /** The budget is a share of the whole month, whatever of it has passed. */
  private Objective availability(YearMonth month, Tally tally) {
    double allowed = Duration.ofDays(month.lengthOfMonth()).toMillis() * (100 - availability) / 100;
    double left = 1 - tally.downMillis / allowed;
    return new Objective(
        Kind.AVAILABILITY,
        left >= 0,
        left,
        text(
            "down for %.1f of %.1f min that %s %% of the month allow; seen for %.1f h",
            tally.downMillis / 60_000.0,
            allowed / 60_000,
            availability,
            (tally.upMillis + tally.downMillis) / 3_600_000.0));
  }

  /** A quotient is compared: a product such as 0.07 * 100 is more than 7. */
  private Objective errorRate(Tally tally) {
    double rate = tally.operations == 0 ? 0 : 100.0 * tally.failed / tally.operations;
    return new Objective(
        Kind.ERROR_RATE,
        rate < errorRate,
        1 - rate / errorRate,
        text(
            "%d of %d operations failed, %.3f %%, wanted less than %s %%",
            tally.failed, tally.operations, rate, errorRate));
  }

  /** The 95th percentile by nearest rank is under the limit if and only if at most 5 % are not. */
  private Objective latency(Tally tally) {
    double left = tally.operations == 0
        ? 1
        : 1 - 100.0 * tally.slow / (SLOW_PERCENT * (double) tally.operations);
    return new Objective(
        Kind.LATENCY,
        100 * tally.slow <= SLOW_PERCENT * tally.operations,
        left,
        text(
            "%d of %d operations took %d ms or more, wanted at most %d %%",
            tally.slow, tally.operations, latency.toMillis(), SLOW_PERCENT));
  }

  private Objective recovery(Tally tally) {
    return new Objective(
        Kind.RECOVERY,
        tally.late == 0,
        1.0 - tally.late,
        text(
            "%d of %d recoveries took %d min or more, the longest %.1f min, wanted none",
            tally.late, tally.recoveries, recovery.toMinutes(), tally.longestMillis / 60_000.0));
  }

  private static String text(String format, Object... figures) {
    return String.format(Locale.ROOT, format, figures);
  }
}
