package io.runbook4j.run;

import io.runbook4j.integrity.SpotCheck;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.Finding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A report as aligned text, for a terminal or a ticket. */
final class TextReport {
  private static final int CHUNK_ROWS = 20;

  /** Half of a surrogate pair, which has no UTF-8. */
  private static final Pattern HALF = Pattern.compile("\\p{Cs}");

  private static final Pattern CONTROL = Pattern.compile("\\p{Cc}");

  private final RunReport report;
  private final StringBuilder text = new StringBuilder();

  TextReport(RunReport report) {
    this.report = report;
    head();
    counts();
    section("Reasons", report.reasons(), TextReport::reason);
    chunks();
    section("Chunk size", report.sizeChanges(), Object::toString);
    section(
        "Limits met",
        report.limits(),
        limit -> limit.at() + "  " + limit.service() + " closed until " + limit.until()
            + limit
                .asked()
                .map(asked -> " (it asked for " + duration(asked) + ")")
                .orElse(""));
    section("Alerts", report.alerts(), alert -> alert.severity() + "  " + alert.text());
    section("Findings", report.findings(), Finding::text);
    section("Spot check", report.spotCheck().stream().toList(), SpotCheck.Result::text);
    section("Problems", report.problems(), Function.identity());
    section("Next", report.next(), Function.identity());
  }

  private void head() {
    row("Run", report.runId() + (report.isResumed() ? " (resumed)" : ""));
    row("Job", report.job());
    row(
        "Kind",
        report.origin().kind()
            + report.origin().parent().map(parent -> " of " + parent).orElse("")
            + (report.origin().reason().isEmpty() ? "" : ": " + report.origin().reason()));
    row("State", report.state() + " (" + report.reason() + ")");
    row(
        "Time",
        report.startedAt() + " to " + report.endedAt() + ", "
            + duration(Duration.between(report.startedAt(), report.endedAt())));
    RunReport.Totals totals = report.totals();
    row(
        "Calls",
        totals.calls() + " for " + totals.chunks() + " chunks, " + totals.retriedItems()
            + " items tried again, waited " + duration(totals.waited()));
  }

  private void counts() {
    Counts counts = report.counts();
    text.append('\n');
    row("Read", Long.toString(counts.read()));
    count("succeeded", counts.succeeded());
    count("failed", counts.failed());
    count("skipped", counts.skipped());
    count("in doubt", counts.inDoubt());
    count("not reached", counts.notReached());
  }

  private void count(String name, long value) {
    double share =
        report.counts().read() == 0 ? 0 : 100.0 * value / report.counts().read();
    row("  " + name, value + (value == 0 ? "" : String.format(Locale.ROOT, "  (%.1f %%)", share)));
  }

  private void chunks() {
    List<ChunkReport> chunks = report.chunks();
    List<ChunkReport> shown =
        chunks.subList(Math.max(0, chunks.size() - CHUNK_ROWS), chunks.size());
    String title = shown.size() < report.totals().chunks()
        ? "Chunks (the last " + shown.size() + " of " + report.totals().chunks() + ")"
        : "Chunks";
    section(title, table(shown), Function.identity());
  }

  private static List<String> table(List<ChunkReport> chunks) {
    List<String> rows = new ArrayList<>();
    if (!chunks.isEmpty()) {
      rows.add(String.format(
          Locale.ROOT, "%6s %6s %10s %10s  %s", "number", "items", "waited", "took", "result"));
    }
    for (ChunkReport chunk : chunks) {
      rows.add(String.format(
          Locale.ROOT,
          "%6d %6d %10s %10s  %s",
          chunk.number(),
          chunk.size(),
          duration(chunk.waited()),
          duration(chunk.took()),
          chunk.result()));
    }
    return rows;
  }

  private static String reason(FailureReason reason) {
    String kind = reason.word() + reason.code().map(code -> "[" + code + "]").orElse("");
    return String.format(
        Locale.ROOT,
        "%7d  %-18s %s  (%s%s)",
        reason.count(),
        kind,
        reason.text(),
        reason.samples().stream().collect(Collectors.joining(", ")),
        reason.count() > reason.samples().size() ? ", .." : "");
  }

  private <E> void section(String title, List<E> rows, Function<? super E, String> row) {
    if (rows.isEmpty()) {
      return;
    }
    text.append('\n').append(title).append('\n');
    rows.forEach(each -> text.append("  ").append(oneLine(row.apply(each))).append('\n'));
  }

  private void row(String name, String value) {
    text.append(String.format(Locale.ROOT, "%-14s %s", name, oneLine(value))).append('\n');
  }

  /**
   * {@return the text as one line: what a key, a service or a host says begins no other, and no
   * terminal obeys it}
   */
  static String oneLine(String text) {
    return CONTROL.matcher(HALF.matcher(text).replaceAll("\ufffd")).replaceAll(" ");
  }

  /** {@return the duration as a person reads it: 12 ms, 3.4 s, 4 min 20 s, 2 h 5 min} */
  static String duration(Duration duration) {
    if (duration.toMillis() < 1_000) {
      return duration.toMillis() + " ms";
    }
    if (duration.toSeconds() < 60) {
      return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1e3);
    }
    return duration.toMinutes() < 60
        ? duration.toMinutes() + " min " + duration.toSecondsPart() + " s"
        : duration.toHours() + " h " + duration.toMinutesPart() + " min";
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
