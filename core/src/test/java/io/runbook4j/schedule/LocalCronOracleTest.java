package io.runbook4j.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Holds expressions against a clock that is watched minute by minute for a year: a time comes when
 * the clock shows it, or jumps over it, for the first time.
 */
class LocalCronOracleTest {
  private static final int MINUTES = 366 * 24 * 60;

  @ParameterizedTest
  @CsvSource({
    "Europe/London, 2026",
    "America/Sao_Paulo, 2018",
    "Asia/Beirut, 2024",
    "Pacific/Apia, 2011",
    "Australia/Lord_Howe, 2026",
    "UTC, 2024",
  })
  void after_minutesOfAYear_agreesWithTheWatchedClock(ZoneId zone, int year) {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 6; round++) {
      Fields fields = Fields.any(random);
      LocalCron cron = LocalCron.parse(fields.text(), zone);
      Instant start = LocalDate.of(year, 1, 1).atStartOfDay(zone).toInstant();
      String hint = "seed " + seed + ", round " + round + ", " + cron;

      boolean[] comes = watch(start, zone, fields);

      assertAgrees(cron, start, comes, hint);
    }
  }

  private static void assertAgrees(LocalCron cron, Instant start, boolean[] comes, String hint) {
    int next = -1;
    int seen = 0;
    for (int i = MINUTES - 1; i >= 0; i--) {
      boolean isEvent = comes[i] || (i + 1 < MINUTES && comes[i + 1]);
      if (next >= 0 && (i % 4_001 == 0 || (isEvent && seen++ < 400))) {
        Instant at = start.plus(i, ChronoUnit.MINUTES);
        assertThat(cron.after(at))
            .as("after " + at + ", " + hint)
            .contains(start.plus(next, ChronoUnit.MINUTES));
      }
      next = comes[i] ? i : next;
    }
  }

  private static boolean[] watch(Instant start, ZoneId zone, Fields fields) {
    boolean[] comes = new boolean[MINUTES];
    LocalDateTime highest = LocalDateTime.ofInstant(start, zone).minusMinutes(1);
    for (int i = 0; i < MINUTES; i++) {
      LocalDateTime shown = LocalDateTime.ofInstant(start.plus(i, ChronoUnit.MINUTES), zone);
      while (highest.isBefore(shown)) {
        highest = highest.plusMinutes(1);
        comes[i] |= fields.match(highest);
      }
    }
    return comes;
  }

  /** An expression, and what it means, without the help of a library. */
  private record Fields(Field minute, Field hour, Field day, Field month, Field weekday) {
    static Fields any(Random random) {
      boolean byDay = random.nextBoolean();
      boolean byWeekday = random.nextInt(3) > 0;
      return new Fields(
          Field.any(random, 0, 59),
          random.nextInt(3) == 0 ? Field.all(0, 23) : Field.any(random, 0, 5),
          byDay ? Field.any(random, 1, 28) : Field.all(1, 31),
          random.nextBoolean() ? Field.all(1, 12) : Field.any(random, 1, 12),
          byWeekday ? Field.any(random, 0, 6) : Field.all(0, 6));
    }

    String text() {
      return minute.text + " " + hour.text + " " + day.text + " " + month.text + " " + weekday.text;
    }

    boolean match(LocalDateTime at) {
      boolean onDay = day.has[at.getDayOfMonth()];
      boolean onWeekday = weekday.has[at.getDayOfWeek().getValue() % 7];
      boolean either = !day.isAll() && !weekday.isAll();
      return minute.has[at.getMinute()]
          && hour.has[at.getHour()]
          && month.has[at.getMonthValue()]
          && (either ? onDay || onWeekday : onDay && onWeekday);
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // compared by its elements only
  private record Field(String text, boolean[] has) {
    boolean isAll() {
      return text.equals("*");
    }

    static Field all(int least, int most) {
      boolean[] has = new boolean[60];
      Arrays.fill(has, least, most + 1, true);
      return new Field("*", has);
    }

    static Field any(Random random, int least, int most) {
      boolean[] has = new boolean[60];
      if (random.nextBoolean()) {
        int from = least + random.nextInt(most - least + 1);
        int to = from + random.nextInt(most - from + 1);
        Arrays.fill(has, from, to + 1, true);
        return new Field(from == to ? "" + from : from + "-" + to, has);
      }
      int[] chosen = random
          .ints(1 + random.nextInt(3), least, most + 1)
          .distinct()
          .sorted()
          .toArray();
      Arrays.stream(chosen).forEach(value -> has[value] = true);
      return new Field(
          Arrays.stream(chosen).mapToObj(String::valueOf).collect(Collectors.joining(",")), has);
    }
  }
}
