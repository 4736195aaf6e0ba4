package io.runbook4j.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.runbook4j.gate.GateState.Cause;
import io.runbook4j.gate.GateState.LocalOnly;
import io.runbook4j.gate.GateState.Open;
import io.runbook4j.gate.GateState.Ramping;
import io.runbook4j.spi.OutboundGate;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.AlertChannel;
import io.runbook4j.spi.alert.Occurrence;
import io.runbook4j.spi.alert.Occurrence.Phase;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.testkit.VirtualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GateTest {
  private static final Order ANN = Order.of("ann", "corruption").ticket("OPS-7");
  private static final Duration HOLD = Duration.ofMinutes(10);

  private final VirtualTime time = VirtualTime.builder().build();
  private final List<GateState> told = new ArrayList<>();
  private final Gate gate = Gate.builder("sync", time).listener(told::add).build();

  private long allowed() {
    return IntStream.range(0, 1_000).filter(i -> gate.allows("key" + i)).count();
  }

  private void live(Duration duration, long operations, long failures) {
    gate.report(operations, failures);
    time.advance(duration);
  }

  private int percent() {
    return gate.state() instanceof Ramping ramping ? ramping.step().percent() : -1;
  }

  private LocalOnly localOnly() {
    return (LocalOnly) gate.state();
  }

  @Test
  void text_ramping_saysWhatItTakesToEndTheStep() {
    gate.ramp(ANN);
    gate.report(92, 0);

    time.advance(Duration.ofMinutes(11));

    assertThat(gate.state().text())
        .startsWith("ramping up at 10 % since ")
        .endsWith("0 of 92 operations failed; a step takes at least 200 operations and 10 min");
    assertThat(told.get(0).text()).endsWith("a step takes at least 200 operations and 10 min");
  }

  @Test
  void text_rampingAfterABreach_saysTheLongerHold() {
    gate.ramp(ANN);
    gate.report(100, 50);
    time.advance(Duration.ofSeconds(1));
    assertThat(localOnly().cause()).isEqualTo(Cause.BREACH);

    time.advance(Duration.ofMinutes(20));

    assertThat(gate.state().text()).endsWith("at least 200 operations and 20 min");
  }

  @Test
  void allows_neverSwitched_everything() {
    assertThat(allowed()).isEqualTo(1_000);
    assertThat(gate.isLocalOnly()).isFalse();
    assertThat(gate.state()).isInstanceOf(Open.class);
  }

  @Test
  void allows_anotherThreadIsAtTheFirstLook_knowsWhatItWillSee(@TempDir Path folder)
      throws IOException {
    Path switchFile = Files.createFile(folder.resolve("off"));
    AtomicReference<Gate> built = new AtomicReference<>();
    List<Boolean> meanwhile = new ArrayList<>();
    Gate fresh = Gate.builder("fresh", time)
        .switchFile(switchFile)
        .flag(() -> {
          Optional.ofNullable(built.get())
              .map(it -> CompletableFuture.supplyAsync(() -> it.allows("k")).join())
              .ifPresent(meanwhile::add);
          return GateFlag.Answer.ALLOW;
        })
        .build();
    built.set(fresh);

    time.advance(Duration.ofSeconds(1));
    boolean first = fresh.allows("k");

    assertThat(first).isFalse();
    assertThat(meanwhile).containsExactly(false);
  }

  @Test
  void shutOnAlertsOf_troubleBeginsOrRises_isLocalOnlyAndSaysWhy() throws InterruptedException {
    AlertChannel channel = gate.shutOnAlertsOf("resumes");

    channel.send(alert("photos", Phase.OPENED));
    channel.send(alert("resumes", Phase.REPEATED));
    channel.send(alert("resumes", Phase.RESOLVED));
    assertThat(gate.isLocalOnly()).isFalse();
    for (Phase phase : List.of(Phase.OPENED, Phase.RAISED)) {
      channel.send(alert("resumes", phase));
      assertThat(localOnly().order().reason())
          .startsWith("SEV1 rate: 30 % failed")
          .hasSize(500);
      gate.open(ANN);
    }
    channel.send(new Alert("integrity", Severity.SEV1, "resumes", "item k4"));
    assertThat(gate.isLocalOnly()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a time", "the switch file", "the flag", "a breach"})
  void shutOnAlertsOf_keptInForAWhileBySomethingElse_waitsForAPerson(
      String why, @TempDir Path folder) throws Exception {
    Path file = folder.resolve("passing.local-only");
    AtomicBoolean isOff = new AtomicBoolean();
    Gate passing = Gate.builder("passing", time)
        .switchFile(file)
        .flag(() -> isOff.get() ? GateFlag.Answer.LOCAL_ONLY : GateFlag.Answer.ALLOW)
        .build();
    switch (why) {
      case "a time" -> passing.localOnly(ANN.until(time.now().plusSeconds(300)));
      case "the switch file" -> Files.writeString(file, "deploy");
      case "the flag" -> isOff.set(true);
      default -> {
        passing.localOnly(ANN);
        passing.ramp(ANN);
        passing.report(100, 50);
      }
    }
    time.advance(Duration.ofSeconds(1));
    assertThat(passing.isLocalOnly()).isTrue();
    assertThat(passing.isLocalOnlyUntilPerson()).isFalse();

    passing.shutOnAlertsOf("resumes").send(alert("resumes", Phase.OPENED));
    Files.deleteIfExists(file);
    isOff.set(false);
    time.advance(Duration.ofHours(2));

    assertThat(passing.isLocalOnlyUntilPerson()).isTrue();
    assertThat(passing.state().order().reason()).startsWith("SEV1 rate");
  }

  @Test
  void shutOnAlertsOf_aPersonHasShutIt_leavesTheReason() throws InterruptedException {
    gate.localOnly(ANN);

    gate.shutOnAlertsOf("resumes").send(alert("resumes", Phase.OPENED));

    assertThat(gate.state().order()).isEqualTo(ANN);
  }

  private Alert alert(String job, Phase phase) {
    Optional<Instant> end = phase == Phase.RESOLVED ? Optional.of(time.now()) : Optional.empty();
    Occurrence occurrence = new Occurrence(job + "/1", phase, time.now(), end, Map.of());
    String text = "30 % failed".repeat(60);
    return new Alert("rate", Severity.SEV1, job, text, Optional.of(occurrence));
  }

  @Test
  void localOnly_ordered_nothingAtOnceAndSaysWhy() {
    gate.localOnly(ANN);

    assertThat(allowed()).isZero();
    assertThat(gate.isLocalOnly()).isTrue();
    assertThat(localOnly().order()).isEqualTo(ANN);
    assertThat(gate.state().text())
        .isEqualTo("local-only since 2026-01-05T09:00:00Z by ann: corruption (OPS-7)");
    assertThat(told).hasSize(1);
  }

  @Test
  void localOnly_untilItsEnd_thenRampsUpByItself() {
    gate.localOnly(ANN.until(time.now().plus(Duration.ofHours(1))));

    time.advance(Duration.ofMinutes(59));
    assertThat(gate.isLocalOnly()).isTrue();
    time.advance(Duration.ofMinutes(1));
    assertThat(percent()).isEqualTo(10);
  }

  @Test
  void localOnly_untilThePast_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> gate.localOnly(ANN.until(time.now())))
        .withMessageContaining("until must be after now");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> gate.open(ANN.until(time.now().plusSeconds(9))))
        .withMessageContaining("until must not be set but for local-only");
  }

  @Test
  void ramp_enoughOfEachStep_opensBySteps() {
    gate.localOnly(ANN);
    gate.ramp(ANN);
    List<String> first = keys();

    assertThat(percent()).isEqualTo(10);
    live(HOLD, 200, 0);
    assertThat(percent()).isEqualTo(50);
    assertThat(keys()).containsAll(first);
    live(HOLD, 200, 0);
    assertThat(percent()).isEqualTo(100);
    live(HOLD, 200, 0);
    assertThat(gate.state()).isInstanceOf(Open.class);
    assertThat(told).hasSize(5);
  }

  private List<String> keys() {
    return IntStream.range(0, 1_000)
        .mapToObj(i -> "key" + i)
        .filter(gate::allows)
        .toList();
  }

  @Test
  void ramp_shares_areRoughlyAsManyOfTheKeys() {
    gate.ramp(ANN);

    assertThat(allowed()).isBetween(70L, 130L);
    live(HOLD, 200, 0);
    assertThat(percent()).isEqualTo(50);
    assertThat(allowed()).isBetween(450L, 550L);
  }

  @Test
  void ramp_tooFewOperationsOrTooShort_stays() {
    gate.ramp(ANN);

    live(Duration.ofDays(3), 199, 0);
    assertThat(percent()).isEqualTo(10);
    gate.report(1, 0);
    time.advance(Duration.ofSeconds(1));
    assertThat(percent()).isEqualTo(50);
    live(HOLD.minusSeconds(2), 10_000, 0);
    assertThat(percent()).isEqualTo(50);
    time.advance(Duration.ofSeconds(2));
    assertThat(percent()).isEqualTo(100);
  }

  @Test
  void ramp_wallClockSteps_doNotShortenAStep() {
    gate.ramp(ANN);
    gate.report(200, 0);

    time.stepWallClock(Duration.ofHours(5));
    time.advance(Duration.ofMinutes(9));

    assertThat(percent()).isEqualTo(10);
  }

  @Test
  void ramp_guardStays_holdsUntilItPasses() {
    gate.ramp(ANN);

    live(HOLD, 200, 5);
    assertThat(percent()).isEqualTo(10);
    live(Duration.ofSeconds(1), 100, 0);
    assertThat(percent()).isEqualTo(50);
  }

  @Test
  void ramp_breached_backForTwiceTheHoldThenTheSameItemsAgain() {
    gate.ramp(ANN);
    List<String> first = keys();
    live(Duration.ofMinutes(1), 100, 7);

    assertThat(allowed()).isZero();
    assertThat(localOnly().cause()).isEqualTo(Cause.BREACH);
    assertThat(localOnly().order())
        .hasToString("guard: breach 1 of 3: 7 of 100 operations failed at 10 %"
            + " (7.0 %, threshold 7.0 %)");
    time.advance(HOLD.multipliedBy(2).minusSeconds(1));
    assertThat(gate.isLocalOnly()).isTrue();
    time.advance(Duration.ofSeconds(1));
    assertThat(percent()).isEqualTo(10);
    assertThat(keys()).isEqualTo(first);
  }

  @Test
  void ramp_breachedOnce_stepsAreTwiceAsLong() {
    gate.ramp(ANN);
    live(Duration.ofSeconds(1), 100, 7);
    gate.state();
    live(HOLD.multipliedBy(2), 0, 0);
    assertThat(percent()).isEqualTo(10);

    live(HOLD.multipliedBy(2).minusSeconds(1), 200, 0);
    assertThat(percent()).isEqualTo(10);
    time.advance(Duration.ofSeconds(1));
    assertThat(percent()).isEqualTo(50);
  }

  @Test
  void ramp_breachedThreeTimes_onlyAPersonSwitches() {
    gate.ramp(ANN);
    for (int breach = 1; breach <= 3; breach++) {
      assertThat(percent()).as("before breach " + breach).isEqualTo(10);
      live(Duration.ofSeconds(1), 100, 50);
      assertThat(localOnly().rampsAt().isPresent()).isEqualTo(breach < 3);
      time.advance(HOLD.multipliedBy(1L << breach));
    }

    time.advance(Duration.ofDays(100));
    assertThat(gate.isLocalOnly()).isTrue();
    gate.ramp(ANN);
    live(HOLD, 200, 0);
    assertThat(percent()).isEqualTo(50);
  }

  @Test
  void ramp_guardFails_holds() {
    Gate guarded = Gate.builder("g", time)
        .ramp(Ramp.defaults().guard(step -> {
          throw new IllegalArgumentException("a bug");
        }))
        .build();
    guarded.ramp(ANN);
    guarded.report(9_999, 0);
    time.advance(Duration.ofHours(1));

    assertThat(guarded.state()).isInstanceOf(Ramping.class);
    assertThat(guarded.state().text()).contains("at 10 %");
  }

  @Test
  void ramp_rampingAlready_isRefused() {
    gate.ramp(ANN);

    assertThatIllegalStateException()
        .isThrownBy(() -> gate.ramp(ANN))
        .withMessageContaining("Gate sync must be open or local-only to start a ramp, was ramping");
  }

  @Test
  void open_byDefaultOfTheSpi_letsEverythingThrough() {
    assertThat(OutboundGate.open().allows("a")).isTrue();
    assertThat(OutboundGate.open().isLocalOnly()).isFalse();
  }

  @Test
  void localOnly_aListenerAsksTheGate_findsItShut() {
    List<Boolean> seen = new ArrayList<>();
    List<Gate> self = new ArrayList<>();
    Gate asked = Gate.builder("asked", time)
        .listener(state -> seen.add(self.get(0).allows("a")))
        .build();
    self.add(asked);
    asked.localOnly(ANN);

    assertThat(seen).containsExactly(false);
  }

  @Test
  void awaitAllowed_opened_wakesAtOnce() throws InterruptedException {
    Gate plain = Gate.inMemory("plain", time);
    plain.localOnly(ANN);
    time.executor().execute(() -> {
      time.advance(Duration.ofMillis(1_234_567));
      plain.open(ANN);
    });

    assertThat(plain.awaitAllowed("a", Duration.ofHours(5))).isTrue();

    assertThat(time.elapsed()).isEqualTo(Duration.ofMillis(1_234_567));
    time.runToIdle();
  }

  @Test
  void awaitAllowed_staysShut_returnsWhenTheTimeIsOver() throws InterruptedException {
    gate.localOnly(ANN);

    assertThat(gate.awaitAllowed("a", Duration.ofMinutes(7))).isFalse();
    assertThat(time.elapsed()).isEqualTo(Duration.ofMinutes(7));
    assertThat(gate.awaitAllowed("a", Duration.ZERO)).isFalse();
  }

  @Test
  void listener_fails_changesNothing() {
    Gate loud = Gate.builder("loud", time)
        .listener(state -> {
          throw new IllegalStateException("a bug");
        })
        .build();
    loud.localOnly(ANN);

    assertThat(loud.isLocalOnly()).isTrue();
  }

  @Test
  void report_impossibleCounts_areRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> gate.report(1, 2))
        .withMessageContaining("was 1 and 2");
    assertThatIllegalArgumentException().isThrownBy(() -> gate.report(-1, -1));
  }

  @Test
  void close_askedAfterwards_isRefused() {
    gate.close();
    gate.close();

    assertThatIllegalStateException().isThrownBy(() -> gate.allows("a"));
    assertThatIllegalStateException().isThrownBy(() -> gate.localOnly(ANN));
  }

  @Test
  void builder_badName_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Gate.builder("../x", time))
        .withMessageContaining("name must match [A-Za-z0-9._-]{1,100}, was \"../x\"");
  }

  @Test
  void breachWhen_alertRuleFires_goesBackByItself() {
    AtomicReference<Optional<String>> alert = new AtomicReference<>(Optional.empty());
    Gate watched = Gate.builder("watched", time)
        .ramp(Ramp.defaults().guard(Guard.breachWhen(alert::get)))
        .build();
    watched.ramp(ANN);
    alert.set(Optional.of("SEV1: corruption found"));
    time.advance(Duration.ofSeconds(1));

    assertThat(watched.isLocalOnly()).isTrue();
    assertThat(watched.state().order().reason()).isEqualTo("breach 1 of 3: SEV1: corruption found");
  }
}
