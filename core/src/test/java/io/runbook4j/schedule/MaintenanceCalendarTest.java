package io.runbook4j.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runbook4j.schedule.MaintenanceCalendar.Done;
import io.runbook4j.schedule.MaintenanceCalendar.State;
import io.runbook4j.schedule.MaintenanceCalendar.Status;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.testkit.VirtualTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MaintenanceCalendarTest {
  private static final String COOKIES = "cookie-rotation";
  private static final Instant TUESDAY = Instant.parse("2026-11-24T09:00:00Z");
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration WEEK = Duration.ofDays(7);

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-11-23T08:00:00Z"));
  private final List<Alert> received = new ArrayList<>();

  @TempDir
  Path folder;

  private Path file;
  private final List<MaintenanceCalendar> opened = new ArrayList<>();

  @BeforeEach
  void nameTheFile() {
    file = folder.resolve("state").resolve("calendar.json");
  }

  @Test
  void status_beforeAtAndAfterTheDueTime_isScheduledDueOverdue() {
    MaintenanceCalendar calendar = open();

    assertThat(only(calendar).state()).isEqualTo(State.SCHEDULED);
    assertThat(only(calendar).due()).isEqualTo(TUESDAY);
    until(TUESDAY.minusNanos(1));
    assertThat(only(calendar).state()).isEqualTo(State.SCHEDULED);
    until(TUESDAY);
    assertThat(only(calendar).state()).isEqualTo(State.DUE);
    until(TUESDAY.plus(DAY).minusNanos(1));
    assertThat(only(calendar).state()).isEqualTo(State.DUE);
    until(TUESDAY.plus(DAY));
    assertThat(only(calendar).state()).isEqualTo(State.OVERDUE);
    until(TUESDAY.plus(WEEK).plus(WEEK));
    assertThat(only(calendar).due()).isEqualTo(TUESDAY);
  }

  @Test
  void done_due_isRecordedAndScheduledAnew() {
    MaintenanceCalendar calendar = open();
    until(TUESDAY.plusSeconds(600));

    Done done = calendar.done(COOKIES, "ana");

    assertThat(done.who()).isEqualTo("ana");
    assertThat(done.at()).isEqualTo(TUESDAY.plusSeconds(600));
    assertThat(done.due()).contains(TUESDAY);
    assertThat(only(calendar).state()).isEqualTo(State.SCHEDULED);
    assertThat(only(calendar).due()).isEqualTo(TUESDAY.plus(WEEK));
    assertThat(only(calendar).last()).contains(done);
    assertThat(calendar.history(COOKIES)).containsExactly(done);
  }

  @Test
  void done_weeksLate_settlesAllOfThemAndNoMore() {
    MaintenanceCalendar calendar = open();
    until(TUESDAY.plus(WEEK).plus(Duration.ofDays(6)));

    calendar.done(COOKIES, "ana");
    Done again = calendar.done(COOKIES, "bo");

    assertThat(only(calendar).due()).isEqualTo(TUESDAY.plus(WEEK).plus(WEEK));
    assertThat(again.due()).isEmpty();
  }

  @Test
  void done_theDayBefore_settlesTheNextOnce() {
    MaintenanceCalendar calendar = open();
    until(TUESDAY);
    calendar.done(COOKIES, "ana");
    until(TUESDAY.plus(WEEK).minus(DAY));

    Done early = calendar.done(COOKIES, "bo");
    Done again = calendar.done(COOKIES, "bo");

    assertThat(early.due()).contains(TUESDAY.plus(WEEK));
    assertThat(again.due()).isEmpty();
    assertThat(only(calendar).due()).isEqualTo(TUESDAY.plus(WEEK).plus(WEEK));
  }

  @Test
  void done_soonAfterTheLastTime_leavesTheNextOne() {
    MaintenanceCalendar calendar = open();
    until(TUESDAY);
    calendar.done(COOKIES, "ana");
    until(TUESDAY.plus(DAY));

    Done again = calendar.done(COOKIES, "ana");

    assertThat(again.due()).isEmpty();
    assertThat(only(calendar).due()).isEqualTo(TUESDAY.plus(WEEK));
    assertThat(calendar.history(COOKIES)).hasSize(2);
  }

  @Test
  void warn_overdue_isSentOnceForEachDueTime() throws InterruptedException {
    MaintenanceCalendar calendar = open();
    until(TUESDAY.plus(DAY).minusNanos(1));
    assertThat(calendar.warn(received::add)).isEmpty();
    until(TUESDAY.plus(DAY));

    assertThat(calendar.warn(received::add)).hasSize(1);
    assertThat(calendar.warn(received::add)).isEmpty();
    until(TUESDAY.plus(DAY).plus(WEEK).minusNanos(1));
    assertThat(calendar.warn(received::add)).isEmpty();
    until(TUESDAY.plus(DAY).plus(WEEK));
    assertThat(calendar.warn(received::add)).hasSize(1);

    assertThat(received).extracting(Alert::rule).containsOnly("maintenance-overdue");
    assertThat(received).extracting(Alert::severity).containsOnly(Severity.WARNING);
    assertThat(received).extracting(Alert::job).containsOnly(COOKIES);
    assertThat(received.get(1).text())
        .isEqualTo("cookie-rotation (0 9 * * TUE Z) was due 2026-11-24T09:00:00Z, 8 days ago; not"
            + " recorded as done before. Rotate the cookies of sources that need them.");
  }

  @Test
  void warn_missedWhileTheProcessWasDown_isSentOnce() throws InterruptedException {
    open();
    until(TUESDAY.plus(WEEK).plus(WEEK).plus(Duration.ofDays(3)));

    MaintenanceCalendar later = open();
    later.warn(received::add);
    later.warn(received::add);
    open().warn(received::add);

    assertThat(received).hasSize(1);
    assertThat(received.get(0).text()).contains("was due 2026-11-24T09:00:00Z, 17 days ago");
  }

  @Test
  void warn_done_isNotSent() throws InterruptedException {
    MaintenanceCalendar calendar = open();
    until(TUESDAY.plus(DAY).plus(DAY));
    calendar.done(COOKIES, "ana");

    assertThat(calendar.warn(received::add)).isEmpty();
    until(TUESDAY.plus(WEEK).plus(DAY));
    assertThat(calendar.warn(received::add)).hasSize(1);
    assertThat(received.get(0).text()).contains("last done 2026-11-26T09:00:00Z by ana");
  }

  @Test
  void warn_channelThatFails_isSentTheNextTimeAndStopsNoOther() throws InterruptedException {
    MaintenanceTask other = MaintenanceTask.of("other", "0 9 * * TUE", ZoneOffset.UTC);
    MaintenanceCalendar calendar = open(MaintenanceTask.cookieRotation(), other);
    until(TUESDAY.plus(DAY));

    List<Alert> sent = calendar.warn(alert -> {
      if (alert.job().equals(COOKIES)) {
        throw new IllegalStateException("no network");
      }
    });

    assertThat(sent).extracting(Alert::job).containsExactly("other");
    assertThat(calendar.warn(received::add)).extracting(Alert::job).containsExactly(COOKIES);
  }

  @Test
  void open_again_remembersEverything() {
    MaintenanceCalendar calendar = open();
    until(TUESDAY.plusSeconds(5));
    calendar.done(COOKIES, "ana");
    calendar.done(COOKIES, "bo");

    MaintenanceCalendar again = open();

    assertThat(again.status())
        .usingRecursiveComparison()
        .ignoringFields("task")
        .isEqualTo(calendar.status());
    assertThat(again.history(COOKIES)).isEqualTo(calendar.history(COOKIES)).hasSize(2);
  }

  @Test
  void open_otherTasks_keepsWhatIsKnownOfTheFirst() {
    open().done(COOKIES, "ana");

    open(MaintenanceTask.dependencyAudit());

    assertThat(open().history(COOKIES)).extracting(Done::who).containsExactly("ana");
  }

  @Test
  void open_otherCron_isDueByTheNewOne() {
    open();
    until(TUESDAY.plus(DAY));

    MaintenanceCalendar changed = open(MaintenanceTask.of(COOKIES, "0 9 * * SAT", ZoneOffset.UTC));

    assertThat(only(changed).due()).isEqualTo(Instant.parse("2026-11-28T09:00:00Z"));
  }

  @Test
  void history_moreThanAreKept_isTheLast() {
    MaintenanceCalendar calendar = open();
    for (int i = 0; i < MaintenanceCalendar.MOST_KEPT + 3; i++) {
      calendar.done(COOKIES, "person-" + i);
    }

    assertThat(calendar.history(COOKIES))
        .hasSize(MaintenanceCalendar.MOST_KEPT)
        .extracting(Done::who)
        .startsWith("person-3")
        .endsWith("person-52");
    assertThat(open().history(COOKIES)).isEqualTo(calendar.history(COOKIES));
  }

  @Test
  void done_fileThatCannotBeWritten_recordsNothing() throws IOException {
    MaintenanceCalendar calendar = open();
    until(TUESDAY);
    Files.createDirectory(
        file.resolveSibling("calendar.json-" + ProcessHandle.current().pid() + ".tmp"));

    assertThatThrownBy(() -> calendar.done(COOKIES, "ana"))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("cannot be written");

    assertThat(calendar.history(COOKIES)).isEmpty();
    assertThat(only(calendar).state()).isEqualTo(State.DUE);
  }

  @Test
  void done_threadThatIsInterrupted_isRecordedAndStaysInterrupted() {
    MaintenanceCalendar calendar = open();
    Thread.currentThread().interrupt();

    calendar.done(COOKIES, "ana");

    assertThat(Thread.interrupted()).isTrue();
    assertThat(open().history(COOKIES)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "not json",
        "[]",
        "{\"format\":2,\"tasks\":{}}",
        "{\"format\":1,\"tasks\":{\"x\":{}}}",
        "{\"format\":1,\"tasks\":{\"x\":{\"settled\":\"yesterday\"",
        "{\"format\":1,\"tasks\":{\"x\":{\"settled\":\"yesterday\",\"warned\":\"\"}}}"
      })
  void open_damagedFile_isRefusedAndLeft(String content) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);

    assertThatThrownBy(this::open)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("It was left as it is.");

    assertThat(file).hasContent(content);
  }

  @Test
  void open_fileIsHeldByAnother_isRefusedUntilItCloses() {
    MaintenanceCalendar calendar = open();
    List<MaintenanceTask> tasks = List.of(MaintenanceTask.cookieRotation());

    assertThatThrownBy(() -> MaintenanceCalendar.open(file, time, tasks))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll(file.toString(), "held by another");
    calendar.close();
    calendar.close();

    MaintenanceCalendar.open(file, time, tasks).close();
  }

  @Test
  void open_damagedFileThatIsMended_isNotHeld() throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "not json");
    assertThatThrownBy(this::open).isInstanceOf(IllegalStateException.class);

    Files.delete(file);

    assertThat(only(open()).state()).isEqualTo(State.SCHEDULED);
  }

  @Test
  void close_thenDoneOrWarn_isRefusedAndWritesNothing() throws Exception {
    MaintenanceCalendar calendar = open();
    until(TUESDAY.plus(WEEK));
    calendar.close();
    String before = Files.readString(file);

    assertThatThrownBy(() -> calendar.done(COOKIES, "ana"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is closed");
    assertThatThrownBy(() -> calendar.warn(received::add))
        .isInstanceOf(IllegalStateException.class);

    assertThat(received).isEmpty();
    assertThat(file).hasContent(before);
  }

  @Test
  void badInput_isRefusedByNameAndValue() {
    MaintenanceCalendar calendar = open();
    MaintenanceTask cookies = MaintenanceTask.cookieRotation();

    assertThatThrownBy(() -> calendar.done("cookies", "ana"))
        .hasMessage("task must be one of [cookie-rotation], was cookies");
    assertThatThrownBy(() -> calendar.done(COOKIES, " ")).hasMessageContaining("who must be");
    assertThatThrownBy(() -> open(cookies, cookies))
        .hasMessage("tasks must have names of their own, was cookie-rotation twice");
    assertThatThrownBy(() -> open(new MaintenanceTask[0])).hasMessageContaining("at least one");
  }

  private MaintenanceCalendar open() {
    return open(MaintenanceTask.cookieRotation());
  }

  /** Opens what another process would, after the one that had it has ended. */
  private MaintenanceCalendar open(MaintenanceTask... tasks) {
    letGo();
    MaintenanceCalendar calendar = MaintenanceCalendar.open(file, time, List.of(tasks));
    opened.add(calendar);
    return calendar;
  }

  @AfterEach
  void letGo() {
    opened.forEach(MaintenanceCalendar::close);
  }

  private static Status only(MaintenanceCalendar calendar) {
    assertThat(calendar.status()).hasSize(1);
    return calendar.status().get(0);
  }

  private void until(Instant instant) {
    time.advance(Duration.between(time.now(), instant));
  }
}
