package io.runbook4j.alert;

import io.runbook4j.spi.alert.Alert;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** By what incidents go. Immutable. */
record Terms(String install, List<String> chain, int rounds, Periods periods, Advisor advisor) {
  /** {@return how often the chain's people are told in all before it is given up} */
  int mostPages() {
    return rounds * chain.size();
  }

  /** How long things may take. */
  record Periods(
      Duration acknowledge,
      Duration update,
      Duration statusPage,
      Duration tooLong,
      Duration coolDown,
      Duration postMortem,
      Duration rootCause) {}

  /**
   * What to do about what.
   *
   * @param services by job; safe for many threads. A job that is missing is named after its service
   */
  record Advisor(Triage table, Map<String, String> services) {
    /** {@return the row for what the alert is about} */
    Optional<Triage.Advice> advice(Alert alert) {
      return table.advice(alert, service(alert.job()));
    }

    /** {@return what goes behind the alert's text: that row, unless it is there already} */
    String behind(Alert alert) {
      return advice(alert)
          .map(Triage.Advice::toString)
          .filter(advice -> !alert.text().contains(advice))
          .map(advice -> "; " + advice)
          .orElse("");
    }

    /** {@return the alert with that row behind its text} */
    Alert advised(Alert alert) {
      return new Alert(
          alert.rule(),
          alert.severity(),
          alert.job(),
          alert.text() + behind(alert),
          alert.occurrence());
    }

    String service(String job) {
      return services.getOrDefault(job, job);
    }
  }
}
