package io.runbook4j.benchmarks;

import java.util.List;
import java.util.Locale;

/**
 * A figure that was asked for.
 *
 * @param what of what
 * @param unit of both figures; may be empty
 * @param most what was asked for at most
 * @param measured what it is
 */
record Goal(String what, String unit, double most, double measured) {
  boolean isMet() {
    return measured <= most;
  }

  /** {@return a table that says what was missed} */
  static String markdown(List<Goal> goals) {
    return Markdown.table(
        List.of("", "asked, at most", "measured", ""),
        goals.stream().map(Goal::cells).toList());
  }

  private List<String> cells() {
    return List.of(what, figure(most), figure(measured), isMet() ? "met" : "**missed**");
  }

  private String figure(double value) {
    return (String.format(Locale.ROOT, value < 10 ? "%.2f " : "%,.0f ", value) + unit).strip();
  }
}
