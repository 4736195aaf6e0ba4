package io.runbook4j.alert;

import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.Occurrence;
import io.runbook4j.spi.sync.FailureKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What an alert is about, as the triage table names it; the likeliest first. */
final class Symptoms {
  private Symptoms() {}

  static List<String> of(Alert alert) {
    Map<String, String> details = alert.occurrence().map(Occurrence::details).orElse(Map.of());
    List<String> symptoms = new ArrayList<>();
    if (details.containsKey("finding") || alert.rule().contains("corruption")) {
      symptoms.add(FailureKind.INTEGRITY.name());
    }
    if (alert.rule().startsWith("health-checks")) {
      symptoms.add(Triage.HEALTH_CHECK);
    }
    if (alert.rule().startsWith("stale")) {
      symptoms.add(Triage.STALE_CACHE);
    }
    kinds(details.getOrDefault("kinds", ""), symptoms);
    kinds(alert.text().replaceAll("[^A-Z_]+", " "), symptoms);
    if (alert.rule().startsWith("latency") || alert.rule().contains("slower")) {
      symptoms.add(Triage.SLOW);
    }
    return symptoms;
  }

  private static void kinds(String words, List<String> symptoms) {
    for (String word : words.split("[ ,]+", -1)) {
      for (FailureKind kind : FailureKind.values()) {
        if (kind.name().equals(word)) {
          symptoms.add(word);
        }
      }
    }
  }
}
