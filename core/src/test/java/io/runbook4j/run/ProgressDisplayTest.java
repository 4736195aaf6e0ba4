package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.testkit.VirtualTime;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressDisplayTest {
  private static final Instant NOW = Instant.parse("2026-11-23T22:00:00Z");

  private final VirtualTime time = VirtualTime.startingAt(NOW);
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  private String shown() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static Progress progress(long settled, OptionalLong expected) {
    return new Progress(
        new Counts(settled, settled - 3, 3, 0, 0, 0), expected, Duration.ofSeconds(10), settled);
  }

  private static ChunkReport chunk() {
    return new ChunkReport(1, 100, "100 succeeded", Duration.ZERO, Duration.ofMillis(20));
  }

  @Test
  void onChunk_totalKnown_showsShareRateAndFailures() {
    ProgressDisplay display = ProgressDisplay.plain(out, time);

    display.onChunk(chunk(), progress(600, OptionalLong.of(1_200)));

    assertThat(shown())
        .isEqualTo("[############............]  50 %  600 of 1200  60/s  failed 3"
            + System.lineSeparator());
  }

  @Test
  void onChunk_totalUnknown_showsNoShare() {
    ProgressDisplay display = ProgressDisplay.plain(out, time);

    display.onChunk(chunk(), progress(600, OptionalLong.empty()));

    assertThat(shown()).isEqualTo("600 items  60/s  failed 3" + System.lineSeparator());
  }

  @Test
  void onChunk_plainAndOften_printsOneLineInTenSeconds() throws Exception {
    ProgressDisplay display = ProgressDisplay.plain(out, time);

    for (int i = 0; i < 25; i++) {
      display.onChunk(chunk(), progress(100 + i, OptionalLong.empty()));
      time.sleep(Duration.ofSeconds(1));
    }

    assertThat(shown().lines()).hasSize(3);
  }

  @Test
  void onWait_plain_saysHowLongAndForWhat() {
    ProgressDisplay display = ProgressDisplay.plain(out, time);

    display.onWait(new Wait("a permit for slack", NOW, Optional.of(NOW.plusSeconds(150))));

    assertThat(shown())
        .isEqualTo("  waits 2 min 30 s for a permit for slack" + System.lineSeparator());
  }

  @Test
  void onWait_plainAndWithoutATimeOfItsOwn_saysWhyOnceUntilTheRunGoesOn() {
    ProgressDisplay display = ProgressDisplay.plain(out, time);
    Wait looked = new Wait("gate sync is local-only", NOW, Optional.empty());

    display.onWait(looked);
    display.onWaitOver();
    display.onWait(looked);
    display.onWaitOver();
    display.onChunk(chunk(), progress(600, OptionalLong.empty()));
    display.onWait(looked);

    assertThat(shown().lines())
        .containsExactly(
            "  waits: gate sync is local-only",
            "600 items  60/s  failed 3",
            "  waits: gate sync is local-only");
  }

  @Test
  void onWait_plainAndOftenForTheSame_printsOneLineInTenSeconds() throws Exception {
    ProgressDisplay display = ProgressDisplay.plain(out, time);

    for (int i = 0; i < 20; i++) {
      display.onWait(wait("a permit for slack", 3));
      time.sleep(Duration.ofSeconds(1)); // the answer to a chunk in flight ends it early
      display.onWaitOver();
      display.onWait(wait("a permit for github", 2));
      time.sleep(Duration.ofSeconds(2));
      display.onWaitOver();
    }

    assertThat(shown().lines().filter(line -> line.contains("slack"))).hasSize(5);
    assertThat(shown().lines().filter(line -> line.contains("github"))).hasSize(5);
  }

  @Test
  void onWait_plainAndMuchLongerThanWasSaid_saysSoAtOnce() {
    ProgressDisplay display = ProgressDisplay.plain(out, time);

    display.onWait(wait("a permit for slack", 3));
    display.onWait(wait("a permit for slack", 300));
    display.onWait(wait("a permit for slack", 300));

    assertThat(shown().lines())
        .containsExactly(
            "  waits 3.0 s for a permit for slack", "  waits 5 min 0 s for a permit for slack");
  }

  private Wait wait(String cause, int seconds) {
    return new Wait(cause, time.now(), Optional.of(time.now().plusSeconds(seconds)));
  }

  @Test
  void onWait_plainAndNextRunWaitsForTheSame_saysSoAgain() {
    ProgressDisplay display = ProgressDisplay.plain(out, time);
    List<String> gates = new ArrayList<>();
    Runner runner = Runner.builder()
        .time(time)
        .listener(display)
        .listener(new RunListener() {
          @Override
          public void onStarted(RunControl run) {
            display.onWait(new Wait("gate sync is local-only", NOW, Optional.empty()));
            gates.add(shown());
          }
        })
        .build();
    SyncJob<String> job = SyncJob.<String>named("nightly")
        .from(ListSource.of(List.of()))
        .to(chunk -> ChunkResult.succeeded())
        .build();

    runner.run(job);
    runner.run(job);

    assertThat(gates.get(1).lines().filter(line -> line.contains("gate sync"))).hasSize(2);
  }

  @Test
  void onWait_terminalAndPaused_countsNothingDown() throws Exception {
    ProgressDisplay display = ProgressDisplay.terminal(out, time);

    time.sleep(Duration.ofMillis(1)); // from here on, time stands still while this thread runs
    display.onWait(new Wait("paused", NOW, Optional.empty()));
    display.onWaitOver();

    assertThat(shown()).isEqualTo("\r  waits: paused");
  }

  @Test
  void onChunk_terminal_drawsOverItsLine() {
    ProgressDisplay display = ProgressDisplay.terminal(out, time);

    display.onChunk(chunk(), progress(600, OptionalLong.empty()));
    display.onChunk(chunk(), progress(7, OptionalLong.empty()));

    assertThat(shown())
        .doesNotContain(System.lineSeparator())
        .startsWith("\r600 items  60/s  failed 3\r7 items  1/s  failed 3");
    assertThat(shown()).as("what is left of the longer line is blotted out").endsWith("   ");
  }

  @Test
  void onWait_terminal_fitsIntoOneLineAtEachTick() throws Exception {
    ProgressDisplay display = ProgressDisplay.terminal(out, time);

    display.onChunk(chunk(), progress(600, OptionalLong.of(1_200)));
    display.onWait(
        new Wait("a permit for " + "x".repeat(500), NOW, Optional.of(NOW.plusSeconds(300))));
    time.sleep(Duration.ofSeconds(5));
    display.onWaitOver();

    int width = ProgressDisplay.width(System.getenv("COLUMNS"));
    assertThat(shown().split("\\r")).allSatisfy(line -> assertThat(line).hasSizeLessThan(width));
    assertThat(shown()).contains("waits 5 min 0 s for a permit");
  }

  @ParameterizedTest
  @CsvSource({"120, 120", ", 80", "'', 80", "wide, 80", "0, 80", "-5, 80", "99999999999, 80"})
  void width_columnsVariable_isTakenIfItIsANumberOfColumns(@Nullable String columns, int width) {
    assertThat(ProgressDisplay.width(columns)).isEqualTo(width);
  }
}
