package io.runbook4j.alert;

import io.runbook4j.alert.Reading.Verdict;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A signal has not come for at least {@code longest}; before it first came, since the job is
 * watched.
 *
 * @param signal what has not come
 * @param longest the threshold
 */
record Absence(Rule.Signal signal, Duration longest) implements Condition {
  static Absence of(Rule.Signal signal, Duration longest) {
    return new Absence(signal, Words.positive("longest", longest));
  }

  @Override
  public String slug() {
    return "no-" + word() + "-for-" + Words.shortly(longest);
  }

  private String word() {
    return signal.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public Tier step() {
    return Tier.FINE;
  }

  @Override
  public boolean isPrompt() {
    return true; // what ends it is a single signal
  }

  @Override
  public void declare(Needs needs, double clear) {}

  @Override
  public Reading read(JobSeries series, long end, double clear) {
    long millis = end - series.lastOf(signal);
    return Reading.of(millis >= longest.toMillis() ? Verdict.BREACH : Verdict.CLEAR, millis / 1e3);
  }

  @Override
  public String text(Reading reading) {
    Duration quiet = Duration.ofMillis((long) (1_000 * reading.value()));
    return "there has been no " + word() + " for " + Words.roughly(quiet)
        + "; it has to come within " + Words.shortly(longest);
  }

  @Override
  public Map<String, String> details() {
    return Map.of("threshold", longest.toString());
  }

  @Override
  public Optional<Duration> timeToDetect(double rate, double baseline) {
    return rate == 1 ? Optional.of(longest) : Optional.empty();
  }

  @Override
  public Optional<Duration> timeToReset(double rate, double baseline, double clear) {
    return baseline < 1 ? Optional.of(Duration.ZERO) : Optional.empty();
  }

  @Override
  public Optional<String> promql(PromQl promql) {
    return Optional.of("time() - " + promql.metric("last_" + word() + "_timestamp_seconds") + " >= "
        + longest.toMillis() / 1e3);
  }
}
