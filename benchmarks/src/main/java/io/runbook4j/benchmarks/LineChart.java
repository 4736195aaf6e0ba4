package io.runbook4j.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;

/**
 * Costs by size as lines, in SVG. Sizes are apart by their logarithm, costs begin at nought.
 *
 * @param title what it shows
 * @param lines each with a point for each size
 */
record LineChart(String title, List<Line> lines) {
  private static final int WIDTH = 860;
  private static final int HEIGHT = 360;
  private static final int LEFT = 50;
  private static final int RIGHT = 330;
  private static final int TOP = 40;
  private static final int BOTTOM = 30;

  /** One line. */
  record Line(String name, Row.Role role, SortedMap<Integer, Double> points) {}

  /** {@return the chart as a document} */
  String svg() {
    StringBuilder text = new StringBuilder(String.format(
        Locale.ROOT,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %1$d %2$d\" width=\"%1$d\""
            + " height=\"%2$d\" font-family=\"sans-serif\" font-size=\"13\" role=\"img\">\n"
            + "<title>%3$s</title>\n"
            + "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n"
            + "<text x=\"10\" y=\"21\" font-weight=\"bold\">%3$s</text>\n",
        WIDTH,
        HEIGHT,
        title));
    text.append(String.format(
        Locale.ROOT,
        "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#888888\"/>\n",
        LEFT,
        HEIGHT - BOTTOM,
        WIDTH - RIGHT,
        HEIGHT - BOTTOM));
    lines.stream()
        .limit(1)
        .forEach(line -> line.points()
            .keySet()
            .forEach(items -> text.append(label(
                x(items),
                HEIGHT - BOTTOM + 18,
                String.format(Locale.ROOT, "%,d", items),
                "middle"))));
    lines.forEach(line -> text.append(line(line)));
    return text.append("</svg>\n").toString();
  }

  private String line(Line line) {
    StringBuilder path = new StringBuilder();
    StringBuilder labels = new StringBuilder();
    double x = 0;
    double y = 0;
    for (Map.Entry<Integer, Double> point : line.points().entrySet()) {
      x = x(point.getKey());
      y = y(point.getValue());
      path.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y));
      labels.append(label(x, y - 7, Table.number(point.getValue()), "middle"));
    }
    labels.append(label(x + 30, y + 4, line.name(), "start"));
    return String.format(
        Locale.ROOT,
        "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>\n%s",
        path.toString().strip(),
        BarChart.colour(line.role()),
        labels);
  }

  private static String label(double x, double y, String text, String anchor) {
    return String.format(
        Locale.ROOT,
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n",
        x,
        y,
        anchor,
        text);
  }

  private double x(int items) {
    SortedMap<Integer, Double> points = lines.get(0).points();
    double from = Math.log(points.firstKey());
    double share = (Math.log(items) - from) / (Math.log(points.lastKey()) - from);
    return LEFT + 30 + share * (WIDTH - LEFT - RIGHT - 60);
  }

  private double y(double cost) {
    double most = lines.stream()
        .flatMap(line -> line.points().values().stream())
        .mapToDouble(each -> each)
        .max()
        .orElse(1);
    return HEIGHT - BOTTOM - cost / most * (HEIGHT - TOP - BOTTOM - 20);
  }
}
