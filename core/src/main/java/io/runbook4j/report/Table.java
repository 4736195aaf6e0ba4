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
  /** How many characters of a row may be in columns that are not wrapped. */
  private static final int UNWRAPPED = 72;

  private static final int MOST_BROKEN = 3;
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
   * that none is broken in two, else {@code b2}, so that it is wide enough for all but the longest;
   * {@code s2} if its cells are short and fit on a line, and those of all such columns do}
   */
  private static String shape(List<List<String>> rows) {
    List<String> whole = new ArrayList<>();
    List<String> broken = new ArrayList<>();
    List<String> unwrapped = new ArrayList<>();
    int width = 0;
    int count = rows.isEmpty() ? 0 : Math.min(MOST_SHAPED, rows.get(0).size());
    for (int i = 0; i < count; i++) {
      int column = i;
      boolean isWhole =
          rows.stream().noneMatch(row -> LONG_WORD.matcher(row.get(column)).find());
      (isWhole ? whole : broken).add((isWhole ? "w" : "b") + (i + 1));
      int longest =
          rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
      if (longest <= SHORT) {
        unwrapped.add("s" + (i + 1));
        width += longest;
      }
    }
    if (broken.size() <= MOST_BROKEN) {
      whole.addAll(broken);
    }
    if (width <= UNWRAPPED) {
      whole.addAll(unwrapped);
    }
    return String.join(" ", whole);
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
