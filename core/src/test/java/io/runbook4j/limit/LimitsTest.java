package io.runbook4j.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.spi.LimitSignal;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LimitsTest {
  private static final Quota LOOSE = Quota.of(50, Duration.ofSeconds(1));
  private static final Quota TIGHT = Quota.of(5, Duration.ofSeconds(1));

  private final ManualTime time = new ManualTime(0);
  private final Limits limits = Limits.create(time, new Random(1));

  @Test
  void limiter_sameName_isTheSame() {
    RateLimiter open = limits.limiter("b");

    assertThat(limits.limiter("b")).isSameAs(open);
    assertThat(limits.configure("b", List.of(TIGHT))).isSameAs(open);
    assertThat(open.tryAcquire(5)).isTrue();
    assertThat(open.tryAcquire()).isFalse();
  }

  @Test
  void configure_twice_keepsTheTighterInEitherOrder() {
    limits.configure("a", List.of(LOOSE));
    limits.configure("a", List.of(TIGHT));
    limits.configure("b", List.of(TIGHT));
    limits.configure("b", List.of(LOOSE));

    for (RateLimiter limiter : limits.all()) {
      assertThat(limiter.tryAcquire(5)).isTrue();
      assertThat(limiter.tryAcquire()).isFalse();
    }
  }

  @Test
  void configure_equalQuota_keepsWhatIsCounted() {
    RateLimiter limiter = limits.configure("a", List.of(TIGHT, LOOSE));
    limiter.tryAcquire(5);

    limits.configure("a", List.of(LOOSE, TIGHT, TIGHT));

    assertThat(limiter.quotas()).containsExactly(TIGHT, LOOSE);
    assertThat(limiter.tryAcquire()).isFalse();
  }

  @Test
  void all_limiters_areListedByName() {
    limits.limiter("c");
    limits.configure("a", List.of(TIGHT));

    assertThat(limits.all()).extracting(RateLimiter::name).containsExactly("a", "c");
  }

  @Test
  void create_withClosing_handsItOn() {
    Duration second = Duration.ofSeconds(1);
    RateLimiter limiter = Limits.create(
            time, new Random(1), new RateLimiter.Closing(second, second))
        .limiter("a");

    limiter.learn(new LimitSignal.Closed(Duration.ofHours(1)));

    assertThat(limiter.closedFor()).isBetween(second, second.plusMillis(100));
  }
}
