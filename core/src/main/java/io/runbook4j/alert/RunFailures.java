package io.runbook4j.alert;

import io.runbook4j.alert.Reading.Verdict;
import java.util.Map;
import java.util.Optional;

/**
 * More failed items in the newest run than {@code most}. The next run that completes with fewer
 * ends it.
 *
 * @param most the threshold
 */
record RunFailures(long most) implements Condition {
  static RunFailures of(long most) {
    return new RunFailures(Words.atLeast("most", 0, most));
  }

  @Override
  public String slug() {
    return "failures-in-run-over-" + most;
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
    return read(series.runFailures());
  }

  Reading read(long failed) {
    return Reading.of(failed > most ? Verdict.BREACH : Verdict.CLEAR, (double) failed);
  }

  @Override
  public String text(Reading reading) {
    String items = reading.value() <= 1 ? " item has" : " items have";
    return Words.number(reading.value(), 0) + items + " failed in the newest run, more than "
        + most;
  }

  @Override
  public Map<String, String> details() {
    return Map.of("threshold", String.valueOf(most));
  }

  @Override
  public Optional<String> promql(PromQl promql) {
    return Optional.of(promql.metric("run_failed") + " > " + most);
  }
}
