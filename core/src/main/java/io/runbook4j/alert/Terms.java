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

  /** What to do about what. */
  record Advisor(Triage table, Map<String, String> services) {
    /** {@return the row for what the alert is about} */
    Optional<Triage.Advice> advice(Alert alert) {
      String service = services.getOrDefault(alert.job(), "");
      return Symptoms.of(alert).stream()
          .flatMap(symptom -> table.advice(symptom, service).stream())
          .findFirst();
    }

    /** {@return the alert with that row behind its text} */
    Alert advised(Alert alert) {
      return advice(alert)
          .map(advice -> new Alert(
              alert.rule(),
              alert.severity(),
              alert.job(),
              alert.text() + "; " + advice,
              alert.occurrence()))
          .orElse(alert);
    }

    String service(String job) {
      return services.getOrDefault(job, job);
    }
  }
}
