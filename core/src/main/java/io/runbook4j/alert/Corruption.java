package io.runbook4j.alert;

import io.runbook4j.alert.Reading.Verdict;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Data was found corrupt in the last 24 hours, and nobody has said since that it is intact. */
record Corruption() implements Condition {
  static final Duration REMEMBERED = Duration.ofHours(24);

  @Override
  public String slug() {
    return "corruption";
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
  public void declare(Needs needs, double clear) {}

  @Override
  public Reading read(JobSeries series, long end, double clear) {
    boolean recent =
        series.corruptions() > 0 && end - series.lastCorruption() < REMEMBERED.toMillis();
    return Reading.of(
        recent ? Verdict.BREACH : Verdict.CLEAR, recent ? (double) series.corruptions() : 0);
  }

  @Override
  public String text(Reading reading) {
    return Words.number(reading.value(), 0) + " findings of corrupt data";
  }

  @Override
  public Map<String, String> details() {
    return Map.of("threshold", "1");
  }

  @Override
  public Optional<String> promql(PromQl promql) {
    return Optional.of(promql.sum("corruption_findings", REMEMBERED) + " > 0");
  }
}
