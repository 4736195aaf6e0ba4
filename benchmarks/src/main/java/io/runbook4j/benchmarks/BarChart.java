package io.runbook4j.benchmarks;

import java.util.Locale;

/** A table's CPU times as horizontal bars, in SVG. */
final class BarChart {
  private static final int NAMES = 330;
  private static final int BARS = 440;
  private static final int FIGURES = 90;
  private static final int LINE = 24;
  private static final int HEAD = 34;

  private final Table table;
  private final double most;

  BarChart(Table table) {
    this.table = table;
    this.most = table.rows().stream().mapToDouble(Row::cpu).max().orElse(1);
  }

  /** {@return the chart as a document} */
  String svg() {
    int width = NAMES + BARS + FIGURES;
    int height = HEAD + LINE * table.rows().size() + 10;
    StringBuilder text = new StringBuilder();
    text.append(String.format(
        Locale.ROOT,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
            + " font-family=\"sans-serif\" font-size=\"13\" role=\"img\">\n"
            + "<title>%s</title>\n"
            + "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n"
            + "<text x=\"10\" y=\"21\" font-weight=\"bold\">%s: CPU ns for %s</text>\n",
        width,
        height,
        width,
        height,
        escaped(table.title()),
        escaped(table.title()),
        escaped(table.operation())));
    int y = HEAD;
    for (Row row : table.rows()) {
      text.append(bar(row, y));
      y += LINE;
    }
    return text.append("</svg>\n").toString();
  }

  private String bar(Row row, int y) {
    double length = Math.max(1, row.cpu() / most * BARS);
    return String.format(
        Locale.ROOT,
        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>"
            + "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"16\" fill=\"%s\"/>"
            + "<text x=\"%.1f\" y=\"%d\">%s</text>\n",
        NAMES - 8,
        y + 13,
        escaped(row.name()),
        NAMES,
        y,
        length,
        colour(row.role()),
        NAMES + length + 6,
        y + 13,
        Table.number(row.cpu()));
  }

  static String colour(Row.Role role) {
    return switch (role) {
      case BASELINE -> "#1b6ca8";
      case OURS -> "#7fb2d9";
      case PEER -> "#b9b9b9";
      case FLOOR -> "#e3d9a4";
    };
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
