package io.runbook4j.alert;

import java.util.Map;
import java.util.Optional;

/**
 * One gauge by another, above {@code share}; the newest values of both, however old. Something of
 * nothing is above every share, nothing of nothing says nothing: so divides Prometheus, too.
 *
 * @param part the name of the gauge above the line
 * @param whole the name of the gauge below the line
 * @param share the threshold
 */
record GaugeShare(String part, String whole, double share) implements Condition {
  static GaugeShare of(String part, String whole, double share) {
    if (Words.named("part", part).equals(Words.named("whole", whole))) {
      throw new IllegalArgumentException(
          "part and whole must be two names, was \"" + part + "\" and \"" + whole + "\"");
    }
    if (!(share > 0 && share < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("share must be positive and finite, was " + share);
    }
    return new GaugeShare(part, whole, share);
  }

  @Override
  public String slug() {
    return part + "-over-" + Words.percent(share) + "pct-of-" + whole;
  }

  @Override
  public Tier step() {
    return Tier.FINE;
  }

  @Override
  public boolean isPrompt() {
    return true;
  }

  @Override
  public void declare(Needs needs, double clear) {
    needs.gauge(part);
    needs.gauge(whole);
  }

  @Override
  public Reading read(JobSeries series, long end, double clear) {
    double above = series.gauge(part);
    double below = series.gauge(whole);
    double value = above / below;
    if (Double.isNaN(value) || below < 0) {
      return Reading.quiet();
    }
    return new Reading(Reading.above(value, share, clear), value, above, below);
  }

  @Override
  public String text(Reading reading) {
    String above = Words.number(reading.part(), 2);
    String below = Words.number(reading.whole(), 2);
    String seen = Double.isInfinite(reading.value())
        ? part + " is " + above + " and " + whole + " " + below
        : part + " is " + Words.percent(reading.value()) + " % of " + whole + " (" + above + " of "
            + below + ")";
    return seen + "; the limit is " + Words.percent(share) + " %";
  }

  @Override
  public Map<String, String> details() {
    return Map.of("threshold", String.valueOf(share));
  }

  @Override
  public Optional<String> promql(PromQl promql) {
    return Optional.of(
        promql.gauge(part) + " / ignoring(name) (" + promql.gauge(whole) + " >= 0) > " + share);
  }
}
