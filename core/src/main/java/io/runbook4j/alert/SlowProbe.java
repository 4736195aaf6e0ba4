package io.runbook4j.alert;

import io.runbook4j.alert.Reading.Verdict;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The newest health check took longer than {@code limit}, whatever its answer.
 *
 * @param limit the threshold
 */
record SlowProbe(Duration limit) implements Condition {
  static SlowProbe of(Duration limit) {
    return new SlowProbe(Words.positive("limit", limit));
  }

  @Override
  public String slug() {
    return "health-check-slower-than-" + Words.shortly(limit);
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
    long nanos = series.probeNanos();
    return Reading.of(nanos > limit.toNanos() ? Verdict.BREACH : Verdict.CLEAR, nanos / 1e9);
  }

  @Override
  public String text(Reading reading) {
    return "the health check took " + Words.number(1_000 * reading.value(), 0)
        + " ms; the limit is " + limit.toMillis() + " ms";
  }

  @Override
  public Map<String, String> details() {
    return Map.of("threshold", limit.toString());
  }

  @Override
  public Optional<String> promql(PromQl promql) {
    return Optional.of(promql.metric("probe_seconds") + " > " + limit.toNanos() / 1e9);
  }
}
