package io.runbook4j.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.runbook4j.file.internal.Disk;
import io.runbook4j.health.Objective.Kind;
import io.runbook4j.spi.health.Health.Status;
import io.runbook4j.testkit.VirtualTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceLevelsTest {
  private static final Duration FAST = Duration.ofMillis(1_999);
  private static final Duration SLOW = Duration.ofSeconds(2);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Offset<Double> EXACT = within(1e-9);

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-11-23T09:00:00Z"));
  private final List<ServiceLevels> open = new ArrayList<>();

  @TempDir
  Path folder;

  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = folder.resolve("levels.json");
  }

  @AfterEach
  void closeAll() {
    open.forEach(ServiceLevels::close);
    time.runToIdle();
  }

  @Test
  void month_nothingHappened_isMetWithTheWholeBudget() {
    ServiceLevels levels = open();

    assertThat(levels.thisMonth())
        .hasSize(4)
        .allSatisfy(objective -> assertThat(objective.isMet()).isTrue())
        .allSatisfy(objective -> assertThat(objective.budgetLeft()).isEqualTo(1));
  }

  @ParameterizedTest
  @CsvSource({
    "99, 1, 0.0, false", // 1 % is not less than 1 %
    "100, 1, 0.00990099009900991, true",
    "93, 7, -6.0, false",
    "1000, 0, 1.0, true",
  })
  void errorRate_failures_mustStayBelowOnePercent(
      int successes, int failures, double left, boolean isMet) {
    ServiceLevels levels = open();
    for (int i = 0; i < successes; i++) {
      levels.succeeded(FAST);
    }
    for (int i = 0; i < failures; i++) {
      levels.failed(FAST);
    }

    Objective rate = objective(levels, Kind.ERROR_RATE);

    assertThat(rate.isMet()).isEqualTo(isMet);
    assertThat(rate.budgetLeft()).isCloseTo(left, EXACT);
  }

  @Test
  void latency_anyOperations_agreesWithTheSortedPercentile() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 60; round++) {
      ServiceLevels levels = ServiceLevels.builder(folder.resolve("r" + round))
          .time(time)
          .executor(task -> {})
          .open();
      long[] millis = new long[1 + random.nextInt(round < 30 ? 400 : 40)];
      double slowShare = random.nextDouble() / 10;
      for (int i = 0; i < millis.length; i++) {
        millis[i] = random.nextDouble() < slowShare ? 2_000 + random.nextInt(9) : 1_999;
        levels.succeeded(Duration.ofMillis(millis[i]));
      }
      Arrays.sort(millis);
      long p95 = millis[(millis.length * 95 + 99) / 100 - 1];

      assertThat(objective(levels, Kind.LATENCY).isMet())
          .as("seed " + seed + ", round " + round + ", p95 " + p95 + " of " + millis.length)
          .isEqualTo(p95 < 2_000);
    }
  }

  @Test
  void latency_slowOperations_useTheBudgetUp() {
    ServiceLevels levels = open();
    for (int i = 0; i < 97; i++) {
      levels.succeeded(FAST);
    }
    levels.failed(SLOW);
    levels.succeeded(SLOW);
    levels.succeeded(SLOW);

    assertThat(objective(levels, Kind.LATENCY).budgetLeft()).isCloseTo(0.4, EXACT);
  }

  @Test
  void availability_sampledMinutes_countAsTheSampleBefore() {
    ServiceLevels levels = open();

    sample(levels, true, 10);
    sample(levels, false, 20);
    sample(levels, true, 10);

    Objective availability = objective(levels, Kind.AVAILABILITY);
    assertThat(availability.isMet()).isTrue(); // November: 43.2 minutes
    assertThat(availability.budgetLeft()).isCloseTo(1 - 20 / 43.2, EXACT);
    assertThat(availability.text())
        .isEqualTo("down for 20.0 of 43.2 min that 99.9 % of the month allow; seen for 0.7 h");
  }

  @Test
  void availability_moreThanTheBudget_isOverdrawn() {
    ServiceLevels levels = open();

    sample(levels, false, 50);
    levels.up();

    assertThat(objective(levels, Kind.AVAILABILITY).isMet()).isFalse();
    assertThat(objective(levels, Kind.AVAILABILITY).budgetLeft()).isNegative();
  }

  @Test
  void availability_gap_countsAsNeither() {
    ServiceLevels levels = open();
    levels.down();
    time.advance(Duration.ofMinutes(15).plusNanos(1));
    levels.down();

    assertThat(objective(levels, Kind.AVAILABILITY).budgetLeft()).isEqualTo(1);
    time.advance(Duration.ofMinutes(15));
    levels.up();
    assertThat(objective(levels, Kind.AVAILABILITY).budgetLeft()).isCloseTo(1 - 15 / 43.2, EXACT);
  }

  @Test
  void availability_processWasDown_countsAsNeither() {
    ServiceLevels first = open();
    first.down();
    time.advance(MINUTE);
    first.down();
    first.close();
    time.advance(Duration.ofMinutes(10));

    ServiceLevels second = open();
    second.up();

    assertThat(objective(second, Kind.AVAILABILITY).budgetLeft()).isCloseTo(1 - 1 / 43.2, EXACT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT10M", "-PT10M", "P1D"})
  void availability_wallClockSteps_countsTheTimeThatPassed(Duration step) {
    ServiceLevels levels = open();
    levels.down();
    time.advance(MINUTE.multipliedBy(5));
    time.stepWallClock(step);
    levels.down();
    time.advance(MINUTE.multipliedBy(5));
    levels.up();

    assertThat(objective(levels, Kind.AVAILABILITY).budgetLeft()).isCloseTo(1 - 10 / 43.2, EXACT);
  }

  @Test
  void availability_outageOverTheEndOfAMonth_countsInBoth() {
    ServiceLevels levels = open();
    time.advance(Duration.between(time.now(), Instant.parse("2026-11-30T23:56:00Z")));
    levels.down();
    time.advance(Duration.ofMinutes(10));
    levels.up();

    assertThat(levels.month(YearMonth.of(2026, 11)).get(0).budgetLeft())
        .isCloseTo(1 - 4 / 43.2, EXACT);
    assertThat(levels.thisMonth().get(0).budgetLeft()).isCloseTo(1 - 6 / 44.64, EXACT);
  }

  @Test
  void recovery_fifteenMinutes_isTooLate() {
    ServiceLevels levels = open();
    levels.recovered(Duration.ofMinutes(15).minusNanos(1));
    assertThat(objective(levels, Kind.RECOVERY).isMet()).isTrue();

    levels.recovered(Duration.ofMinutes(15));

    Objective recovery = objective(levels, Kind.RECOVERY);
    assertThat(recovery.isMet()).isFalse();
    assertThat(recovery.budgetLeft()).isZero();
    assertThat(recovery.text())
        .isEqualTo("1 of 2 recoveries took 15 min or more, the longest 15.0 min, wanted none");
  }

  @Test
  void recovery_severalTooLate_isOverdrawn() {
    ServiceLevels levels = open();
    for (int i = 0; i < 3; i++) {
      levels.recovered(Duration.ofHours(1));
    }

    assertThat(objective(levels, Kind.RECOVERY).budgetLeft()).isEqualTo(-2);
  }

  @Test
  void month_next_beginsAnewAndTheLastIsKept() {
    ServiceLevels levels = open();
    levels.failed(FAST);
    time.advance(Duration.ofDays(8));

    assertThat(levels.thisMonth()).allMatch(Objective::isMet);
    assertThat(levels.month(YearMonth.of(2026, 11))).anyMatch(objective -> !objective.isMet());
  }

  @Test
  void months_moreThanAYear_areBounded() {
    ServiceLevels levels = open();
    for (int i = 0; i < 15; i++) {
      levels.failed(FAST);
      time.advance(Duration.ofDays(31));
    }

    assertThat(levels.month(YearMonth.of(2026, 12))).allMatch(Objective::isMet);
    assertThat(levels.month(YearMonth.of(2027, 1))).anyMatch(objective -> !objective.isMet());
  }

  @Test
  void open_afterClose_remembersEverything() {
    ServiceLevels first = open();
    first.failed(SLOW);
    first.recovered(Duration.ofMinutes(20));
    sample(first, false, 5);
    first.down();
    List<Objective> before = first.thisMonth();
    first.close();
    first.close();

    ServiceLevels second = open();
    assertThat(second.thisMonth()).isEqualTo(before);
    second.down();
    time.advance(MINUTE);
    second.up();
    assertThat(objective(second, Kind.AVAILABILITY).budgetLeft()).isCloseTo(1 - 6 / 43.2, EXACT);
  }

  @Test
  void save_inTheBackground_isAtMostHalfAMinuteLate() throws IOException {
    ServiceLevels levels = open();
    levels.failed(FAST);

    time.advance(Duration.ofSeconds(31));

    assertThat(other().thisMonth()).isEqualTo(levels.thisMonth()).anyMatch(o -> !o.isMet());
  }

  @Test
  void save_fileThatCannotBeWritten_isTriedAgain() throws IOException {
    ServiceLevels levels = open();
    Path inTheWay = Files.createDirectory(
        folder.resolve("levels.json-" + ProcessHandle.current().pid() + ".tmp"));
    levels.failed(FAST);

    time.advance(MINUTE);
    assertThatThrownBy(levels::save).isInstanceOf(UncheckedIOException.class);
    Files.delete(inTheWay);
    time.advance(MINUTE);

    assertThat(other().thisMonth()).isEqualTo(levels.thisMonth()).anyMatch(o -> !o.isMet());
  }

  @Test
  void save_errorInTheBackground_isTriedAgain() throws IOException {
    ServiceLevels levels = ServiceLevels.builder(file)
        .time(time)
        .executor(time.executor())
        .disk(new ForgetfulDisk())
        .open();
    open.add(levels);
    levels.failed(FAST);

    time.advance(MINUTE);
    time.advance(MINUTE);

    assertThat(other().thisMonth()).isEqualTo(levels.thisMonth()).anyMatch(o -> !o.isMet());
  }

  /** Has no memory the first time. */
  private static final class ForgetfulDisk implements Disk {
    private boolean hasMemory;

    @Override
    public AppendedFile open(Path path) throws IOException {
      if (!hasMemory) {
        hasMemory = true;
        throw new OutOfMemoryError("for a moment");
      }
      return Disk.system().open(path);
    }

    @Override
    public void forceFolder(Path folder) throws IOException {
      Disk.system().forceFolder(folder);
    }
  }

  @Test
  void probe_missedObjective_isDegradedAndSaysWhich() throws InterruptedException {
    ServiceLevels levels = open();
    assertThat(levels.probe().check().status()).isEqualTo(Status.HEALTHY);

    levels.failed(FAST);

    assertThat(levels.probe().check().status()).isEqualTo(Status.DEGRADED);
    assertThat(levels.probe().check().detail())
        .isEqualTo("ERROR_RATE: 1 of 1 operations failed, 100.000 %, wanted less than 1.0 %");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{\"format\":2}",
        "{\"format\":1,\"months\":{\"2026-11\":{}}}",
        "{\"format\":1,\"months\":{\"November\":{}}}",
        "{\"format\":1,\"months\":{\"2026-11\":{\"upMillis\":\"now\"}}}"
      })
  void open_damagedFile_isRefusedAndLeft(String content) throws IOException {
    Files.writeString(file, content);

    assertThatThrownBy(this::open)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("The file was left as it is.");

    assertThat(file).hasContent(content);
  }

  @Test
  void open_fileIsHeldByAnother_isRefusedUntilItCloses() {
    ServiceLevels levels = open();

    assertThatThrownBy(this::open)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll(file.toString(), "held by another");
    levels.close();

    open().close();
  }

  @Test
  void open_damagedFileThatIsMended_isNotHeld() throws IOException {
    Files.writeString(file, "{");
    assertThatThrownBy(this::open).isInstanceOf(IllegalStateException.class);

    Files.delete(file);

    assertThat(open().thisMonth()).allMatch(Objective::isMet);
  }

  @Test
  void save_closed_leavesTheFileToTheNext() {
    ServiceLevels first = open();
    first.close();
    ServiceLevels second = open();
    second.failed(FAST);
    second.save();
    first.succeeded(FAST);

    first.save();
    first.close();

    second.close();
    assertThat(open().thisMonth()).anyMatch(objective -> !objective.isMet());
  }

  @Test
  void badInput_isRefusedByNameAndValue() {
    ServiceLevels levels = open();

    assertThatThrownBy(() -> levels.failed(Duration.ofMillis(-1)))
        .hasMessage("latency must be at least 0, was PT-0.001S");
    assertThatThrownBy(() -> levels.recovered(Duration.ofMillis(-1)))
        .hasMessage("took must be at least 0, was PT-0.001S");
    assertThatThrownBy(() -> ServiceLevels.builder(file).availability(100))
        .hasMessage(
            "availability must be a percentage from 50 to below 100, such as 99.9, was 100.0");
    assertThatThrownBy(() -> ServiceLevels.builder(file).availability(0.999))
        .hasMessage(
            "availability must be a percentage from 50 to below 100, such as 99.9, was 0.999");
    assertThatThrownBy(() -> ServiceLevels.builder(file).errorRate(Double.NaN))
        .hasMessage("errorRate must be a percentage between 0 and 100, was NaN");
  }

  private void sample(ServiceLevels levels, boolean isUp, int minutes) {
    for (int i = 0; i < minutes; i++) {
      if (isUp) {
        levels.up();
      } else {
        levels.down();
      }
      time.advance(MINUTE);
    }
  }

  private static Objective objective(ServiceLevels levels, Kind kind) {
    return levels.thisMonth().stream()
        .filter(objective -> objective.kind() == kind)
        .findFirst()
        .orElseThrow();
  }

  private ServiceLevels open() {
    ServiceLevels levels =
        ServiceLevels.builder(file).time(time).executor(time.executor()).open();
    open.add(levels);
    return levels;
  }

  /** What a process would see that starts after this one was killed. */
  private ServiceLevels other() throws IOException {
    Path copy = Files.copy(file, folder.resolve("copy.json"));
    ServiceLevels levels =
        ServiceLevels.builder(copy).time(time).executor(task -> {}).open();
    open.add(levels);
    return levels;
  }
}
