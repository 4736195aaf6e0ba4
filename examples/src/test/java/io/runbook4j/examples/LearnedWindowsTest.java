package io.runbook4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.limit.RateLimiter;
import io.runbook4j.rest.LimitHeaders;
import io.runbook4j.testkit.VirtualTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What core's limiter makes of several windows that a service speaks of in one answer. */
class LearnedWindowsTest {
  private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "RateLimit-Policy | 10;w=1, 50;w=60, 1000;w=3600",
        "RateLimit-Limit | 10, 10;w=1, 1000;w=60, 5000;w=3600",
        "RateLimit-Policy | \"a\";q=10;w=1, \"a\";q=1000;w=60"
      })
  void learn_severalWindows_keepsEachOfThem(String header, String value) {
    RateLimiter limiter =
        RateLimiter.builder("api", VirtualTime.startingAt(NOW)).build();

    LimitHeaders.parse(200, Map.of(header, List.of(value)), NOW).forEach(limiter::learn);

    for (int i = 0; i < 10; i++) {
      assertThat(limiter.tryAcquire()).as("permit " + i).isTrue();
    }
    assertThat(limiter.tryAcquire()).isFalse(); // the clock stands still
  }
}
