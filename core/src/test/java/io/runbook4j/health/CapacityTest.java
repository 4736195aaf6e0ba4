package io.runbook4j.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.runbook4j.health.Capacity.Gauge;
import io.runbook4j.health.Capacity.Outlook;
import io.runbook4j.health.Capacity.Usage;
import io.runbook4j.spi.health.Health.Status;
import io.runbook4j.testkit.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CapacityTest {
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration HOUR = Duration.ofHours(1);

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-11-23T09:00:00Z"));
  private final Capacity capacity = Capacity.over(DAY, time);

  @ParameterizedTest
  @CsvSource({"79.99,false", "80,false", "80.01,true", "100,true", "130,true"})
  void usage_aboveEightyPercent_isAWarning(double used, boolean isWarning) throws Exception {
    capacity.gauge("invocations", 100).record(used);

    assertThat(capacity.usage()).singleElement().returns(isWarning, Usage::isWarning);
    assertThat(capacity.probe().check().status())
        .isEqualTo(isWarning ? Status.DEGRADED : Status.HEALTHY);
  }

  @Test
  void usage_closeToEightyPercent_isNotRoundedToIt() {
    Gauge gauge = capacity.gauge("calls", 10_000);
    gauge.record(7_999);

    assertThat(gauge.usage()).hasToString("calls: 79.99 % of 10000");
  }

  @Test
  void forecast_steadyGrowth_isExact() {
    Gauge gauge = capacity.gauge("calls", 1_000);
    for (int hour = 0; hour <= 6; hour++) {
      gauge.record(100 + 50 * hour);
      time.advance(HOUR);
    }
    Instant lastSample = time.now().minus(HOUR);

    Usage usage = gauge.usage();

    assertThat(usage.forecast().outlook()).isEqualTo(Outlook.GROWING);
    assertThat(usage.forecast().at()).contains(lastSample.plus(12, ChronoUnit.HOURS));
  }

  @ParameterizedTest
  @CsvSource({"2, 10", "9, 10", "12, 12"})
  void forecast_nobodyRecordsForHours_staysUntilItHasPassed(int asked, int met) {
    Instant begin = time.now();
    Gauge gauge = capacity.gauge("calls", 100);
    gauge.record(0);
    time.advance(HOUR);
    gauge.record(10);
    time.advance(HOUR);
    gauge.record(20);

    time.advance(HOUR.multipliedBy(asked - 2));

    assertThat(gauge.usage().forecast().at()).contains(begin.plus(met, ChronoUnit.HOURS));
  }

  @Test
  void forecast_noisyGrowthOfLargeValues_agreesWithTheNormalEquations() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    Gauge gauge = capacity.gauge("bytes", 2e12);
    double n = 0;
    double sumX = 0;
    double sumY = 0;
    double sumXx = 0;
    double sumXy = 0;
    double last = 0;
    for (int i = 0; i < 60; i++) {
      double x = i * 1_200.0;
      last = 1e12 + 3e6 * x + 1e9 * random.nextGaussian();
      gauge.record(last);
      double y = last - 1e12;
      n++;
      sumX += x;
      sumY += y;
      sumXx += x * x;
      sumXy += x * y;
      time.advance(Duration.ofMinutes(20));
    }
    double slope = (n * sumXy - sumX * sumY) / (n * sumXx - sumX * sumX);

    Instant at = gauge.usage().forecast().at().orElseThrow();

    Instant lastSample = time.now().minus(20, ChronoUnit.MINUTES);
    assertThat(Duration.between(lastSample, at).toSeconds() / ((2e12 - last) / slope))
        .as("seed " + seed)
        .isCloseTo(1, within(1e-5));
  }

  @Test
  void forecast_fallingOrFlat_isNever() {
    Gauge falling = capacity.gauge("falling", 1_000);
    Gauge flat = capacity.gauge("flat", 1_000);
    for (int hour = 0; hour < 6; hour++) {
      falling.record(900 - hour);
      flat.record(900);
      time.advance(HOUR);
    }

    assertThat(falling.usage().forecast().outlook()).isEqualTo(Outlook.NEVER);
    assertThat(flat.usage().forecast().outlook()).isEqualTo(Outlook.NEVER);
    assertThat(falling.usage().forecast().at()).isEmpty();
  }

  @Test
  void forecast_farAhead_isNever() {
    Gauge gauge = capacity.gauge("slow", 1e12);
    for (int hour = 0; hour < 6; hour++) {
      gauge.record(hour);
      time.advance(HOUR);
    }

    assertThat(gauge.usage().forecast().outlook()).isEqualTo(Outlook.NEVER);
  }

  @Test
  void forecast_tooFewSamplesOrTooClose_isUnknown() {
    Gauge gauge = capacity.gauge("calls", 1_000);
    gauge.record(1);
    time.advance(HOUR.multipliedBy(3));
    gauge.record(2);
    assertThat(gauge.usage().forecast().outlook()).isEqualTo(Outlook.UNKNOWN);

    Gauge close = capacity.gauge("close", 1_000);
    for (int i = 0; i < 100; i++) {
      close.record(i);
      time.advance(Duration.ofMinutes(1));
    }
    assertThat(close.usage().forecast().outlook()).isEqualTo(Outlook.UNKNOWN);
  }

  @Test
  void forecast_limitReached_isMet() {
    Gauge gauge = capacity.gauge("calls", 10);
    gauge.record(10);

    assertThat(gauge.usage().forecast().outlook()).isEqualTo(Outlook.MET);
    assertThat(gauge.usage()).hasToString("calls: 100.00 % of 10, met");
  }

  @Test
  void forecast_oldSamples_areForgotten() {
    Gauge gauge = capacity.gauge("calls", 10_000);
    for (int hour = 0; hour < 48; hour++) {
      gauge.record(hour < 24 ? 100 * hour : 2_400 - hour);
      time.advance(HOUR);
    }

    assertThat(gauge.usage().forecast().outlook()).isEqualTo(Outlook.NEVER);
    time.advance(DAY);
    assertThat(gauge.usage().forecast().outlook()).isEqualTo(Outlook.UNKNOWN);
  }

  @Test
  void forecast_manySamplesForDays_isOfTheWholeWindow() {
    Gauge gauge = capacity.gauge("calls", 100_000);
    Instant end = time.now().plus(3, ChronoUnit.DAYS);
    double used = 0;
    while (time.now().isBefore(end)) {
      // climbs over each day, with a dip of minutes that a few last samples would take for its end
      used = 10 * Duration.between(end.minus(3, ChronoUnit.DAYS), time.now()).toMinutes();
      gauge.record(time.now().plus(20, ChronoUnit.MINUTES).isAfter(end) ? used - 100 : used);
      time.advance(Duration.ofSeconds(30));
    }

    assertThat(gauge.usage().forecast().outlook()).isEqualTo(Outlook.GROWING);
    assertThat(Duration.between(time.now(), gauge.usage().forecast().at().orElseThrow())
            .toHours())
        .isBetween(90L, 105L);
  }

  @Test
  void reset_quotaThatIsFull_beginsAnew() {
    Gauge gauge = capacity.gauge("daily", 100);
    gauge.record(99);

    gauge.reset();

    assertThat(gauge.usage().used()).isZero();
    assertThat(gauge.usage().forecast().outlook()).isEqualTo(Outlook.UNKNOWN);
  }

  @Test
  void gauge_sameName_isTheSameWithTheNewLimit() {
    capacity.gauge("b", 100).record(50);
    capacity.gauge("a", 1);

    capacity.gauge("b", 50);

    assertThat(capacity.usage()).extracting(Usage::name).containsExactly("a", "b");
    assertThat(capacity.usage().get(1).share()).isEqualTo(1);
  }

  @Test
  void badInput_isRefusedByNameAndValue() {
    Gauge gauge = capacity.gauge("a", 1);

    assertThatThrownBy(() -> gauge.record(Double.NaN))
        .hasMessage("used must be at least 0 and finite, was NaN");
    assertThatThrownBy(() -> gauge.record(-1)).hasMessageEndingWith("was -1.0");
    assertThatThrownBy(() -> capacity.gauge("a", 0))
        .hasMessage("limit must be positive and finite, was 0.0");
    assertThatThrownBy(() -> capacity.gauge("a:b", 1)).hasMessageEndingWith("was \"a:b\"");
    assertThatThrownBy(() -> Capacity.over(Duration.ofMinutes(1), time))
        .hasMessage("window must be at least PT2M, was PT1M");
  }
}
