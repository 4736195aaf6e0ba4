package io.runbook4j.report;

import io.runbook4j.integrity.SpotCheck;
import io.runbook4j.run.ChunkReport;
import io.runbook4j.run.FailureReason;
import io.runbook4j.run.RunReport;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.Finding;
import io.runbook4j.spi.ledger.ItemRecord;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.Failure;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** One run as a page. Each part has a most of bytes, together below 1 MB. */
final class RunPage {
  private static final int ITEM_BYTES = 250_000;
  private static final int REASON_BYTES = 100_000;
  private static final int LIST_BYTES = 40_000;
  private static final int CHUNK_BYTES = 60_000;
  private static final int SECTIONS_BYTES = 100_000;
  private static final int JSON_CHARS = 120_000;
  private static final int LONGEST = 300;
  private static final int LONGEST_KEY = 120;
  private static final int LONGEST_STEP = 600;
  private static final int LONGEST_SAMPLES = 1_000;
  private static final int MOST_LINES = 50;

  private final RunFacts facts;
  private final RunReport report;
  private final SafeText safe;
  private final Page page;

  RunPage(RunFacts facts, SafeText safe) {
    this.facts = facts;
    this.report = facts.report();
    this.safe = safe;
    this.page = new Page(text(report.job()) + " " + facts.verdict() + " " + report.runId());
  }

  String html(List<Section> sections) {
    head();
    counts();
    next();
    timeline();
    reasons();
    items();
    alerts();
    findings();
    report.spotCheck().ifPresent(this::spotCheck);
    sections.forEach(section -> section(section, sections.size()));
    limits();
    sizes();
    lines("Problems", report.problems());
    json();
    return page.end();
  }

  private void head() {
    String mood = facts.isClean() ? "good" : isStopped() || isCorrupt() ? "bad" : "warn";
    page.element("h1", text(report.job()));
    page.open("p", "verdict " + mood).open("b", mood).markup(facts.verdict()).markup("</b> ");
    page.markup(facts.sentence()).close("p");
    page.open("dl", "facts");
    fact("Run", report.runId() + (report.isResumed() ? " (resumed)" : ""));
    fact("Why", kind());
    fact("Ended", report.state() + ": " + text(report.reason()));
    fact("Time", Words.time(report.startedAt()) + " to " + Words.time(report.endedAt()));
    fact("Duration", duration());
    RunReport.Totals totals = report.totals();
    fact(
        "Calls",
        Words.number(totals.calls()) + " for " + Words.number(totals.chunks()) + " chunks, "
            + Words.number(totals.retriedItems()) + " items tried again");
    fact("Waited", Words.duration(totals.waited()) + " for limits and back-off");
    page.close("dl");
  }

  private boolean isStopped() {
    return facts.report().state() != RunState.COMPLETED;
  }

  private boolean isCorrupt() {
    return report.findings().stream().anyMatch(Finding::corruption);
  }

  private String kind() {
    String why = report.origin().reason();
    return report.origin().kind().name().replace('_', ' ').toLowerCase(Locale.ROOT)
        + report.origin().parent().map(parent -> " of " + parent).orElse("")
        + (why.isEmpty() ? "" : ": " + text(why));
  }

  private String duration() {
    return Words.duration(Duration.between(report.startedAt(), report.endedAt()))
        + facts.usual().map(usual -> " (usually " + Words.duration(usual) + ")").orElse("");
  }

  private void fact(String name, String value) {
    page.element("dt", name).element("dd", value);
  }

  private void counts() {
    Counts counts = report.counts();
    page.section("Counts").open("ul", "counts");
    count("read", counts.read(), "");
    count("succeeded", counts.succeeded(), "good");
    count("failed", counts.failed(), "bad");
    count("skipped", counts.skipped(), "");
    count("in doubt", counts.inDoubt(), "bad");
    count("not reached", counts.notReached(), "warn");
    page.close("ul");
    conservation(
        page,
        counts.read(),
        counts.succeeded(),
        counts.failed(),
        counts.skipped(),
        counts.inDoubt(),
        counts.notReached());
    facts.recorded().ifPresent(recorded -> {
      if (!recorded.equals(counts)) {
        page.element(
            "p",
            "bad",
            "The ledger says otherwise: " + text(recorded.toString())
                + ". Trust the ledger, and find out why.");
      }
    });
    page.close("section");
  }

  private void count(String name, long count, String style) {
    page.open("li", "").element("b", count == 0 ? "" : style, Words.number(count));
    page.element("i", name).close("li");
  }

  /** Shows that what was read is what came of it, in red if it is not. */
  static void conservation(Page page, long read, long... parts) {
    long sum = Arrays.stream(parts).sum();
    String law = Arrays.stream(parts)
        .mapToObj(Words::number)
        .collect(Collectors.joining(" + ", "", " = " + Words.number(sum)));
    if (read == sum) {
      page.element(
          "p", "good", "The counts add up: read " + Words.number(read) + " = " + law + ".");
    } else {
      page.element(
          "p",
          "bad",
          "THE COUNTS DO NOT ADD UP: read " + Words.number(read) + ", but " + law
              + ". Items were lost or counted twice.");
    }
  }

  private void next() {
    if (report.next().isEmpty()) {
      return;
    }
    page.section("Next")
        .list(report.next().stream().map(step -> safe.text(step, LONGEST_STEP)).toList());
    if (!facts.commands().isEmpty()) {
      page.open("pre", "").element("code", String.join("\n", facts.commands())).close("pre");
    }
    page.close("section");
  }

  private void timeline() {
    List<ChunkReport> chunks = report.chunks();
    if (chunks.isEmpty()) {
      return;
    }
    page.section("Chunks");
    if (report.totals().chunks() > chunks.size()) {
      page.element(
          "p",
          "soft",
          "The last " + Words.number(chunks.size()) + " of "
              + Words.number(report.totals().chunks()) + ".");
    }
    ChunkCharts charts = new ChunkCharts(chunks);
    charts.write(page);
    page.open("details", "").element("summary", "The same as a table");
    charts.write(page, this::text, CHUNK_BYTES);
    page.close("details").close("section");
  }

  private void reasons() {
    List<FailureReason> reasons = report.reasons();
    if (reasons.isEmpty()) {
      return;
    }
    page.section("Reasons");
    long most = reasons.get(0).count();
    int start = page.length();
    int shown = 0;
    page.open("ul", "reasons");
    for (FailureReason reason : reasons) {
      if (page.length() - start > REASON_BYTES / 3) {
        break; // at most three bytes for a char
      }
      reason(reason, most);
      shown++;
    }
    page.close("ul");
    Table.leftOut(page, reasons.size() - shown);
    page.close("section");
  }

  private void reason(FailureReason reason, long most) {
    String kind = reason.kind().map(Enum::name).orElse(reason.isOthers() ? "OTHERS" : "SKIPPED")
        + reason.code().map(code -> " [" + text(code) + "]").orElse("");
    page.open("li", "").open("b", "").markup(Words.number(reason.count())).markup("</b> ");
    page.element("span", kind);
    page.markup(BarChart.lying(
        (double) reason.count() / most, reason.kind().isEmpty() ? "plain" : "badly"));
    page.element("div", safe.reason(reason.text(), LONGEST));
    String samples = reason.samples().stream().map(this::key).collect(Collectors.joining(", "));
    page.element(
        "div", "soft", samples + (reason.count() > reason.samples().size() ? ", \u2026" : ""));
    page.close("li");
  }

  private void items() {
    if (facts.items().isEmpty()) {
      return;
    }
    page.section("Items that failed or are in doubt");
    filter("items");
    new Table(List.of("key", "state", "reason", "message", "at"), Set.of(), ITEM_BYTES)
        .write(page, facts.items().stream().map(this::row).toList(), facts.itemTotal());
    page.close("section");
  }

  private void filter(String name) {
    page.markup(
        "<div class=\"filter\" hidden=\"hidden\"><input type=\"search\" aria-label=\"Filter "
            + name + "\" placeholder=\"Filter by key, kind or message\"/>"
            + "<output class=\"soft\"></output></div>\n");
  }

  private List<String> row(ItemRecord item) {
    return List.of(
        key(item.key()),
        item.state().name().replace('_', ' '),
        item.failure().map(Failure::kind).map(Enum::name).orElse("")
            + item.failure()
                .flatMap(Failure::code)
                .map(code -> " [" + text(code) + "]")
                .orElse(""),
        text(item.text()),
        Words.time(item.at()));
  }

  private void alerts() {
    if (report.alerts().isEmpty()) {
      return;
    }
    page.section("Alerts").open("ul", "");
    report.alerts().stream()
        .sorted(Comparator.comparing(Alert::severity, Comparator.reverseOrder()))
        .limit(MOST_LINES)
        .forEach(this::alert);
    page.close("ul");
    Table.leftOut(page, Math.max(0, report.alerts().size() - MOST_LINES));
    page.close("section");
  }

  private void alert(Alert alert) {
    String mood = alert.severity().compareTo(Severity.WARNING) > 0
        ? "bad"
        : alert.severity() == Severity.WARNING ? "warn" : "soft";
    page.open("li", "").open("b", mood).markup(alert.severity().name()).markup("</b> ");
    page.markup(Page.escape(text(alert.rule() + ": " + alert.text()))).close("li");
  }

  private void findings() {
    List<Finding> findings = report.findings();
    if (findings.isEmpty()) {
      return;
    }
    page.section("Findings");
    new Table(List.of("check", "in", "total", "such as"), Set.of("total"), LIST_BYTES)
        .write(page, findings.stream().map(this::row).toList(), findings.size());
    page.close("section");
  }

  private List<String> row(Finding finding) {
    return List.of(
        text(finding.check()) + (finding.corruption() ? " (corruption)" : ""),
        text(finding.subject()),
        Words.number(finding.total()),
        safe.text(String.join("; ", finding.samples()), LONGEST_SAMPLES));
  }

  private void spotCheck(SpotCheck.Result check) {
    page.section("Spot check");
    page.element(
        "p",
        "soft",
        "What the target said of " + Words.number(check.verdicts().size())
            + " of the items that succeeded, picked with seed " + check.seed() + ".");
    new Table(List.of("key", "verdict"), Set.of(), LIST_BYTES)
        .write(
            page,
            check.verdicts().entrySet().stream()
                .map(item -> List.of(key(item.getKey()), item.getValue().name()))
                .toList(),
            check.verdicts().size());
    page.close("section");
  }

  private void section(Section section, int count) {
    page.section(text(section.title()));
    List<String> columns = section.columns().stream().map(this::text).toList();
    List<List<String>> rows = section.rows().stream()
        .limit(1_000)
        .map(row -> cells(section.columns(), row))
        .toList();
    new Table(columns, Set.of(), SECTIONS_BYTES / count)
        .write(page, rows, section.rows().size());
    page.close("section");
  }

  private List<String> cells(List<String> columns, List<String> row) {
    return IntStream.range(0, row.size())
        .mapToObj(i -> columns.get(i).equals(Section.KEY)
            ? key(row.get(i))
            : safe.value(columns.get(i), row.get(i), LONGEST))
        .toList();
  }

  private void limits() {
    if (report.limits().isEmpty()) {
      return;
    }
    page.section("Limits met");
    new Table(List.of("at", "limit", "closed until", "asked for"), Set.of(), LIST_BYTES)
        .write(
            page,
            report.limits().stream()
                .map(limit -> List.of(
                    Words.time(limit.at()),
                    text(limit.service()),
                    Words.time(limit.until()),
                    limit.asked().map(Words::duration).orElse("")))
                .toList(),
            report.limits().size());
    page.close("section");
  }

  private void sizes() {
    if (report.sizeChanges().isEmpty()) {
      return;
    }
    page.section("Chunk size");
    new Table(List.of("from", "to", "cause"), Set.of("from", "to"), LIST_BYTES)
        .write(
            page,
            report.sizeChanges().stream()
                .map(change -> List.of(
                    Words.number(change.from()), Words.number(change.to()), text(change.cause())))
                .toList(),
            report.sizeChanges().size());
    page.close("section");
  }

  private void lines(String title, List<String> lines) {
    if (!lines.isEmpty()) {
      page.section(title).list(lines.stream().limit(MOST_LINES).map(this::text).toList());
      Table.leftOut(page, Math.max(0, lines.size() - MOST_LINES));
      page.close("section");
    }
  }

  private void json() {
    page.markup("<script type=\"application/json\" id=\"run-report\">\n")
        .markup(new SafeJson(safe, LONGEST).report(report.json(), JSON_CHARS))
        .markup("</script>\n");
  }

  private String text(String raw) {
    return safe.text(raw, LONGEST);
  }

  private String key(String raw) {
    return safe.key(raw, LONGEST_KEY);
  }
}
