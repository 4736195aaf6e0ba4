package io.runbook4j.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Holds windows against a clock that is watched minute by minute for a year: every minute at which
 * something changes, and each seventh of the others.
 */
class RunWindowOracleTest {
  private static final int MINUTES = 366 * 24 * 60;
  private static final int LEAD_IN = 3 * 24 * 60;

  @ParameterizedTest
  @CsvSource({
    "Europe/London, 2026",
    "America/Sao_Paulo, 2018",
    "Asia/Beirut, 2024",
    "Pacific/Apia, 2011",
    "Pacific/Kwajalein, 1993",
    "Pacific/Kwajalein, 1969",
    "America/St_Johns, 2010",
    "Australia/Lord_Howe, 2026",
    "UTC, 2024",
  })
  void isOpen_minutesOfAYear_agreesWithTheWatchedClock(ZoneId zone, int year) {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 4; round++) {
      LocalTime from = anyTime(random);
      LocalTime to = from.plusMinutes(1L + random.nextInt(24 * 60 - 1));
      Set<DayOfWeek> days = anyDays(random);
      RunWindow window = RunWindow.daily(from.toString(), to.toString(), zone)
          .on(days.iterator().next(), days.toArray(DayOfWeek[]::new));
      Instant start = LocalDate.of(year, 1, 1).atStartOfDay(zone).toInstant();

      boolean[] open = watch(start, zone, new Opening(from, to, days, zone));

      assertAgrees(window, start, open, "seed " + seed + ", round " + round + ", " + window);
    }
  }

  private static void assertAgrees(RunWindow window, Instant start, boolean[] open, String hint) {
    int nextOpen = -1;
    int nextClose = -1;
    int closeAfterOpen = -1;
    for (int i = MINUTES - 1; i >= 0; i--) {
      Instant at = start.plus(i, ChronoUnit.MINUTES);
      if (open[i]) {
        nextOpen = i;
        closeAfterOpen = nextClose;
      } else {
        nextClose = i;
      }
      boolean changes =
          (i > 0 && open[i] != open[i - 1]) || (i < MINUTES - 1 && open[i] != open[i + 1]);
      if ((changes || i % 7 == 0) && window.isOpen(at) != open[i]) {
        fail("%s, open at %s must be %s, was not", hint, at, open[i]);
      }
      if (i % 61 == 0 && nextOpen >= 0 && closeAfterOpen >= 0) {
        assertThat(window.nextOpen(at))
            .as("%s, next open after %s", hint, at)
            .isEqualTo(start.plus(nextOpen, ChronoUnit.MINUTES));
        assertThat(window.nextClose(at))
            .as("%s, next close after %s", hint, at)
            .contains(start.plus(closeAfterOpen, ChronoUnit.MINUTES));
      }
    }
  }

  /** Open as soon as the clock has shown the opening time, until it has shown the closing time. */
  private static boolean[] watch(Instant start, ZoneId zone, Opening opening) {
    boolean[] open = new boolean[MINUTES];
    LocalDateTime latest = LocalDateTime.MIN;
    for (int i = -LEAD_IN; i < MINUTES; i++) {
      LocalDateTime shown = LocalDateTime.ofInstant(start.plus(i, ChronoUnit.MINUTES), zone);
      latest = shown.isAfter(latest) ? shown : latest;
      if (i >= 0) {
        open[i] = within(latest, latest.toLocalDate(), opening)
            || within(latest, latest.toLocalDate().minusDays(1), opening);
      }
    }
    return open;
  }

  private static boolean within(LocalDateTime shown, LocalDate day, Opening opening) {
    boolean overMidnight = !opening.to().isAfter(opening.from());
    return opening.days().contains(day.getDayOfWeek())
        && !shown.isBefore(day.atTime(opening.from()))
        && shown.isBefore(day.plusDays(overMidnight ? 1 : 0).atTime(opening.to()));
  }

  private static LocalTime anyTime(Random random) {
    // Half of them near midnight, where the difficult changes are.
    int minute = random.nextBoolean() ? random.nextInt(240) - 60 : random.nextInt(1440);
    return LocalTime.ofSecondOfDay(60L * Math.floorMod(minute, 1440));
  }

  private static Set<DayOfWeek> anyDays(Random random) {
    Set<DayOfWeek> days = EnumSet.allOf(DayOfWeek.class);
    days.removeIf(day -> random.nextInt(3) == 0);
    return days.isEmpty() ? EnumSet.of(DayOfWeek.SUNDAY) : days;
  }
}
