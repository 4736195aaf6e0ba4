package io.runbook4j.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuotaTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @ParameterizedTest
  @CsvSource({"1,true", "63,true", "64,false", "10000,false"})
  void of_permits_isExactOnlyWhereThatIsSmall(long permits, boolean exact) {
    assertThat(Quota.of(permits, SECOND).isExact()).isEqualTo(exact);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, 1_000_000_000_001L})
  void of_permitsOutOfRange_namesTheValue(long permits) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Quota.of(permits, SECOND))
        .withMessage("permits must be 1 to 1000000000000, was " + permits);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT-1S", "P367D"})
  void of_windowOutOfRange_namesTheValue(Duration window) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Quota.of(1, window))
        .withMessageContaining("window must be positive")
        .withMessageEndingWith("was " + window);
  }

  @Test
  void exact_aboveTheBound_saysWhatItCosts() {
    assertThat(Quota.of(Quota.MOST_EXACT, SECOND).exact().isExact()).isTrue();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Quota.of(Quota.MOST_EXACT + 1, SECOND).exact())
        .withMessageContaining("at most 1000000")
        .withMessageContaining("was 1000001");
  }

  @ParameterizedTest
  @CsvSource({"PT1S,PT0.005S", "PT1M,PT0.1S", "P1D,PT0.1S"})
  void margin_default_isAFewThousandthsOfTheWindow(Duration window, Duration margin) {
    assertThat(Quota.of(5, window).margin()).isEqualTo(margin);
  }

  @Test
  void margin_outOfRange_isRefused() {
    Quota quota = Quota.of(5, SECOND);

    assertThat(quota.margin(Duration.ZERO).margin()).isZero();
    assertThatIllegalArgumentException().isThrownBy(() -> quota.margin(Duration.ofSeconds(2)));
    assertThatIllegalArgumentException().isThrownBy(() -> quota.margin(Duration.ofNanos(-1)));
  }

  @Test
  void equals_sameParts_isTrue() {
    assertThat(Quota.of(100, SECOND))
        .isEqualTo(Quota.of(100, SECOND))
        .hasSameHashCodeAs(Quota.of(100, SECOND));
    assertThat(Quota.of(100, SECOND)).isNotEqualTo(Quota.of(100, SECOND).exact());
    assertThat(Quota.of(100, SECOND)).isNotEqualTo(Quota.of(100, SECOND).margin(Duration.ZERO));
    assertThat(Quota.of(100, SECOND)).hasToString("100 in PT1S (paced)");
  }
}
