package io.runbook4j.spi.alert;

import java.time.Duration;

/** The names that some runbooks use for severities, with the time in which somebody responds. */
public enum Priority {
  /** Critical: complete outage, corrupt data. Response: immediate. */
  P0(Duration.ZERO),
  /** High: a part fails. Response in less than 30 minutes. */
  P1(Duration.ofMinutes(30)),
  /** Medium: errors now and then. Response in less than 2 hours. */
  P2(Duration.ofHours(2)),
  /** Low: minor. Response in less than 24 hours. */
  P3(Duration.ofHours(24));

  private final Duration responseTime;

  Priority(Duration responseTime) {
    this.responseTime = responseTime;
  }

  /** {@return within what time somebody responds; zero is at once} */
  public Duration responseTime() {
    return responseTime;
  }
}
