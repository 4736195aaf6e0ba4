package io.runbook4j.schedule;

import static java.time.DayOfWeek.FRIDAY;
import static java.time.DayOfWeek.MONDAY;
import static java.time.DayOfWeek.SATURDAY;
import static java.time.DayOfWeek.SUNDAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunWindowTest {
  private static final ZoneId LONDON = ZoneId.of("Europe/London");
  private static final RunWindow NIGHT = RunWindow.daily("22:00", "06:00", LONDON);

  @Test
  void always_anyInstant_isOpenAndNeverCloses() {
    RunWindow window = RunWindow.always();

    assertThat(window.isOpen(Instant.EPOCH)).isTrue();
    assertThat(window.nextOpen(Instant.EPOCH)).isEqualTo(Instant.EPOCH);
    assertThat(window.nextClose(Instant.EPOCH)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "2026-01-05T21:59:59.999999999Z, false", "2026-01-05T22:00:00Z, true",
    "2026-01-06T05:59:59.999999999Z, true", "2026-01-06T06:00:00Z, false",
    "2026-07-06T20:59:59Z, false", "2026-07-06T21:00:00Z, true",
  })
  void isOpen_windowOverMidnight_includesItsOpeningAndNotItsClosing(Instant at, boolean open) {
    assertThat(NIGHT.isOpen(at)).isEqualTo(open);
  }

  @Test
  void nextOpen_closed_isTheNextOpening() {
    assertThat(NIGHT.nextOpen(Instant.parse("2026-01-05T12:00:00Z")))
        .isEqualTo("2026-01-05T22:00:00Z");
  }

  @Test
  void nextOpen_open_isTheInstantItself() {
    Instant at = Instant.parse("2026-01-05T23:00:00.000000001Z");

    assertThat(NIGHT.nextOpen(at)).isEqualTo(at);
  }

  @ParameterizedTest
  @CsvSource({"2026-01-05T12:00:00Z", "2026-01-05T23:00:00Z", "2026-01-06T06:00:00Z"})
  void nextClose_anyInstant_isTheEndOfTheOpenOrNextWindow(Instant at) {
    String expected = at.isBefore(Instant.parse("2026-01-06T06:00:00Z"))
        ? "2026-01-06T06:00:00Z"
        : "2026-01-07T06:00:00Z";

    assertThat(NIGHT.nextClose(at)).contains(Instant.parse(expected));
  }

  @ParameterizedTest(name = "{0}: {1} to {2} opens {4}, closes {5}")
  @CsvSource({
    // clocks put forward at 01:00 local
    "Europe/London, 01:30, 04:00, 2026-03-29T00:00:00Z, 2026-03-29T01:00:00Z, 2026-03-29T03:00:00Z",
    "Europe/London, 22:00, 01:30, 2026-03-28T12:00:00Z, 2026-03-28T22:00:00Z, 2026-03-29T01:00:00Z",
    // both times left out: the next day's
    "Europe/London, 01:10, 01:50, 2026-03-29T00:00:00Z, 2026-03-30T00:10:00Z, 2026-03-30T00:50:00Z",
    // clocks put back at 02:00 local: the first time counts
    "Europe/London, 01:30, 04:00, 2026-10-24T12:00:00Z, 2026-10-25T00:30:00Z, 2026-10-25T04:00:00Z",
    "Europe/London, 22:00, 01:30, 2026-10-24T12:00:00Z, 2026-10-24T21:00:00Z, 2026-10-25T00:30:00Z",
    // midnight does not exist
    "America/Sao_Paulo, 00:00, 06:00, 2018-11-03T12:00:00Z, 2018-11-04T03:00:00Z, 2018-11-04T08:00:00Z",
    "America/Sao_Paulo, 00:30, 06:00, 2018-11-03T12:00:00Z, 2018-11-04T03:00:00Z, 2018-11-04T08:00:00Z",
    "America/Sao_Paulo, 18:00, 24:00, 2018-11-03T12:00:00Z, 2018-11-03T21:00:00Z, 2018-11-04T03:00:00Z",
    "Asia/Beirut, 00:00, 01:30, 2024-03-30T12:00:00Z, 2024-03-30T22:00:00Z, 2024-03-30T22:30:00Z",
    // 23:00 to 24:00 comes twice
    "America/Sao_Paulo, 23:30, 01:00, 2018-02-17T12:00:00Z, 2018-02-18T01:30:00Z, 2018-02-18T04:00:00Z",
    // one minute past midnight, back to the evening before
    "America/St_Johns, 00:00, 01:00, 2010-11-06T12:00:00Z, 2010-11-07T02:30:00Z, 2010-11-07T04:30:00Z",
    // 2011-12-30 does not exist
    "Pacific/Apia, 22:00, 06:00, 2011-12-30T00:00:00Z, 2011-12-30T08:00:00Z, 2011-12-30T16:00:00Z",
    "Pacific/Apia, 08:00, 17:00, 2011-12-30T08:00:00Z, 2011-12-30T18:00:00Z, 2011-12-31T03:00:00Z",
  })
  void nextOpen_clockChanges_opensAndClosesWhenTheTimeIsReached(
      ZoneId zone, String from, String to, Instant at, Instant opens, Instant closes) {
    RunWindow window = RunWindow.daily(from, to, zone);

    assertThat(window.nextOpen(at)).isEqualTo(opens);
    assertThat(window.nextClose(at)).contains(closes);
  }

  @Test
  void on_windowOverMidnight_belongsToTheDayOnWhichItOpens() {
    RunWindow window = NIGHT.on(FRIDAY);

    assertThat(window.isOpen(utc("2026-01-02T23:00"))).isTrue();
    assertThat(window.isOpen(utc("2026-01-03T05:00"))).isTrue();
    assertThat(window.isOpen(utc("2026-01-03T23:00"))).isFalse();
    assertThat(window.isOpen(utc("2026-01-02T05:00"))).isFalse();
    assertThat(window.nextOpen(utc("2026-01-03T06:00"))).isEqualTo("2026-01-09T22:00:00Z");
  }

  @Test
  void or_wholeWeekend_closesOnMonday() {
    RunWindow window = NIGHT.or(RunWindow.daily("00:00", "24:00", LONDON).on(SATURDAY, SUNDAY));

    assertThat(window.nextClose(utc("2026-01-02T22:30"))).contains(utc("2026-01-05T06:00"));
  }

  @Test
  void or_windowsThatCoverTheDay_neverClose() {
    RunWindow window =
        RunWindow.daily("00:00", "12:00", LONDON).or(RunWindow.daily("12:00", "24:00", LONDON));

    assertThat(window.nextClose(utc("2026-01-02T22:30"))).isEmpty();
  }

  @Test
  void or_windowsOfTwoZonesThatTouchInWinter_closeWhenTheClockChanges() {
    RunWindow window = RunWindow.daily("00:00", "12:00", LONDON)
        .or(RunWindow.daily("12:00", "24:00", ZoneOffset.UTC));

    assertThat(window.nextClose(utc("2026-01-02T22:30"))).contains(utc("2026-03-29T11:00"));
  }

  @Test
  void or_always_isAlways() {
    assertThat(NIGHT.or(RunWindow.always())).isEqualTo(RunWindow.always());
    assertThat(RunWindow.always().or(NIGHT)).isEqualTo(RunWindow.always());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "9:00 | 10:00 | from must be a time of day as HH:mm, was \"9:00\"",
        "24:00 | 10:00 | from must be a time of day as HH:mm, was \"24:00\"",
        "09:00 | 25:00 | to must be a time of day as HH:mm or 24:00, was \"25:00\"",
        "09:00 | noon | to must be a time of day as HH:mm or 24:00, was \"noon\"",
        "09:00 | 09:00 | to must be other than from (09:00; the whole day is 00:00 to 24:00),"
            + " was 09:00",
      })
  void daily_badTimes_areRefused(String from, String to, String message) {
    assertThatThrownBy(() -> RunWindow.daily(from, to, LONDON))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void on_always_isRefused() {
    assertThatThrownBy(() -> RunWindow.always().on(MONDAY))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("must have a zone")
        .hasMessageEndingWith("was always");
  }

  @Test
  void on_noDayLeft_isRefused() {
    assertThatThrownBy(() -> NIGHT.on(MONDAY).on(FRIDAY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("days must include one on which the window opens [MONDAY], was [FRIDAY]");
  }

  @Test
  void toString_window_readsLikeASentence() {
    assertThat(RunWindow.always()).hasToString("always");
    assertThat(NIGHT).hasToString("22:00 to 06:00 Europe/London");
    assertThat(NIGHT
            .on(MONDAY, FRIDAY)
            .or(RunWindow.daily("00:00", "24:00", LONDON).on(SUNDAY)))
        .hasToString(
            "22:00 to 06:00 Europe/London on Mon, Fri" + " or 00:00 to 24:00 Europe/London on Sun");
  }

  @Test
  void equals_sameTimes_isEqual() {
    assertThat(RunWindow.daily("22:00", "06:00", LONDON))
        .isEqualTo(NIGHT)
        .hasSameHashCodeAs(NIGHT)
        .isNotEqualTo(NIGHT.on(MONDAY));
  }

  private static Instant utc(String local) {
    return LocalDateTime.parse(local).toInstant(ZoneOffset.UTC);
  }
}
