package io.runbook4j.report;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Writes tables that stay below a size: what does not fit is counted. On a narrow page each row is
 * a card, so every cell carries its column's name.
 */
final class Table {
  private static final int MOST_SHAPED = 6; // as many as the style knows
  private static final int SHORT = 24;
  private static final Pattern LONG_WORD = Pattern.compile("\\S{21}");

  private final List<String> columns;
  private final Set<String> numbers;
  private final int mostBytes;

  /**
   * Makes a table.
   *
   * @param columns the names of the columns, safe
   * @param numbers those of them that are aligned at the right
   * @param mostBytes how long its rows may be together, in UTF-8
   */
  Table(List<String> columns, Set<String> numbers, int mostBytes) {
    this.columns = columns;
    this.numbers = numbers;
    this.mostBytes = mostBytes;
  }

  /**
   * Appends the rows that fit, and says how many are missing.
   *
   * @param total how many rows there are in truth
   */
  void write(Page page, List<List<String>> rows, long total) {
    StringBuilder body = new StringBuilder();
    int shown = 0;
    long bytes = 0;
    for (List<String> row : rows) {
      String markup = row(row);
      bytes += markup.getBytes(StandardCharsets.UTF_8).length;
      if (bytes > mostBytes) {
        break;
      }
      body.append(markup);
      shown++;
    }
    page.open("table", shape(rows)).markup(head()).open("tbody", "");
    page.markup(body.toString()).close("tbody").close("table");
    leftOut(page, total - shown);
  }

  /**
   * {@return the classes that keep columns together: {@code w2} if the second has no long word, so
   * that none is broken in two, {@code s2} if its cells are short and fit on a line}
   */
  private static String shape(List<List<String>> rows) {
    List<String> shape = new ArrayList<>();
    int count = rows.isEmpty() ? 0 : Math.min(MOST_SHAPED, rows.get(0).size());
    for (int i = 0; i < count; i++) {
      int column = i;
      if (rows.stream().allMatch(row -> !LONG_WORD.matcher(row.get(column)).find())) {
        shape.add("w" + (i + 1));
      }
      if (rows.stream().allMatch(row -> row.get(column).length() <= SHORT)) {
        shape.add("s" + (i + 1));
      }
    }
    return String.join(" ", shape);
  }

  static void leftOut(Page page, long count) {
    if (count > 0) {
      page.element("p", "soft", Words.number(count) + " more are left out here.");
    }
  }

  private String head() {
    StringBuilder head = new StringBuilder("<thead><tr>");
    for (String column : columns) {
      head.append(
              numbers.contains(column) ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">")
          .append(Page.escape(column))
          .append("</th>");
    }
    return head.append("</tr></thead>").toString();
  }

  private String row(List<String> cells) {
    StringBuilder row = new StringBuilder("<tr>");
    for (int i = 0; i < cells.size(); i++) {
      String column = columns.get(i);
      row.append(numbers.contains(column) ? "<td class=\"n\" data-c=\"" : "<td data-c=\"")
          .append(Page.escape(column))
          .append("\">")
          .append(Page.escape(cells.get(i)))
          .append("</td>");
    }
    return row.append("</tr>\n").toString();
  }
}
