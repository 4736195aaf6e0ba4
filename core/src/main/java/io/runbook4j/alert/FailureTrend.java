package io.runbook4j.alert;

import io.runbook4j.alert.Reading.Verdict;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * How much the rate of failures of the last hour is above that of the hour before, at least
 * {@code points}, and more than chance would make it.
 *
 * <p>Two guards keep chance from firing it: a number of events in each hour, and a two-proportion
 * z-test. Without them a steady rate of 1 % at 100 events an hour fires it in every third look.
 *
 * @param points the threshold, as a share: 0.005 is half a percentage point
 * @param minEvents in each of the hours
 * @param minFailures in the last hour
 */
record FailureTrend(double points, long minEvents, long minFailures) implements Condition {
  /**
   * How many standard errors the difference must be. Simulated at a steady 1 % and 2,200 events an
   * hour, looked at each minute: 2.6 fires by chance six times a week, 3.7 once in four weeks.
   */
  static final double CONFIDENCE = 3.7;

  private static final Duration HOUR = Duration.ofHours(1);

  static FailureTrend of(double points) {
    return new FailureTrend(Words.share("pointsAnHour", points), 2_000, 5);
  }

  @Override
  public Condition minimum(long events, long failures) {
    return new FailureTrend(
        points, Words.atLeast("events", 1, events), Words.atLeast("failures", 1, failures));
  }

  @Override
  public String slug() {
    return "failure-trend-" + Words.percent(points) + "pct-1h";
  }

  @Override
  public Tier step() {
    return Tier.MINUTES;
  }

  @Override
  public void declare(Needs needs, double clear) {
    needs.counts(HOUR.multipliedBy(2));
  }

  @Override
  public Reading read(JobSeries series, long end, double clear) {
    Duration both = HOUR.multipliedBy(2);
    long newEvents = series.events(Tier.MINUTES, end, HOUR);
    long newFailures = series.failures(Tier.MINUTES, end, HOUR);
    long oldEvents = series.events(end, both) - newEvents;
    long oldFailures = series.failures(end, both) - newFailures;
    double value = newFailures / (double) newEvents - oldFailures / (double) oldEvents;
    if (newEvents < minEvents || oldEvents < minEvents) {
      return new Reading(Verdict.QUIET, value, newFailures, newEvents);
    }
    Verdict verdict = Reading.atLeast(value, points, clear);
    if (verdict == Verdict.BREACH
        && (newFailures < minFailures
            || !isBeyondChance(value, newFailures + oldFailures, newEvents, oldEvents))) {
      verdict = Verdict.HOLD;
    }
    return new Reading(verdict, value, newFailures, newEvents);
  }

  private static boolean isBeyondChance(
      double difference, long failures, long newEvents, long oldEvents) {
    double pooled = failures / (double) (newEvents + oldEvents);
    double error = Math.sqrt(pooled * (1 - pooled) * (1.0 / newEvents + 1.0 / oldEvents));
    return difference / error >= CONFIDENCE;
  }

  @Override
  public String text(Reading reading) {
    return "the rate of failures rose by " + Words.percent(reading.value())
        + " percentage points within an hour (to " + Words.number(reading.part(), 0) + " of "
        + Words.number(reading.whole(), 0) + " events); the limit is below "
        + Words.percent(points);
  }

  @Override
  public Map<String, String> details() {
    return Map.of("threshold", String.valueOf(points), "window", HOUR.toString());
  }

  @Override
  public Optional<Duration> timeToDetect(double rate, double baseline) {
    return Ramp.between(0, Math.max(0, rate - baseline)).reaching(points, HOUR);
  }

  @Override
  public Duration quietAfter() {
    return HOUR;
  }

  @Override
  public Optional<String> promql(PromQl promql) {
    String newEvents = promql.sum("events", HOUR);
    String newFailures = promql.sum("failures", HOUR);
    String oldEvents = promql.sumBefore("events", HOUR, HOUR);
    String oldFailures = promql.sumBefore("failures", HOUR, HOUR);
    String difference =
        "(" + newFailures + " / " + newEvents + " - " + oldFailures + " / " + oldEvents + ")";
    String pooled =
        "((" + newFailures + " + " + oldFailures + ") / (" + newEvents + " + " + oldEvents + "))";
    String error = "sqrt(" + pooled + " * (1 - " + pooled + ") * (1 / " + newEvents + " + 1 / "
        + oldEvents + "))";
    return Optional.of(difference + " >= " + points + " and " + difference + " / " + error + " >= "
        + CONFIDENCE + " and " + newEvents + " >= " + minEvents + " and " + oldEvents + " >= "
        + minEvents + " and " + newFailures + " >= " + minFailures);
  }
}
