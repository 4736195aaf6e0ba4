package io.runbook4j.spi.health;

import java.time.Duration;
import java.util.Objects;

/**
 * What a probe found.
 *
 * @param status how the service is
 * @param latency how long the answer took
 * @param detail what was seen, for a person; never with a secret
 */
public record Health(Status status, Duration latency, String detail) {
  /** Checks that nothing is missing. */
  public Health {
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(latency, "latency");
    Objects.requireNonNull(detail, "detail");
  }

  /** How a service is. */
  public enum Status {
    /** It answers as it should. */
    HEALTHY,
    /** It answers, and something is amiss. */
    DEGRADED,
    /** It does not answer, or says that it cannot serve. */
    UNHEALTHY
  }
}
