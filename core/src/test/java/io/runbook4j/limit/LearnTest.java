package io.runbook4j.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.runbook4j.spi.LimitSignal;
import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a limiter makes of what the service says. */
class LearnTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final ManualTime time = new ManualTime(ManualTime.NEAR_WRAP);
  private final RateLimiter limiter =
      RateLimiter.builder("api", time).random(new Random(1)).build();

  /** Never early, rounded up to a millisecond, a little later by chance, and capped. */
  @ParameterizedTest
  @CsvSource({
    "PT30S,PT30S,PT33S",
    "PT0.0000001S,PT0.001S,PT0.0012S",
    "PT0S,PT1S,PT1.1S",
    "PT-5S,PT1S,PT1.1S",
    "PT59M,PT59M,PT59M10S",
    "PT23H,PT23H,PT23H10S",
    "PT48H,PT24H,PT24H10S",
    "PT9999999999999S,PT24H,PT24H10S"
  })
  void closed_delay_isKeptAndJitteredUpward(Duration delay, Duration least, Duration most) {
    limiter.learn(new LimitSignal.Closed(delay));

    assertThat(limiter.closedFor()).isBetween(least, most);
    time.advance(least.minusNanos(1));
    assertThat(limiter.tryAcquire()).isFalse();
    time.advance(most.minus(least).plusNanos(1));
    assertThat(limiter.tryAcquire()).isTrue();
    assertThat(limiter.closedFor()).isZero();
  }

  @Test
  void closed_manyProcesses_doNotComeBackAtOnce() {
    Set<Duration> reopened = new HashSet<>();
    for (int seed = 0; seed < 100; seed++) {
      RateLimiter one =
          RateLimiter.builder("api", time).random(new Random(seed)).build();
      one.learn(new LimitSignal.Closed(Duration.ofHours(2)));
      reopened.add(one.closedFor());
    }

    assertThat(reopened).hasSizeGreaterThan(95);
  }

  @Test
  void closed_shorterAfterLonger_changesNothing() {
    limiter.learn(new LimitSignal.Closed(MINUTE));
    Duration before = limiter.closedFor();

    limiter.learn(new LimitSignal.Closed(SECOND));

    assertThat(limiter.closedFor()).isEqualTo(before);
  }

  @Test
  void closed_ownClosing_isUsed() {
    RateLimiter own = RateLimiter.builder("api", time)
        .closing(new RateLimiter.Closing(Duration.ofSeconds(5), Duration.ofSeconds(20)))
        .build();

    own.learn(new LimitSignal.Closed(Duration.ZERO));
    assertThat(own.closedFor()).isBetween(Duration.ofSeconds(5), Duration.ofMillis(5500));
    own.learn(new LimitSignal.Closed(MINUTE));
    assertThat(own.closedFor()).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(22));
  }

  @Test
  void closing_contradiction_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RateLimiter.Closing(MINUTE, SECOND))
        .withMessageContaining("atMost must be at least PT1M");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RateLimiter.Closing(Duration.ZERO, SECOND))
        .withMessage("unsaid must be positive, was PT0S");
  }

  @Test
  void remaining_untilReset_grantsNoMore() {
    limiter.learn(new LimitSignal.Remaining("burst", 3, MINUTE));

    assertThat(drain()).isEqualTo(3);
    assertThat(limiter.closedFor()).isEqualTo(MINUTE);
    time.advance(MINUTE.minusNanos(1));
    assertThat(drain()).isZero();
    time.advance(Duration.ofNanos(1));
    assertThat(drain()).isEqualTo(1000);
  }

  @Test
  void remaining_weights_leaveWhatIsTooLittle() {
    limiter.learn(new LimitSignal.Remaining("", 3, MINUTE));

    assertThat(limiter.tryAcquire(4)).isFalse();
    assertThat(limiter.tryAcquire(3)).isTrue();
  }

  @Test
  void remaining_sameReset_onlyLowers() {
    limiter.learn(new LimitSignal.Remaining("p", 10, MINUTE));
    limiter.tryAcquire(8);

    time.advance(SECOND);
    limiter.learn(new LimitSignal.Remaining("p", 9, MINUTE)); // does not know of what is on its way
    assertThat(drain()).isEqualTo(2);

    limiter.learn(new LimitSignal.Remaining("q", 5, MINUTE));
    limiter.learn(new LimitSignal.Remaining("q", 0, MINUTE));
    time.advance(MINUTE.minusNanos(1));
    assertThat(drain()).isZero();
  }

  @Test
  void remaining_laterReset_takesTheOldOnesPlace() {
    limiter.learn(new LimitSignal.Remaining("p", 0, Duration.ofSeconds(10)));

    limiter.learn(new LimitSignal.Remaining("p", 7, MINUTE));

    assertThat(drain()).isEqualTo(7);
  }

  /** It was sent before the reset and answered after it, by a service that rounds up. */
  @Test
  void remaining_answerOfBeforeTheReset_holdsUntilItsOwnResetOnly() {
    limiter.learn(new LimitSignal.Remaining("p", 99, MINUTE));

    limiter.learn(new LimitSignal.Remaining("p", 0, SECOND));

    assertThat(limiter.closedFor()).isEqualTo(SECOND);
    assertThat(drain()).isZero();
    time.advance(SECOND);
    assertThat(drain()).isEqualTo(99);
    time.advance(MINUTE.minus(SECOND));
    assertThat(drain()).isEqualTo(1000);
  }

  @Test
  void remaining_severalPolicies_theTightestHolds() {
    limiter.learn(new LimitSignal.Remaining("hour", 5, Duration.ofHours(1)));
    limiter.learn(new LimitSignal.Remaining("minute", 2, MINUTE));

    assertThat(drain()).isEqualTo(2);
    time.advance(MINUTE);
    assertThat(drain()).isEqualTo(3);
  }

  @Test
  void remaining_noReset_saysNothing() {
    limiter.learn(new LimitSignal.Remaining("p", 0, Duration.ZERO));

    assertThat(limiter.tryAcquire()).isTrue();
  }

  @Test
  void remaining_absurdReset_isBelievedForADay() {
    limiter.learn(new LimitSignal.Remaining("p", 0, Duration.ofSeconds(Long.MAX_VALUE)));

    assertThat(limiter.closedFor()).isEqualTo(Duration.ofDays(1));
  }

  @Test
  void policy_tighter_appliesAtOnce() {
    RateLimiter configured = RateLimiter.of("api", time, Quota.of(1000, SECOND));

    configured.learn(new LimitSignal.Policy("p", 5, MINUTE));

    assertThat(drain(configured)).isEqualTo(5);
    time.advance(Duration.ofSeconds(59));
    assertThat(drain(configured)).isZero();
    time.advance(Duration.ofSeconds(2));
    assertThat(drain(configured)).isEqualTo(5);
  }

  @Test
  void policy_looser_neverLoosens() {
    RateLimiter configured = RateLimiter.of("api", time, Quota.of(5, SECOND));

    configured.learn(new LimitSignal.Policy("p", 500, SECOND));
    configured.learn(new LimitSignal.Policy("q", 5, Duration.ofMillis(10)));

    assertThat(drain(configured)).isEqualTo(5);
    assertThat(configured.quotas()).containsExactly(Quota.of(5, SECOND));
  }

  @Test
  void policy_saidAgain_keepsWhatIsCounted() {
    limiter.learn(new LimitSignal.Policy("p", 5, MINUTE));
    limiter.tryAcquire(4);

    time.advance(Duration.ofSeconds(30));
    limiter.learn(new LimitSignal.Policy("p", 5, MINUTE));

    assertThat(drain()).isEqualTo(1);
    time.advance(Duration.ofSeconds(31));
    assertThat(drain()).isEqualTo(4);
  }

  @Test
  void policy_changed_replacesAndKeepsWhatIsCounted() {
    limiter.learn(new LimitSignal.Policy("p", 5, MINUTE));
    limiter.tryAcquire(4);

    limiter.learn(new LimitSignal.Policy("p", 10, MINUTE));

    assertThat(drain()).isEqualTo(6);
  }

  /** The new limit is exact, and would hand out all it has at once. */
  @Test
  void policy_lowered_noWindowHoldsMoreThanTheEarlierLimit() {
    limiter.learn(new LimitSignal.Policy("p", 100, MINUTE));
    int granted = drainFor(MINUTE);

    limiter.learn(new LimitSignal.Policy("p", 50, MINUTE));

    assertThat(granted).isGreaterThan(95);
    assertThat(drain()).as("at once").isLessThanOrEqualTo(3);
    drainFor(MINUTE);
    assertThat(drainFor(MINUTE)).as("a minute later").isBetween(45, 50);
  }

  @Test
  void policy_loweredSoonAfterItWasFirstSaid_goesOnAtOnce() {
    limiter.learn(new LimitSignal.Policy("p", 100_000, Duration.ofDays(1)));
    limiter.tryAcquire();

    limiter.learn(new LimitSignal.Policy("p", 90_000, Duration.ofDays(1)));

    assertThat(limiter.tryAcquire()).isTrue();
  }

  @Test
  void policy_raised_neverWaitsForTheEarlierLimit() {
    limiter.learn(new LimitSignal.Policy("p", 100, MINUTE));
    drainFor(MINUTE);

    limiter.learn(new LimitSignal.Policy("p", 1000, MINUTE));

    assertThat(drainFor(SECOND)).isGreaterThanOrEqualTo(16);
  }

  /** Two endpoints with limits of their own, say, under one name. */
  @Test
  void policy_twoThatTakeTurns_neitherStarvesNorExceedsTheLarger() {
    int granted = 0;
    for (int second = 0; second < 180; second++) {
      limiter.learn(new LimitSignal.Policy("p", second % 2 == 0 ? 100 : 50, MINUTE));
      granted += drainFor(SECOND);
    }

    assertThat(granted).isBetween(150, 300);
  }

  @Test
  void policy_withoutPermits_closesForAWindow() {
    limiter.learn(new LimitSignal.Policy("p", 0, MINUTE));

    assertThat(limiter.closedFor()).isBetween(MINUTE, MINUTE.plusSeconds(6));
  }

  @Test
  void policy_weightAboveIt_countsAsTheWhole() {
    limiter.learn(new LimitSignal.Policy("p", 5, MINUTE));

    assertThat(limiter.tryAcquire(50)).isTrue();
    assertThat(limiter.tryAcquire()).isFalse();
    time.advance(MINUTE.plusSeconds(1));
    assertThat(limiter.tryAcquire(50)).isTrue();
  }

  @Test
  void policy_manyNames_areBounded() {
    limiter.learn(new LimitSignal.Policy("first", 1, Duration.ofDays(1)));
    for (int i = 0; i < 16; i++) {
      limiter.learn(new LimitSignal.Policy("name " + i, 30, MINUTE));
      limiter.learn(new LimitSignal.Remaining("name " + i, 30, MINUTE));
    }

    assertThat(drain()).isEqualTo(30); // the first has made room
  }

  private int drainFor(Duration length) {
    int granted = 0;
    for (long left = length.toMillis(); left > 0; left -= 10) {
      granted += drain();
      time.advance(Duration.ofMillis(10));
    }
    return granted;
  }

  private int drain() {
    return drain(limiter);
  }

  private static int drain(RateLimiter from) {
    int granted = 0;
    while (granted < 1000 && from.tryAcquire()) {
      granted++;
    }
    return granted;
  }
}
