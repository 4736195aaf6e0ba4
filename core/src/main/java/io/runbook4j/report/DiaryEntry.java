package io.runbook4j.report;

import io.runbook4j.run.FailureReason;
import io.runbook4j.run.RunReport;
import io.runbook4j.spi.ledger.Counts;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What the library writes of a run in the diary: the entry without its notes. */
final class DiaryEntry {
  private static final int MOST_ROWS = 10;
  private static final int LONGEST = 200;

  private final RunReport report;
  private final SafeText safe;
  private final StringBuilder out = new StringBuilder();

  DiaryEntry(RunReport report, SafeText safe) {
    this.report = report;
    this.safe = safe;
    head();
    Counts counts = report.counts();
    row("Scope", Words.number(counts.read()) + " items read, " + scope());
    row(
        "Totals",
        Words.number(counts.succeeded()) + " succeeded, " + Words.number(counts.failed())
            + " failed, "
            + Words.number(counts.skipped()) + " skipped, " + Words.number(counts.inDoubt())
            + " in doubt, " + Words.number(counts.notReached()) + " not reached");
    RunReport.Totals totals = report.totals();
    row(
        "Calls",
        Words.number(totals.calls()) + " for " + Words.number(totals.chunks()) + " chunks, "
            + report.limits().size() + " limits met, waited " + Words.duration(totals.waited()));
    rows(
        "Notable errors",
        report.reasons().stream()
            .filter(reason -> reason.kind().isPresent())
            .map(this::reason)
            .toList());
    rows(
        "Alerts",
        report.alerts().stream().map(a -> a.severity() + " " + code(a.text())).toList());
    rows("Findings", report.findings().stream().map(f -> code(f.text())).toList());
    report.spotCheck().ifPresent(check -> row("Spot check", code(check.text())));
    rows("Problems", report.problems().stream().map(this::code).toList());
  }

  private void head() {
    out.append("## ").append(Words.time(report.startedAt())).append(' ').append(code(report.job()));
    out.append(' ').append(report.state()).append("\n\n");
    row("Run", code(report.runId().value()) + (report.isResumed() ? ", resumed" : ""));
    row(
        "Ended",
        Words.time(report.endedAt()) + " after "
            + Words.duration(Duration.between(report.startedAt(), report.endedAt())) + ", "
            + code(report.reason()));
  }

  private String scope() {
    String why = report.origin().reason();
    return report.origin().kind().name().replace('_', ' ').toLowerCase(Locale.ROOT)
        + report.origin().parent().map(parent -> " of " + code(parent.value())).orElse("")
        + (why.isEmpty() ? "" : ", " + code(why));
  }

  private String reason(FailureReason reason) {
    String samples = reason.samples().stream()
        .limit(3)
        .map(key -> Markdown.code(safe.key(key, LONGEST)))
        .collect(Collectors.joining(", "));
    return Words.number(reason.count()) + " " + reason.kind().map(Enum::name).orElse("")
        + reason.code().map(code -> " " + code(code)).orElse("") + ": "
        + Markdown.code(safe.reason(reason.text(), LONGEST))
        + ", such as " + samples;
  }

  private void row(String name, String value) {
    out.append("- ").append(name).append(": ").append(value).append('\n');
  }

  private void rows(String name, List<String> rows) {
    if (rows.isEmpty()) {
      return;
    }
    out.append("- ").append(name).append(":\n");
    rows.stream().limit(MOST_ROWS).forEach(row -> out.append("  - ").append(row).append('\n'));
    if (rows.size() > MOST_ROWS) {
      out.append("  - and ").append(rows.size() - MOST_ROWS).append(" more\n");
    }
  }

  private String code(String raw) {
    return Markdown.code(safe.text(raw, LONGEST));
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
