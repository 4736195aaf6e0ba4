package io.runbook4j.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaintenanceTaskTest {
  private static final Instant MONDAY = Instant.parse("2026-11-23T09:00:00Z");

  @Test
  void runbook_nextThreeTimes_areTheRunbooks() {
    Map<String, String> due = MaintenanceTask.runbook().stream()
        .collect(Collectors.toMap(
            MaintenanceTask::name,
            task -> Stream.iterate(task.dueAfter(MONDAY), task::dueAfter)
                .limit(3)
                .map(at -> at.toString().substring(0, 16))
                .collect(Collectors.joining(" "))));

    assertThat(due)
        .isEqualTo(Map.of(
            "cookie-rotation", "2026-11-24T09:00 2026-12-01T09:00 2026-12-08T09:00",
            "token-refresh-check", "2026-11-30T09:00 2026-12-07T09:00 2026-12-14T09:00",
            "drift-check", "2026-11-30T09:00 2026-12-07T09:00 2026-12-14T09:00",
            "dependency-audit", "2026-12-01T09:00 2027-01-01T09:00 2027-02-01T09:00",
            "webhook-secret-rotation", "2026-12-01T09:00 2027-01-01T09:00 2027-02-01T09:00",
            "encryption-key-rotation", "2027-01-01T09:00 2027-04-01T09:00 2027-07-01T09:00",
            "oauth-secret-rotation", "2027-01-01T09:00 2027-07-01T09:00 2028-01-01T09:00"));
  }

  @ParameterizedTest
  @CsvSource({
    // 01:00 is put forward to 02:00: the moment itself
    "30 1 * * *, 2026-03-28T12:00:00Z, 2026-03-29T01:00:00Z",
    // 02:00 is put back to 01:00: the first of the two, and not again
    "30 1 * * *, 2026-10-24T12:00:00Z, 2026-10-25T00:30:00Z",
    "30 1 * * *, 2026-10-25T00:30:00Z, 2026-10-26T01:30:00Z",
    "30 1 * * *, 2026-10-25T01:00:00Z, 2026-10-26T01:30:00Z",
    // nine in London is eight in UTC in summer
    "0 9 * * TUE, 2026-07-01T00:00:00Z, 2026-07-07T08:00:00Z",
    "0 9 * * TUE, 2026-12-01T09:00:00Z, 2026-12-08T09:00:00Z",
  })
  void dueAfter_clockThatChanges_isByTheZonesClock(String cron, Instant after, Instant due) {
    MaintenanceTask task = MaintenanceTask.of("t", cron, ZoneId.of("Europe/London"));

    assertThat(task.dueAfter(after)).isEqualTo(due);
  }

  @ParameterizedTest
  @CsvSource({
    "0 9 * *, five fields minute",
    "61 * * * *, five fields minute",
    "0 9 * * TUESDAYS, five fields minute",
    "0 0 30 2 *, must name a time that comes",
    "'', five fields minute",
  })
  void of_wrongCron_isRefusedByNameAndValue(String cron, String problem) {
    assertThatThrownBy(() -> MaintenanceTask.of("t", cron, ZoneOffset.UTC))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("cron must ")
        .hasMessageContaining(problem)
        .hasMessageContaining("was \"" + cron + "\"");
  }

  @Test
  void of_wrongNameOrGrace_isRefused() {
    assertThatThrownBy(() -> MaintenanceTask.of("Cookie Rotation", "0 9 * * *", ZoneOffset.UTC))
        .hasMessageEndingWith("(at most 64), was \"Cookie Rotation\"");
    assertThatThrownBy(() -> MaintenanceTask.cookieRotation().grace(Duration.ofHours(-1)))
        .hasMessage("grace must be at least 0, was PT-1H");
  }

  @Test
  void runbook_namesAndInstructions_areThere() {
    assertThat(MaintenanceTask.runbook())
        .allSatisfy(task -> assertThat(task.instructions()).isNotBlank())
        .extracting(MaintenanceTask::grace)
        .containsOnly(Duration.ofDays(1));
    assertThat(Arrays.asList(MaintenanceTask.cookieRotation().toString()))
        .containsExactly("cookie-rotation (0 9 * * TUE Z)");
  }
}
