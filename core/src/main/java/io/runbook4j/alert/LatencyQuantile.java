package io.runbook4j.alert;

import io.runbook4j.alert.Reading.Verdict;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A quantile of the latencies in a sliding window, at least {@code threshold}: fewer than the
 * quantile's share of them are below it.
 *
 * @param quantile 0.95 for the 95th percentile
 * @param threshold in whole microseconds
 * @param window the window
 * @param minEvents below so many it says nothing
 */
record LatencyQuantile(double quantile, Duration threshold, Duration window, long minEvents)
    implements Condition {
  static LatencyQuantile of(double quantile, Duration threshold, Duration window) {
    Words.share("quantile", quantile);
    Words.positive("threshold", threshold);
    Tier.window("window", window, Tier.MINUTES);
    if (window.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException("window must be at most PT1H, was " + window);
    }
    return new LatencyQuantile(quantile, threshold, window, 20);
  }

  @Override
  public Condition minimum(long events, long failures) {
    return new LatencyQuantile(quantile, threshold, window, Words.atLeast("events", 1, events));
  }

  @Override
  public String slug() {
    return "latency-p" + Words.percent(quantile) + "-" + Words.shortly(threshold) + "-"
        + Words.shortly(window);
  }

  @Override
  public Tier step() {
    return Tier.MINUTES;
  }

  @Override
  public void declare(Needs needs, double clear) {
    needs.latency(micros(1));
    needs.latency(micros(clear));
  }

  private long micros(double share) {
    return Math.max(1, Math.round(share * (threshold.toNanos() / 1e3)));
  }

  @Override
  public Reading read(JobSeries series, long end, double clear) {
    long[] counts = series.latencies(end, (int) window.toMinutes());
    long all = 0;
    for (long count : counts) {
      all += count;
    }
    if (all < minEvents) {
      return Reading.quiet();
    }
    Latencies cells = series.latencyCells();
    double value = estimate(cells, counts, all);
    Verdict verdict = Verdict.HOLD;
    if (isReached(cells, counts, all, micros(1))) {
      verdict = Verdict.BREACH;
    } else if (!isReached(cells, counts, all, micros(clear))) {
      verdict = Verdict.CLEAR;
    }
    return new Reading(verdict, value, 0, all);
  }

  /** Exact, because the threshold is the edge of a cell. */
  private boolean isReached(Latencies cells, long[] counts, long all, long micros) {
    long below = 0;
    int edge = cells.cell(micros);
    for (int cell = 0; cell < edge; cell++) {
      below += counts[cell];
    }
    return below < quantile * all;
  }

  /** {@return the upper edge of the quantile's cell, in seconds; at most 12.5 % too high} */
  private double estimate(Latencies cells, long[] counts, long all) {
    long below = 0;
    int cell = 0;
    while (cell < counts.length - 1 && below + counts[cell] < quantile * all) {
      below += counts[cell];
      cell++;
    }
    return cells.upperEdge(cell) / 1e6;
  }

  @Override
  public String text(Reading reading) {
    return "the " + Words.percent(quantile) + "th percentile of the latency was about "
        + Words.number(reading.value(), 3) + " s in the last " + Words.shortly(window) + " ("
        + Words.number(reading.whole(), 0) + " calls); the limit is below "
        + Words.number(threshold.toMillis() / 1e3, 3) + " s";
  }

  @Override
  public Map<String, String> details() {
    return Map.of("threshold", threshold.toString(), "window", window.toString());
  }

  @Override
  public Duration quietAfter() {
    return window;
  }

  @Override
  public Optional<String> promql(PromQl promql) {
    String buckets = promql.sum("latency_seconds_bucket", window);
    return Optional.of("histogram_quantile(" + quantile + ", sum by (le) (" + buckets + ")) > "
        + threshold.toNanos() / 1e9 + " and sum("
        + promql.sum("latency_seconds_count", window) + ") >= " + minEvents);
  }
}
