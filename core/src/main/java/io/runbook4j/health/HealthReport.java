package io.runbook4j.health;

import io.runbook4j.spi.health.Health.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How everything that was asked is. Immutable.
 *
 * @param at when the report was made
 * @param results one for each part, in the order in which they were named
 */
public record HealthReport(Instant at, List<Result> results) {
  /** The media type of {@link #healthJson}. */
  public static final String HEALTH_JSON = "application/health+json";

  /** Copies the list. */
  public HealthReport {
    Objects.requireNonNull(at, "at");
    results = List.copyOf(results);
  }

  /**
   * What is known of one part.
   *
   * @param name the part's
   * @param status how it is
   * @param detail why, for a person; redacted, at most 500 characters
   * @param reading what the last answer was; empty before the first
   */
  public record Result(String name, Status status, String detail, Optional<Reading> reading) {}

  /**
   * An answer.
   *
   * @param at when it came
   * @param age how long ago that is, by a clock that does not step
   * @param latency how long it took
   * @param failures how many answers in a row, this one included, were {@link Status#UNHEALTHY}; 3
   *     are critical by the runbook
   */
  public record Reading(Instant at, Duration age, Duration latency, long failures) {}

  /** {@return the worst status of all parts} */
  public Status status() {
    return results.stream()
        .map(Result::status)
        .reduce(Status.HEALTHY, (a, b) -> a.compareTo(b) < 0 ? b : a);
  }

  /** {@return what an HTTP endpoint answers: 200 if healthy or degraded, 503 if unhealthy} */
  public int httpStatus() {
    return status() == Status.UNHEALTHY ? 503 : 200;
  }

  /**
   * {@return the report as {@code application/health+json}, see <a
   * href="https://datatracker.ietf.org/doc/html/draft-inadarei-api-health-check-06">the draft</a>
   * (which expired in 2022 and is no standard)} A healthy part says nothing but its time and
   * latency.
   */
  public String healthJson() {
    return HealthJson.draft(this);
  }

  /**
   * {@return the report as {@code application/json}, in the shape that the runbook's service
   * answers: {@code status}, {@code timestamp}, {@code services} and a {@code summary} that counts
   * them}
   */
  public String json() {
    return HealthJson.runbook(this);
  }
}
