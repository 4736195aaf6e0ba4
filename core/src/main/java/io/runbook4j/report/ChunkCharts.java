package io.runbook4j.report;

import io.runbook4j.report.BarChart.Bar;
import io.runbook4j.run.ChunkReport;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;

/** The timeline of a run's chunks: how large each was, how long it waited, and how long it took. */
final class ChunkCharts {
  private static final Pattern PARTLY = Pattern.compile("[1-9][0-9]* succeeded");

  private final List<ChunkReport> chunks;
  private final long limited;

  /**
   * Makes the charts.
   *
   * @param chunks at least one
   */
  ChunkCharts(List<ChunkReport> chunks) {
    this.chunks = chunks;
    this.limited = chunks.stream().filter(ChunkCharts::isLimited).count();
  }

  void write(Page page) {
    chart(
        page, "Items in each chunk", ChunkReport::size, chunk -> Words.number(chunk.size()), false);
    chart(
        page,
        "Waited before it",
        chunk -> chunk.waited().toMillis(),
        chunk -> Words.duration(chunk.waited()),
        true);
    chart(
        page,
        "Took",
        chunk -> chunk.took().toMillis(),
        chunk -> Words.duration(chunk.took()),
        false);
    page.markup(BarChart.key(
        "plain",
        "all succeeded",
        "partly",
        "some succeeded",
        "limited",
        "rate limited (429): " + limited,
        "badly",
        "other trouble",
        "waited",
        "wait, or kept in by the gate"));
  }

  private void chart(
      Page page,
      String title,
      ToDoubleFunction<ChunkReport> value,
      Function<ChunkReport, String> inWords,
      boolean isWait) {
    ChunkReport most = Collections.max(chunks, Comparator.comparingDouble(value));
    String summary = title + ": " + chunks.size() + " chunks, the most is " + inWords.apply(most)
        + " in chunk " + most.number() + ", " + limited + " were rate limited";
    List<String> ends = List.of(
        "chunk " + chunks.get(0).number(),
        "chunk " + chunks.get(chunks.size() - 1).number());
    List<Bar> bars = chunks.stream()
        .map(chunk -> new Bar(value.applyAsDouble(chunk), isWait ? "waited" : style(chunk)))
        .toList();
    new BarChart(title, summary, inWords.apply(most), ends).write(page, bars, "chart");
  }

  private static boolean isLimited(ChunkReport chunk) {
    return chunk.result().startsWith("refused: RATE_LIMITED");
  }

  private static String style(ChunkReport chunk) {
    if (isLimited(chunk)) {
      return "limited";
    }
    if (chunk.result().equals("all succeeded")) {
      return "plain";
    }
    if (chunk.result().equals("kept in by the gate")) {
      return "waited";
    }
    return PARTLY.matcher(chunk.result()).lookingAt() ? "partly" : "badly";
  }

  /** Writes the same as a table, in at most so many bytes; the results as they are given here. */
  void write(Page page, Function<String, String> safe, int mostBytes) {
    new Table(
            List.of("number", "items", "waited", "took", "result"),
            Set.of("number", "items", "waited", "took"),
            mostBytes)
        .write(
            page,
            chunks.stream()
                .map(chunk -> List.of(
                    Integer.toString(chunk.number()),
                    Words.number(chunk.size()),
                    Words.duration(chunk.waited()),
                    Words.duration(chunk.took()),
                    safe.apply(chunk.result())))
                .toList(),
            chunks.size());
  }
}
