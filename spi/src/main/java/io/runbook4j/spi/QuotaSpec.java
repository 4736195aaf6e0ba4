package io.runbook4j.spi;

import java.time.Duration;

/**
 * A limit that a service is known to have.
 *
 * @param name names the limiter; quotas of one name are kept together, all at once
 * @param permits how many in any window
 * @param window how long the window is
 */
public record QuotaSpec(String name, long permits, Duration window) {
  /** Checks that both are positive. */
  public QuotaSpec {
    if (permits < 1) {
      throw new IllegalArgumentException("permits must be at least 1, was " + permits);
    }
    if (window.isNegative() || window.isZero()) {
      throw new IllegalArgumentException("window must be positive, was " + window);
    }
  }
}
