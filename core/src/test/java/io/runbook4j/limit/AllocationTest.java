package io.runbook4j.limit;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the limiter allocates, in bytes: exact figures, no matter how fast or busy the machine. */
class AllocationTest {
  private static final int CALLS = 20_000;
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration DAY = Duration.ofDays(1);

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final ManualTime time = new ManualTime(0);

  static Stream<List<Quota>> quotas() {
    return Stream.of(
        List.of(Quota.of(1000, SECOND)),
        List.of(Quota.of(1000, SECOND).exact()),
        List.of(Quota.of(50, SECOND)),
        List.of(Quota.of(1000, SECOND), Quota.of(10_000_000, DAY)),
        List.of(Quota.of(1000, SECOND).exact(), Quota.of(1_000_000, DAY).exact()));
  }

  @ParameterizedTest
  @MethodSource("quotas")
  void tryAcquire_permitted_allocatesNothing(List<Quota> quotas) {
    RateLimiter limiter = limiter(quotas);

    assertThat(leastBytes(() -> hammer(limiter, 1, 100_000_000))).isZero();

    assertThat(limiter.granted()).isPositive();
    assertThat(limiter.denied()).isZero();
  }

  @ParameterizedTest
  @MethodSource("quotas")
  void tryAcquire_weighted_allocatesNothing(List<Quota> quotas) {
    RateLimiter limiter = limiter(quotas);

    assertThat(leastBytes(() -> hammer(limiter, 5, 500_000_000))).isZero();

    assertThat(limiter.granted()).isPositive();
    assertThat(limiter.denied()).isZero();
  }

  @ParameterizedTest
  @MethodSource("quotas")
  void tryAcquire_denied_allocatesNothing(List<Quota> quotas) {
    RateLimiter limiter = limiter(quotas);
    while (limiter.tryAcquire()) {
      assertThat(limiter.granted()).isLessThanOrEqualTo(1000);
    }
    long granted = limiter.granted();

    assertThat(leastBytes(() -> hammer(limiter, 1, 0) + hammer(limiter, 5, 0))).isZero();

    assertThat(limiter.granted()).isEqualTo(granted);
  }

  /** 10,000 a day in so many bytes, whatever is asked of it afterwards. */
  @ParameterizedTest
  @CsvSource({"false,200", "true,120200"})
  void open_tenThousandADay_staysWithinItsBound(boolean exact, long most) {
    Quota quota = exact ? Quota.of(10_000, DAY).exact() : Quota.of(10_000, DAY);

    assertThat(leastBytes(() -> (int) quota.open(0).used(0))).isBetween(24L, most);

    RateLimiter limiter = limiter(List.of(quota));
    assertThat(leastBytes(() -> hammer(limiter, 1, 1_000_000_000) + hammer(limiter, 7, 0)))
        .isZero();
    assertThat(limiter.granted()).isGreaterThan(10_000);
    assertThat(limiter.denied()).isPositive();
  }

  /** The heaviest permits of the largest exact quota, one by one and all at once. */
  @Test
  void take_anyWeight_remembersOneAcquisition() {
    int permits = (int) Quota.MOST_EXACT;
    LogWindow window = new LogWindow(permits, 1000, 0);

    assertThat(window.take(0, permits - 3)).isTrue();
    assertThat(window.acquisitions()).isEqualTo(1);
    assertThat(window.take(1, 2)).isTrue();
    assertThat(window.take(2, 1)).isTrue();

    assertThat(window.acquisitions()).isEqualTo(3);
    assertThat(window.used(2)).isEqualTo(permits);
  }

  private RateLimiter limiter(List<Quota> quotas) {
    return RateLimiter.builder("api", time).quotas(quotas).build();
  }

  private int hammer(RateLimiter limiter, int weight, long stepNanos) {
    int taken = 0;
    for (int i = 0; i < CALLS; i++) {
      taken += limiter.tryAcquire(weight) ? 1 : 0;
      time.advanceNanos(stepNanos);
    }
    return taken;
  }

  /** {@return the bytes of the leanest of some rounds} The JVM itself allocates now and then. */
  private long leastBytes(IntSupplier round) {
    long me = Thread.currentThread().getId();
    long least = Long.MAX_VALUE;
    long results = 0;
    for (int i = 0; i < 5; i++) {
      long before = threads.getThreadAllocatedBytes(me);
      results += round.getAsInt();
      least = Math.min(least, threads.getThreadAllocatedBytes(me) - before);
    }
    assertThat(results).isNotNegative(); // so that no round may be left out
    return least;
  }
}
