package io.runbook4j.health;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.runbook4j.health.HealthReport.Reading;
import io.runbook4j.health.HealthReport.Result;
import io.runbook4j.spi.health.Health.Status;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HealthJsonTest {
  private static final Instant AT = Instant.parse("2026-11-23T09:00:00Z");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HealthReport report = new HealthReport(
      AT,
      List.of(
          result("crm", Status.HEALTHY, "fine"),
          result("wordpress", Status.DEGRADED, "took \"long\""),
          new Result("queue", Status.UNHEALTHY, "no answer yet", Optional.empty())));

  @Test
  void json_report_hasTheRunbooksShape() throws IOException {
    assertThat(JSON.readTree(report.json())).isEqualTo(JSON.readTree("""
        {"status": "unhealthy", "timestamp": "2026-11-23T09:00:00Z",
         "services": [
          {"name": "crm", "status": "healthy", "responseTime": 120,
           "lastChecked": "2026-11-23T08:59:30Z", "ageSeconds": 30},
          {"name": "wordpress", "status": "degraded", "responseTime": 120,
           "lastChecked": "2026-11-23T08:59:30Z", "ageSeconds": 30, "error": "took \\"long\\""},
          {"name": "queue", "status": "unhealthy", "error": "no answer yet"}],
         "summary": {"total_services": 3, "healthy_services": 1, "degraded_services": 1,
          "unhealthy_services": 1}}
        """));
  }

  @Test
  void healthJson_report_isAsTheDraftSays() throws IOException {
    assertThat(JSON.readTree(report.healthJson())).isEqualTo(JSON.readTree("""
        {"status": "fail",
         "checks": {
          "crm:responseTime": [{"status": "pass", "observedValue": 120, "observedUnit": "ms",
           "time": "2026-11-23T08:59:30Z"}],
          "wordpress:responseTime": [{"status": "warn", "observedValue": 120,
           "observedUnit": "ms", "time": "2026-11-23T08:59:30Z", "output": "took \\"long\\""}],
          "queue:responseTime": [{"status": "fail", "output": "no answer yet"}]}}
        """));
  }

  @Test
  void healthJson_partsOfOneName_areAllThere() throws IOException {
    HealthReport workers = new HealthReport(
        AT,
        List.of(
            new Result("worker", Status.UNHEALTHY, "has not moved for 61 s", Optional.empty()),
            new Result("worker", Status.HEALTHY, "moves", Optional.empty())));

    assertThat(JSON.readTree(workers.healthJson())).isEqualTo(JSON.readTree("""
        {"status": "fail",
         "checks": {
          "worker:responseTime": [{"status": "fail", "output": "has not moved for 61 s"},
           {"status": "pass"}]}}
        """));
  }

  @Test
  void status_nothingToAsk_isHealthy() {
    HealthReport empty = new HealthReport(AT, List.of());

    assertThat(empty.httpStatus()).isEqualTo(200);
    assertThat(empty.json()).contains("\"total_services\":0");
  }

  private static Result result(String name, Status status, String detail) {
    Reading reading =
        new Reading(AT.minusSeconds(30), Duration.ofSeconds(30), Duration.ofMillis(120), 0);
    return new Result(name, status, detail, Optional.of(reading));
  }
}
