package io.runbook4j.limit;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AllocationTest {
  private static final int CALLS = 50_000;
  private static final Duration SECOND = Duration.ofSeconds(1);

  static Stream<List<Quota>> quotas() {
    return Stream.of(
        List.of(Quota.of(1000, SECOND)),
        List.of(Quota.of(50, SECOND)),
        List.of(Quota.of(1000, SECOND), Quota.of(10_000_000, Duration.ofDays(1))));
  }

  @ParameterizedTest
  @MethodSource("quotas")
  void tryAcquire_grantedOrDenied_allocatesNothing(List<Quota> quotas) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long me = Thread.currentThread().getId();
    ManualTime time = new ManualTime(0);
    RateLimiter limiter = RateLimiter.builder("api", time).quotas(quotas).build();
    hammer(limiter, time);
    threads.getThreadAllocatedBytes(me);

    long before = threads.getThreadAllocatedBytes(me);
    hammer(limiter, time);
    long after = threads.getThreadAllocatedBytes(me);

    assertThat(limiter.granted()).isPositive();
    assertThat(limiter.denied()).isPositive();
    // one object in every hundredth call would be more than this
    assertThat(after - before).isLessThan(CALLS / 100 * 16);
  }

  private static void hammer(RateLimiter limiter, ManualTime time) {
    for (int i = 0; i < CALLS; i++) {
      limiter.tryAcquire();
      limiter.tryAcquire(1 + (i & 3));
      time.advanceNanos(700_000);
    }
  }
}
