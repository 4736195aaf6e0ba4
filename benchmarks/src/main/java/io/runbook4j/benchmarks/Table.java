package io.runbook4j.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A table of results.
 *
 * @param id names its chart
 * @param title what was measured
 * @param operation what one operation is
 * @param rows one of them the baseline
 */
record Table(String id, String title, String operation, List<Row> rows) {
  private Row baseline() {
    return rows.stream()
        .filter(row -> row.role() == Row.Role.BASELINE)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("table " + id + " must have a baseline"));
  }

  /** {@return the table as Markdown, with a link to its chart and a word on who is ahead} */
  String markdown() {
    StringBuilder text = new StringBuilder();
    text.append("### ").append(title).append("\n\n");
    text.append("| | CPU ns | ratio | wall ns | B | |\n|---|--:|--:|--:|--:|---|\n");
    for (Row row : rows) {
      boolean ours = row.role() == Row.Role.BASELINE || row.role() == Row.Role.OURS;
      String mark = ours ? "**" : "";
      text.append(String.format(
          Locale.ROOT,
          "| %s%s%s | %s | %.2f | %s | %s | %s |\n",
          mark,
          row.name(),
          mark,
          number(row.cpu()),
          row.cpu() / baseline().cpu(),
          number(row.wall()),
          number(row.bytes()),
          row.note()));
    }
    text.append("\nEach figure is for ").append(operation).append("; ratio is CPU to ours (");
    text.append(baseline().name()).append("). ").append(ahead()).append("\n\n");
    text.append("![").append(title).append("](charts/").append(id).append(".svg)\n\n");
    return text.toString();
  }

  private String ahead() {
    List<Row> faster = rows.stream()
        .filter(row -> row.role() == Row.Role.PEER && row.cpu() < baseline().cpu())
        .toList();
    if (faster.isEmpty()) {
      return "No peer is ahead of us.";
    }
    return faster.stream()
        .map(row -> String.format(
            Locale.ROOT,
            "%s (%.2f of our time)",
            row.name(),
            row.cpu() / baseline().cpu()))
        .collect(Collectors.joining(", ", "**Ahead of us: ", ".**"));
  }

  static String number(double value) {
    if (value < 0.05) {
      return "0";
    }
    return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%,.0f", value);
  }
}
