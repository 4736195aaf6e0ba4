package io.runbook4j.alert;

import java.time.Duration;
import java.util.Locale;

/**
 * Writes what conditions say in Prometheus' language.
 *
 * <p>A sample holds the count of the bucket that ends where it is stamped. A range selects half a
 * sample less than the window, because {@code [60m]} is closed at both ends in Prometheus 2 and
 * open at the left in 3: so both see the same samples.
 *
 * @param job the job's name
 * @param every how far apart the samples are
 */
record PromQl(String job, Duration every) {
  String metric(String name) {
    return "runbook4j_" + name + "{job=" + quoted(job) + "}";
  }

  String gauge(String name) {
    return "runbook4j_gauge{job=" + quoted(job) + ",name=" + quoted(name) + "}";
  }

  /** {@return the sum of a counter over the window} */
  String sum(String name, Duration window) {
    return "sum_over_time(" + metric(name) + range(window) + ")";
  }

  /** {@return the sum over the window of the same length that ended {@code before}} */
  String sumBefore(String name, Duration window, Duration before) {
    return "sum_over_time(" + metric(name) + range(window) + " offset " + seconds(before) + ")";
  }

  /** {@return how many of the users have a sum above zero} */
  String users(String name, Duration window) {
    return "count(" + sum(name, window) + " > 0)";
  }

  String range(Duration window) {
    return "[" + seconds(window.minus(every.dividedBy(2))) + "]";
  }

  static String seconds(Duration duration) {
    long millis = duration.toMillis();
    return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
  }

  static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
