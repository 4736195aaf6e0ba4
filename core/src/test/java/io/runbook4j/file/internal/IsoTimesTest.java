package io.runbook4j.file.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IsoTimesTest {
  private static final long YEAR_10_000 = 253_402_300_800L;
  private static final int[] UNITS = {1, 1_000, 1_000_000, 500_000_000, 1_000_000_000};

  @Test
  void instant_anyThatIsWritten_isRead() {
    long seed = 20_261_126;
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 20_000; i++) {
      int unit = UNITS[random.nextInt(UNITS.length)];
      Instant instant = Instant.ofEpochSecond(
          random.nextLong(-YEAR_10_000, 2 * YEAR_10_000),
          random.nextInt(1_000_000_000) / unit * (long) unit);

      assertThat(IsoTimes.instant(instant.toString())).as("seed " + seed).isEqualTo(instant);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2024-02-29T23:59:59.999999999Z",
        "2026-11-26T18:41:55.1Z",
        "2026-11-26T18:41:55.Z",
        "2026-11-26T24:00:00Z",
        "2026-11-26T23:59:60Z",
        "2026-11-26T18:41:55+01:00",
        "2026-11-26t18:41:55z",
        "1969-12-31T23:59:59.000000001Z",
        "+12026-11-26T18:41:55Z"
      })
  void instant_unusual_isReadAsTheJdkReadsIt(String text) {
    assertThat(IsoTimes.instant(text)).isEqualTo(Instant.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Z",
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-11-26T18:60:00Z",
        "2026-11-26T18:41:61Z",
        "2026-11-26T18:41:55.1234567890Z",
        "2026-11-26T18:41:5xZ",
        "2026-11-26T18:41:55,1Z",
        "2026-11-26T18:41:55"
      })
  void instant_none_isRefused(String text) {
    assertThatThrownBy(() -> IsoTimes.instant(text)).isInstanceOf(DateTimeException.class);
  }

  @Test
  void duration_anyThatIsWritten_isRead() {
    long seed = 20_261_126;
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 20_000; i++) {
      int unit = UNITS[random.nextInt(UNITS.length)];
      Duration duration = Duration.ofSeconds(
          random.nextLong(-100, random.nextInt(1, 100_000)),
          random.nextInt(1_000_000_000) / unit * (long) unit);

      assertThat(IsoTimes.duration(duration.toString())).as("seed " + seed).isEqualTo(duration);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT-0.5S", "P1DT1S", "PT12345678901S", "PT1H", "pt1s", "PT.5S"})
  void duration_unusual_isReadAsTheJdkReadsIt(String text) {
    assertThat(parsed(() -> IsoTimes.duration(text))).isEqualTo(parsed(() -> Duration.parse(text)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "S", "PTS", "PT.S", "PT1.2.3S", "PT1.1234567890S", "PT1", "1S"})
  void duration_none_isRefused(String text) {
    assertThatThrownBy(() -> IsoTimes.duration(text)).isInstanceOf(DateTimeException.class);
  }

  private static Object parsed(java.util.function.Supplier<Duration> parser) {
    try {
      return parser.get();
    } catch (DateTimeException e) {
      return "refused";
    }
  }
}
