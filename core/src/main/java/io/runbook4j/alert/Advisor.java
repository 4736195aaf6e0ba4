package io.runbook4j.alert;

import io.runbook4j.spi.alert.Alert;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What to do about what. Safe for many threads.
 *
 * @param services by job. A job that is missing is named after its service
 */
record Advisor(Triage table, Map<String, String> services) {
  Advisor(Triage table, Map<String, String> services) {
    this.table = table;
    this.services = new ConcurrentHashMap<>(services);
  }

  /** {@return the row for what the alert is about} */
  Optional<Triage.Advice> advice(Alert alert) {
    return table.advice(alert, service(alert.job()));
  }

  /** {@return what goes behind the alert's text: that row} */
  String behind(Alert alert) {
    return advice(alert).map(Advisor::behind).orElse("");
  }

  private static String behind(Triage.Advice advice) {
    return "; " + advice;
  }

  /** {@return the alert with that row behind its text} */
  Alert advised(Alert alert) {
    return with(alert, alert.text() + behind(alert));
  }

  /** {@return the alert without the row that whoever raised it has put behind its text} */
  Alert plain(Alert alert) {
    String text = alert.text();
    return table
        .advice()
        .map(Advisor::behind)
        .filter(text::endsWith)
        .findFirst()
        .map(row -> with(alert, text.substring(0, text.length() - row.length())))
        .orElse(alert);
  }

  private static Alert with(Alert alert, String text) {
    return new Alert(alert.rule(), alert.severity(), alert.job(), text, alert.occurrence());
  }

  String service(String job) {
    return services.getOrDefault(job, job);
  }
}
