package io.runbook4j.report;

import java.util.List;
import java.util.Locale;

/**
 * Bars side by side as inline SVG. All words stand outside of the picture, so that they keep their
 * size when it is squeezed; its alternative says what it shows.
 *
 * @param title what is drawn
 * @param summary the same in a sentence, for who cannot see it
 * @param most the largest value in words; the height of the picture stands for it
 * @param ends what stands below the first and the last bar
 */
record BarChart(String title, String summary, String most, List<String> ends) {
  private static final int HEIGHT = 100;

  /**
   * One bar.
   *
   * @param value how high; not negative
   * @param style its class
   */
  record Bar(double value, String style) {}

  void write(Page page, List<Bar> bars, String size) {
    double top = bars.stream().mapToDouble(Bar::value).max().orElse(0);
    page.open("figure", "").open("figcaption", "").element("b", title);
    page.element("span", "soft", "at most " + most).close("figcaption");
    page.markup("<svg class=\"" + size + "\" role=\"img\" aria-label=\"" + Page.escape(summary)
        + "\" viewBox=\"0 0 " + Math.max(1, bars.size()) + " " + HEIGHT
        + "\" preserveAspectRatio=\"none\"><title>" + Page.escape(summary) + "</title>");
    for (int i = 0; i < bars.size(); i++) {
      page.markup(
          rect(i, top == 0 ? 0 : HEIGHT * bars.get(i).value() / top, bars.get(i).style()));
    }
    page.markup("</svg>");
    page.open("div", "ends").element("span", ends.get(0)).element("span", ends.get(1));
    page.close("div").close("figure");
  }

  /** A bar of a value above zero is seen, however small it is. */
  private static String rect(int at, double height, String style) {
    if (height == 0) {
      return "";
    }
    double seen = Math.max(height, 2);
    return String.format(
        Locale.ROOT,
        "<rect class=\"%s\" x=\"%.2f\" y=\"%.1f\" width=\"0.84\" height=\"%.1f\"/>",
        style,
        at + 0.08,
        HEIGHT - seen,
        seen);
  }

  /** {@return a bar that lies, as long as its share of the page} */
  static String lying(double share, String style) {
    return String.format(
        Locale.ROOT,
        "<svg class=\"row\" aria-hidden=\"true\" viewBox=\"0 0 100 1\" preserveAspectRatio=\"none\">"
            + "<rect class=\"%s\" width=\"%.1f\" height=\"1\"/></svg>",
        style,
        Math.max(0.5, 100 * share));
  }

  /** {@return a line that says which colour means what} */
  static String key(String... stylesAndWords) {
    StringBuilder key = new StringBuilder("<p class=\"key\">");
    for (int i = 0; i < stylesAndWords.length; i += 2) {
      key.append(
              "<span class=\"entry\"><svg aria-hidden=\"true\" viewBox=\"0 0 1 1\"><rect class=\"")
          .append(stylesAndWords[i])
          .append("\" width=\"1\" height=\"1\"/></svg>")
          .append(Page.escape(stylesAndWords[i + 1]))
          .append("</span>");
    }
    return key.append("</p>\n").toString();
  }
}
