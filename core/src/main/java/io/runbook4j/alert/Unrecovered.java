package io.runbook4j.alert;

import io.runbook4j.alert.Reading.Verdict;
import java.time.Duration;
import java.util.Map;

/**
 * Another rule of the job, of SEV3 or higher, has fired for at least {@code limit}.
 *
 * @param limit the threshold
 */
record Unrecovered(Duration limit) implements Condition {
  static Unrecovered of(Duration limit) {
    return new Unrecovered(Words.positive("limit", limit));
  }

  @Override
  public String slug() {
    return "not-recovered-in-" + Words.shortly(limit);
  }

  @Override
  public Tier step() {
    return Tier.FINE;
  }

  @Override
  public void declare(Needs needs, double clear) {}

  @Override
  public Reading read(JobSeries series, long end, double clear) {
    long millis = series.troubledFor(end);
    return Reading.of(millis >= limit.toMillis() ? Verdict.BREACH : Verdict.CLEAR, millis / 1e3);
  }

  @Override
  public String text(Reading reading) {
    return "the job has been in trouble for " + Words.number(reading.value() / 60, 0)
        + " min; the limit is below " + limit.toMinutes() + " min";
  }

  @Override
  public Map<String, String> details() {
    return Map.of("threshold", limit.toString());
  }
}
