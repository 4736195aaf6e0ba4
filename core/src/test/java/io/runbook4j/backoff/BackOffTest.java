package io.runbook4j.backoff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackOffTest {
  private static final long SEED = 20_261_123L;
  private static final BackOff SECONDS =
      BackOff.between(Duration.ofSeconds(1), Duration.ofSeconds(100));

  @ParameterizedTest
  @CsvSource({
    "1, 1000, 1250",
    "2, 1500, 2500",
    "3, 3000, 5000",
    "7, 48000, 80000",
    "8, 75000, 100000",
    "9, 75000, 100000",
    "2147483647, 75000, 100000"
  })
  void delay_manyDraws_fillTheBandAndStayInIt(int attempt, long lowMillis, long highMillis) {
    long[] millis = draws(SECONDS, attempt);

    long tenth = (highMillis - lowMillis) / 10;
    assertThat(LongStream.of(millis).min().orElseThrow())
        .as("seed %d", SEED)
        .isBetween(lowMillis, lowMillis + tenth);
    assertThat(LongStream.of(millis).max().orElseThrow())
        .as("seed %d", SEED)
        .isBetween(highMillis - tenth, highMillis);
    assertThat(LongStream.of(millis).average().orElseThrow())
        .as("seed %d", SEED)
        .isBetween(lowMillis + 4.5 * tenth, lowMillis + 5.5 * tenth);
  }

  @Test
  void delay_atTheCap_isHardlyEverTheSameTwice() {
    BackOff backOff = BackOff.between(Duration.ofMinutes(2), Duration.ofMinutes(5));
    RandomGenerator random = new Random(SEED);

    long distinct = LongStream.range(0, 1_000)
        .map(i -> backOff.delay(50, random).toNanos())
        .distinct()
        .count();

    assertThat(distinct).as("seed %d", SEED).isGreaterThan(990);
  }

  @Test
  void delay_equalBounds_isThatLong() {
    BackOff backOff = BackOff.between(Duration.ofSeconds(3), Duration.ofSeconds(3));

    assertThat(backOff.delay(1, new Random(SEED))).isEqualTo(Duration.ofSeconds(3));
    assertThat(backOff.delay(99, new Random(SEED))).isEqualTo(Duration.ofSeconds(3));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 25, 54, 55, 62, 63, 64, 65, 66, 1000, Integer.MAX_VALUE})
  void delay_widestBounds_neverOverflows(int attempt) {
    BackOff backOff = BackOff.between(Duration.ofNanos(1), Duration.ofDays(365));

    assertThat(backOff.delay(attempt, new Random(SEED)))
        .isBetween(Duration.ofNanos(1), Duration.ofDays(365));
  }

  @Test
  void delay_lateAttempt_isNearTheCapHoweverSmallTheMinimum() {
    BackOff backOff = BackOff.between(Duration.ofNanos(1), Duration.ofDays(365));

    assertThat(backOff.delay(64, new Random(SEED))).isGreaterThanOrEqualTo(Duration.ofDays(273));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void delay_attemptBelowOne_isRefused(int attempt) {
    assertThatThrownBy(() -> SECONDS.delay(attempt, new Random(SEED)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("attempt must be at least 1, was " + attempt);
  }

  @Test
  void of_resilience4jSchedule_givesItsDelays() {
    BackOff backOff = BackOff.of(IntervalFunction.ofExponentialBackoff(100, 2));

    assertThat(backOff.delay(1, new Random(SEED))).isEqualTo(Duration.ofMillis(100));
    assertThat(backOff.delay(3, new Random(SEED))).isEqualTo(Duration.ofMillis(400));
  }

  @Test
  void of_scheduleWithAnEndlessDelay_isCutToAYear() {
    BackOff backOff = BackOff.of(attempt -> Long.MAX_VALUE);

    assertThat(backOff.delay(1, new Random(SEED))).isEqualTo(Duration.ofDays(365));
  }

  @Test
  void of_scheduleWithNegativeDelay_isRefusedWhenAsked() {
    BackOff backOff = BackOff.of(attempt -> -5L);

    assertThatThrownBy(() -> backOff.delay(2, new Random(SEED)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("for attempt 2 must be at least 0 ms, was -5");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PT0S | PT1S | min must be positive, was PT0S",
        "PT-1S | PT1S | min must be positive, was PT-1S",
        "PT2S | PT1S | max must be at least min (PT2S), was PT1S",
        "PT2S | PT8761H | max must be at most 365 days, was PT8761H",
      })
  void between_badBounds_areRefused(Duration min, Duration max, String message) {
    assertThatThrownBy(() -> BackOff.between(min, max))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PT2M | PT5M | 2 to 5 minutes, doubling, jittered",
        "PT1S | PT5M | 1 second to 5 minutes, doubling, jittered",
        "PT0.5S | PT1M | 500 milliseconds to 1 minute, doubling, jittered",
        "PT90S | PT90S | 90 seconds each time",
      })
  void toString_bounds_readLikeASentence(Duration min, Duration max, String text) {
    assertThat(BackOff.between(min, max)).hasToString(text);
  }

  @Test
  void equals_sameBounds_isEqual() {
    assertThat(BackOff.between(Duration.ofSeconds(1), Duration.ofSeconds(100)))
        .isEqualTo(SECONDS)
        .hasSameHashCodeAs(SECONDS)
        .isNotEqualTo(BackOff.between(Duration.ofSeconds(1), Duration.ofSeconds(99)));
  }

  private static long[] draws(BackOff backOff, int attempt) {
    RandomGenerator random = new Random(SEED);
    return LongStream.range(0, 5_000)
        .map(i -> backOff.delay(attempt, random).toMillis())
        .toArray();
  }
}
