package io.runbook4j.spi;

import java.time.Duration;

/** What a service said about its limit. */
public sealed interface LimitSignal {
  /**
   * Nothing more for a time: {@code Retry-After}, or a 429 without one.
   *
   * @param delay from now; zero if the service did not say how long
   */
  record Closed(Duration delay) implements LimitSignal {}

  /**
   * So much is left: {@code RateLimit: "name";r=50;t=30} or {@code X-RateLimit-Remaining} with
   * {@code -Reset}.
   *
   * @param policy the policy's name; empty if it has none
   * @param remaining how many permits are left; at least 0
   * @param reset from now until there are more
   */
  record Remaining(String policy, long remaining, Duration reset) implements LimitSignal {}

  /**
   * The limit itself: {@code RateLimit-Policy: "name";q=100;w=60}.
   *
   * @param policy the policy's name; empty if it has none
   * @param permits how many in a window; at least 0
   * @param window how long it is
   */
  record Policy(String policy, long permits, Duration window) implements LimitSignal {}
}
