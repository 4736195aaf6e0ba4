package io.runbook4j.report;

import io.runbook4j.report.BarChart.Bar;
import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.ledger.ReasonCount;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How often each reason made items fail, over time: one small chart for each of the most frequent
 * reasons, all over the same stretches. Immutable.
 */
final class ReasonTrend {
  private static final int MOST_REASONS = 12;
  private static final int MOST_STRETCHES = 60;
  private static final List<Duration> STRETCHES =
      List.of(Duration.ofMinutes(10), Duration.ofHours(1), Duration.ofHours(6), Duration.ofDays(1));
  private static final int LONGEST = 80;

  private final Instant since;
  private final Duration stretch;
  private final int stretches;
  private final Map<String, long[]> counts;

  private ReasonTrend(Instant since, Duration stretch, int stretches, Map<String, long[]> counts) {
    this.since = since;
    this.stretch = stretch;
    this.stretches = stretches;
    this.counts = counts;
  }

  static ReasonTrend of(Ledger ledger, String job, Instant begin, Instant end, SafeText safe) {
    Duration stretch = stretch(Duration.between(begin, end));
    long seconds = stretch.toSeconds();
    // Whole hours and days of UTC, so that two reports of one day tell the same.
    Instant since = Instant.ofEpochSecond(Math.floorDiv(begin.getEpochSecond(), seconds) * seconds);
    int stretches = (int) Duration.between(since, end).dividedBy(stretch) + 1;
    Map<String, long[]> counts = new LinkedHashMap<>();
    for (ReasonCount reason : ledger.reasons(job, since, stretch)) {
      int at = (int) Duration.between(since, reason.from()).dividedBy(stretch);
      if (at < stretches) {
        String name = reason.kind().name()
            + reason.code().map(code -> " [" + safe.text(code, LONGEST) + "]").orElse("");
        counts.computeIfAbsent(name, n -> new long[stretches])[at] += reason.count();
      }
    }
    return new ReasonTrend(since, stretch, stretches, counts);
  }

  /** {@return the shortest stretch of the list that makes few enough of them, or whole days} */
  static Duration stretch(Duration span) {
    return STRETCHES.stream()
        .filter(s -> span.dividedBy(s) < MOST_STRETCHES - 1)
        .findFirst()
        .orElseGet(() -> Duration.ofDays(span.toDays() / (MOST_STRETCHES - 2) + 1));
  }

  void write(Page page) {
    if (counts.isEmpty()) {
      return;
    }
    page.section("Reasons over time");
    page.element(
        "p",
        "soft",
        "Items that failed or stayed in doubt, a bar for every " + Words.duration(stretch)
            + " of UTC; each reason has its own height.");
    counts.entrySet().stream()
        .sorted(Comparator.comparingLong((Map.Entry<String, long[]> e) -> total(e))
            .reversed()
            .thenComparing(Map.Entry::getKey))
        .limit(MOST_REASONS)
        .forEach(e -> chart(page, e.getKey(), e.getValue()));
    Table.leftOut(page, counts.size() - (long) MOST_REASONS);
    page.close("section");
  }

  private static long total(Map.Entry<String, long[]> reason) {
    return Arrays.stream(reason.getValue()).sum();
  }

  private void chart(Page page, String name, long[] values) {
    int most = 0;
    for (int i = 1; i < values.length; i++) {
      most = values[i] > values[most] ? i : most;
    }
    String total = Words.number(Arrays.stream(values).sum());
    String summary = name + ": " + total + " in all, the most is " + Words.number(values[most])
        + " in the stretch from " + Words.time(since.plus(stretch.multipliedBy(most)));
    List<String> ends =
        List.of(Words.minute(since), Words.minute(since.plus(stretch.multipliedBy(stretches))));
    List<Bar> bars = Arrays.stream(values).mapToObj(v -> new Bar(v, "badly")).toList();
    new BarChart(name + ": " + total, summary, Words.number(values[most]), ends)
        .write(page, bars, "small");
  }
}
