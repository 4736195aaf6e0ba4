package io.runbook4j.benchmarks;

import java.util.List;

/** Writes plain tables. */
final class Markdown {
  private Markdown() {}

  /** {@return a table whose first column is text and whose other columns are figures} */
  static String table(List<String> head, List<List<String>> rows) {
    StringBuilder text = new StringBuilder(line(head));
    text.append("|---").append("|--:".repeat(head.size() - 1)).append("|\n");
    rows.forEach(row -> text.append(line(row)));
    return text.append('\n').toString();
  }

  private static String line(List<String> cells) {
    return "| " + String.join(" | ", cells) + " |\n";
  }
}
