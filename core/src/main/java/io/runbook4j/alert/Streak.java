package io.runbook4j.alert;

import io.runbook4j.alert.Reading.Verdict;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Failures in a row, in the order in which they were reported, at least so many. A success ends it.
 *
 * @param count the threshold
 * @param of what failed
 */
record Streak(int count, Of of) implements Condition {
  /** What is counted. */
  enum Of {
    EVENTS("event", "failures_in_a_row"),
    PROBES("health check", "probe_failures_in_a_row");

    private final String word;
    private final String metric;

    Of(String word, String metric) {
      this.word = word;
      this.metric = metric;
    }
  }

  static Streak of(int count, Of of) {
    return new Streak((int) Words.atLeast("count", 1, count), of);
  }

  @Override
  public String slug() {
    return of.word.replace(' ', '-') + "s-failed-" + count + "-in-a-row";
  }

  @Override
  public Tier step() {
    return Tier.FINE;
  }

  @Override
  public boolean isPrompt() {
    return of == Of.PROBES;
  }

  @Override
  public void declare(Needs needs, double clear) {}

  @Override
  public Reading read(JobSeries series, long end, double clear) {
    int length = of == Of.PROBES ? series.probesFailed() : series.longestStreak();
    return Reading.of(length >= count ? Verdict.BREACH : Verdict.CLEAR, length);
  }

  @Override
  public String text(Reading reading) {
    return reading.value() <= 1
        ? "1 " + of.word + " has failed"
        : Words.number(reading.value(), 0) + " " + of.word + "s in a row have failed";
  }

  @Override
  public Map<String, String> details() {
    return Map.of("threshold", String.valueOf(count));
  }

  @Override
  public Optional<Duration> timeToDetect(double rate, double baseline) {
    return rate == 1 ? Optional.of(Duration.ZERO) : Optional.empty();
  }

  @Override
  public Optional<Duration> timeToReset(double rate, double baseline, double clear) {
    return baseline == 0 ? Optional.of(Duration.ZERO) : Optional.empty();
  }

  @Override
  public Optional<String> promql(PromQl promql) {
    return Optional.of(promql.metric(of.metric) + " >= " + count);
  }
}
