package io.runbook4j.alert;

import io.runbook4j.spi.alert.Severity;
import java.time.Duration;
import java.util.List;

/**
 * The thresholds of the runbooks that this library grew from. Each can be changed like any rule.
 *
 * <p>How they are read: "a day" of affected users is any 24 hours; "+0.5 %/h" is in percentage
 * points, guarded against chance; the 24 h rule is literal, so that it fires for up to 23 hours
 * after an outage (take {@code alsoOver(Duration.ofHours(2))} if that is too long); "page" is SEV3;
 * "critical" is SEV1.
 */
public final class RunbookRules {
  private static final Duration DAY = Duration.ofHours(24);
  private static final Duration MONTH = Duration.ofDays(30);

  private RunbookRules() {}

  /**
   * {@return the alerting of the resume sync: warning at 2 % over 60 min or +0.5 %/h; SEV3 at 5 %
   * over 24 h or 7 % over 30 min, or, for a job with few events, 5 failures that are half of a
   * day's; SEV2 at 10 % over 30 min or 5,000 affected users a day; SEV1 at 25 % over 15 min or on
   * corrupt data}
   */
  public static List<Rule> resumeSync() {
    return List.of(
        // 10 failures: with 5, a healthy 1 % of 100 events would cross 2 % every now and then
        Rule.failureRate(0.02, Duration.ofMinutes(60)).minimum(20, 10),
        Rule.failureTrend(0.005),
        Rule.failureRate(0.05, DAY).severity(Severity.SEV3),
        // the other rates say nothing below 20 events in their window
        Rule.failureRate(0.50, DAY).minimum(5, 5).severity(Severity.SEV3),
        Rule.failureRate(0.07, Duration.ofMinutes(30)).severity(Severity.SEV3),
        Rule.failureRate(0.10, Duration.ofMinutes(30)).severity(Severity.SEV2),
        Rule.affectedUsers(5_000, DAY).severity(Severity.SEV2),
        Rule.failureRate(0.25, Duration.ofMinutes(15)).severity(Severity.SEV1),
        Rule.corruption());
  }

  /** {@return the photo sync's: a warning at more than 5 failures in a run} */
  public static List<Rule> photoSync() {
    return List.of(Rule.failuresInRunOver(5));
  }

  /**
   * {@return the health checks': failed once is SEV3, at once; slower than 5,000 ms is a warning; 3
   * failed in a row is SEV1}
   */
  public static List<Rule> healthChecks() {
    return List.of(
        Rule.probesFailedInARow(1).severity(Severity.SEV3),
        Rule.probeSlowerThan(Duration.ofSeconds(5)),
        Rule.probesFailedInARow(3).severity(Severity.SEV1));
  }

  /**
   * {@return the service's objectives: 95th percentile of the latency below 2,000 ms, availability
   * of 99.9 % over 30 days with the burn rates that lead to its end, error rate below 1 % over an
   * hour, recovery in less than 15 minutes}
   *
   * <p>Availability is the share of events here, over any 30 days; {@code ServiceLevels} of the
   * health package has it as the time up in a calendar month. They need not agree.
   *
   * <p>A burn rate of 14.4 uses 2 % of a month's budget in an hour, one of 6 uses 5 % in six: these
   * are SEV3. One of 3 uses 10 % in a day, one of 1 as much in three days: these are warnings. The
   * SRE workbook's numbers.
   */
  public static List<Rule> serviceObjectives() {
    return List.of(
        Rule.latencyAtLeast(0.95, Duration.ofSeconds(2), Duration.ofHours(1)),
        Rule.failureRate(0.001, MONTH).minimum(1_000, 5).name("availability-below-99.9pct-30d"),
        Rule.budgetBurn(0.999, 14.4, Duration.ofHours(1)).severity(Severity.SEV3),
        Rule.budgetBurn(0.999, 6, Duration.ofHours(6)).severity(Severity.SEV3),
        Rule.budgetBurn(0.999, 3, Duration.ofDays(1)),
        Rule.budgetBurn(0.999, 1, Duration.ofDays(3)),
        Rule.failureRate(0.01, Duration.ofHours(1)),
        Rule.notRecoveredIn(Duration.ofMinutes(15)));
  }

  /**
   * {@return the cache's: a warning above 10 % stale entries, SEV3 above 25 %} The gauges are
   * {@code stale} and {@code entries}.
   */
  public static List<Rule> cacheFreshness() {
    return List.of(
        Rule.gaugeShareOver("stale", "entries", 0.10),
        Rule.gaugeShareOver("stale", "entries", 0.25).severity(Severity.SEV3));
  }

  /**
   * {@return a warning when the usage is above 80 % of the limit}
   *
   * @param usage the name of the gauge that shows what is used
   * @param limit the name of the gauge that shows what there is
   */
  public static Rule usageAbove80Percent(String usage, String limit) {
    return Rule.gaugeShareOver(usage, limit, 0.80);
  }
}
