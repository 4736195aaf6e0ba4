package io.runbook4j.health;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.runbook4j.health.HealthReport.Result;
import io.runbook4j.spi.health.Health.Status;
import java.util.Locale;

/** The two shapes of a report. */
final class HealthJson {
  private HealthJson() {}

  /**
   * Its keys are {@code component:measurement}; a part's name therefore has no colon. Parts of one
   * name, such as heartbeats of several threads, are elements of one array.
   */
  static String draft(HealthReport report) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("status", draft(report.status()));
    ObjectNode checks = root.putObject("checks");
    for (Result result : report.results()) {
      ObjectNode check =
          checks.withArrayProperty(result.name() + ":responseTime").addObject();
      check.put("status", draft(result.status()));
      result.reading().ifPresent(reading -> {
        check.put("observedValue", reading.latency().toMillis());
        check.put("observedUnit", "ms");
        check.put("time", reading.at().toString());
      });
      if (result.status() != Status.HEALTHY) {
        check.put("output", result.detail());
      }
    }
    return root.toString();
  }

  private static String draft(Status status) {
    return switch (status) {
      case HEALTHY -> "pass";
      case DEGRADED -> "warn";
      case UNHEALTHY -> "fail";
    };
  }

  static String runbook(HealthReport report) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("status", word(report.status()));
    root.put("timestamp", report.at().toString());
    var services = root.putArray("services");
    for (Result result : report.results()) {
      ObjectNode service = services.addObject();
      service.put("name", result.name());
      service.put("status", word(result.status()));
      result.reading().ifPresent(reading -> {
        service.put("responseTime", reading.latency().toMillis());
        service.put("lastChecked", reading.at().toString());
        service.put("ageSeconds", reading.age().toSeconds());
      });
      if (result.status() != Status.HEALTHY) {
        service.put("error", result.detail());
      }
    }
    ObjectNode summary = root.putObject("summary");
    summary.put("total_services", report.results().size());
    for (Status status : Status.values()) {
      long count =
          report.results().stream().filter(result -> result.status() == status).count();
      summary.put(word(status) + "_services", count);
    }
    return root.toString();
  }

  private static String word(Status status) {
    return status.name().toLowerCase(Locale.ROOT);
  }
}
