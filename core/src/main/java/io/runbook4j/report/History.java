package io.runbook4j.report;

import io.runbook4j.adapter.Redactor;
import io.runbook4j.report.BarChart.Bar;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.ledger.LedgerEntry.RunFinished;
import io.runbook4j.spi.ledger.RunSummary;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * The last runs of a job as one self-contained HTML file: how each ended, how long it took, what
 * share of it failed, and how the reasons of failures came and went. Immutable. Takes memory for
 * {@value #MOST_RUNS} runs and for what {@link Ledger#reasons} answers over their time.
 */
public final class History {
  /** The most runs that are shown. */
  public static final int MOST_RUNS = 30;

  private static final int LONGEST = 120;
  private static final int TABLE_BYTES = 100_000;

  private final String job;
  private final List<RunSummary> runs;
  private final Optional<ReasonTrend> reasons;

  private History(String job, List<RunSummary> runs, Optional<ReasonTrend> reasons) {
    this.job = job;
    this.runs = runs;
    this.reasons = reasons;
  }

  /**
   * {@return the history of a job's last runs, as the ledger knows it now}
   *
   * @throws io.runbook4j.spi.ledger.LedgerException if the ledger cannot be read
   */
  public static History of(Ledger ledger, String job, Redactor redactor) {
    Objects.requireNonNull(redactor, "redactor");
    SafeText safe = new SafeText(redactor, Optional.empty());
    List<RunSummary> runs = new ArrayList<>(ledger.runs(job, MOST_RUNS));
    Collections.reverse(runs);
    Optional<ReasonTrend> reasons = runs.isEmpty()
        ? Optional.empty()
        : Optional.of(ReasonTrend.of(ledger, job, begin(runs), end(runs), safe));
    return new History(safe.text(job, LONGEST), List.copyOf(runs), reasons);
  }

  private static Instant begin(List<RunSummary> runs) {
    return runs.get(0).started().at();
  }

  private static Instant end(List<RunSummary> runs) {
    return runs.stream()
        .map(run -> run.finished().map(RunFinished::at).orElse(run.started().at()))
        .max(Comparator.naturalOrder())
        .orElseThrow();
  }

  /** {@return the page} */
  public String html() {
    Page page = new Page("History of " + job);
    page.element("h1", "History of " + job);
    if (runs.isEmpty()) {
      page.element("p", "There are no runs of this job in the ledger.");
      return page.end();
    }
    page.element("p", "soft", "The last " + runs.size() + " runs, oldest first.");
    charts(page);
    reasons.ifPresent(trend -> trend.write(page));
    table(page);
    return page.end();
  }

  /**
   * Writes the page to a file, which is replaced whole if there is one.
   *
   * @throws java.io.UncheckedIOException if it cannot be written; what was there before stays
   */
  public void write(Path file) {
    AtomicFile.write(file, html().getBytes(StandardCharsets.UTF_8));
  }

  private void charts(Page page) {
    page.section("Runs");
    chart(page, "Share of items failed or in doubt", History::failureRate, run -> rate(run));
    chart(page, "Duration", run -> millis(run), run -> duration(run));
    chart(
        page,
        "Items read",
        run -> run.counts().read(),
        run -> Words.number(run.counts().read()));
    page.markup(BarChart.key(
        "plain",
        "completed, nothing failed",
        "partly",
        "completed, items failed",
        "limited",
        "stopped or going on",
        "badly",
        "failed or died"));
    page.close("section");
  }

  private void chart(
      Page page,
      String title,
      ToDoubleFunction<RunSummary> value,
      Function<RunSummary, String> inWords) {
    RunSummary most = Collections.max(runs, Comparator.comparingDouble(value));
    RunSummary newest = runs.get(runs.size() - 1);
    String summary = title + " of " + runs.size() + " runs: the most is " + inWords.apply(most)
        + " on " + Words.time(most.started().at()) + ", the newest is " + inWords.apply(newest);
    List<String> ends =
        List.of(Words.minute(begin(runs)), Words.minute(newest.started().at()));
    List<Bar> bars =
        runs.stream().map(run -> new Bar(value.applyAsDouble(run), style(run))).toList();
    new BarChart(title, summary, inWords.apply(most), ends).write(page, bars, "chart");
  }

  private static String style(RunSummary run) {
    return switch (run.state()) {
      case COMPLETED -> failureRate(run) == 0 ? "plain" : "partly";
      case STOPPED, RUNNING -> "limited";
      case FAILED, DIED -> "badly";
    };
  }

  /** {@return the failed and doubtful items as a share of those that have an outcome} */
  static double failureRate(RunSummary run) {
    Counts counts = run.counts();
    return counts.settled() == 0
        ? 0
        : (double) (counts.failed() + counts.inDoubt()) / counts.settled();
  }

  private static String rate(RunSummary run) {
    return Words.percent(failureRate(run));
  }

  private static double millis(RunSummary run) {
    return length(run).map(Duration::toMillis).orElse(0L);
  }

  private static String duration(RunSummary run) {
    return length(run).map(Words::duration).orElse("no end");
  }

  private static Optional<Duration> length(RunSummary run) {
    return run.finished().map(end -> Duration.between(run.started().at(), end.at()));
  }

  private void table(Page page) {
    page.section("Runs as a table");
    List<RunSummary> newestFirst = new ArrayList<>(runs);
    Collections.reverse(newestFirst);
    new Table(
            List.of("run", "began", "result", "read", "failed or in doubt", "share", "duration"),
            Set.of("read", "failed or in doubt", "share", "duration"),
            TABLE_BYTES)
        .write(page, newestFirst.stream().map(History::row).toList(), runs.size());
    page.close("section");
  }

  private static List<String> row(RunSummary run) {
    return List.of(
        run.run().value(),
        Words.time(run.started().at()),
        run.state().name(),
        Words.number(run.counts().read()),
        Words.number(run.counts().failed() + run.counts().inDoubt()),
        rate(run),
        duration(run));
  }
}
