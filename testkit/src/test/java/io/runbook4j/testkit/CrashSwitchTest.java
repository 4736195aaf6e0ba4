package io.runbook4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.ledger.LedgerEntry;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.Cursor;
import io.runbook4j.spi.sync.Page;
import io.runbook4j.spi.sync.Source;
import io.runbook4j.spi.sync.Target;
import io.runbook4j.spi.time.Signal;
import io.runbook4j.spi.time.Time;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CrashSwitchTest {
  private static final Chunk<String> CHUNK = Chunk.of("k", List.of("a"), List.of("a"));

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-01-05T09:00:00Z"));
  private final CrashSwitch process = CrashSwitch.create();
  private final List<LedgerEntry> written = new ArrayList<>();
  private final List<String> seen = new ArrayList<>();

  @Test
  void crash_wrappedSurfaces_doNothingMore() {
    SimulatedService service = SimulatedService.builder(time).build();
    Source<String> source = process.wrap(
        (Source<String>) from -> limit -> Page.<String>builder(1).add("a", "a").last());
    Target<String> target = process.wrap(service.target());
    Ledger ledger = process.wrap(ledger());
    Time mortal = process.wrap(time);
    Signal signal = mortal.newSignal();

    process.crash();

    assertDead(() -> source.open(Cursor.start()));
    assertDead(() -> target.apply(CHUNK));
    assertDead(() -> target.verify(List.of("a")));
    assertDead(target::refreshCredential);
    assertDead(() -> ledger.record(new RunId("r-1"), entries(1)));
    assertDead(() -> ledger.runs("job", 1));
    assertDead(ledger::close);
    assertDead(mortal::now);
    assertDead(mortal::nanoTime);
    assertDead(() -> mortal.sleep(Duration.ofSeconds(1)));
    assertDead(mortal::newSignal);
    assertDead(signal::raise);
    assertDead(() -> signal.await(Duration.ZERO));
    assertDead(() -> process.wrap(time.executor()).execute(() -> seen.add("ran")));
    assertThat(service.calls()).isEmpty();
    assertThat(written).isEmpty();
    assertThat(seen).isEmpty();
  }

  @Test
  void wrap_alive_changesNothing() throws Exception {
    SimulatedService service =
        SimulatedService.builder(time).verifying().maxChunk(5).service("s").build();
    Target<String> target = process.wrap(service.target());
    Time mortal = process.wrap(time);
    Signal signal = mortal.newSignal();

    assertThat(target.apply(CHUNK).reported()).containsOnlyKeys("a");
    assertThat(target.verify(List.of("a"))).isPresent();
    assertThat(target.maxChunk()).isEqualTo(5);
    assertThat(target.service()).isEqualTo("s");
    mortal.sleep(Duration.ofSeconds(2));
    signal.raise();
    assertThat(signal.await(Duration.ZERO)).isTrue();
    assertThat(mortal.now()).isEqualTo(time.now());
    assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void apply_serviceCrashes_killsTheProcess() {
    SimulatedService service = SimulatedService.builder(time)
        .callFault(1, CallFault.CRASH_AFTER_APPLYING)
        .build();
    Target<String> target = process.wrap(service.target());

    assertDead(() -> target.apply(CHUNK));

    assertThat(process.isCrashed()).isTrue();
    assertDead(() -> target.apply(CHUNK));
    assertThat(service.timesApplied("a")).isEqualTo(1);
  }

  @Test
  void crash_othersWait_dieAtOnce() {
    Time mortal = process.wrap(time);
    Signal shared = mortal.newSignal();
    for (String name : List.of("a", "b")) {
      time.executor().execute(() -> dying(name, () -> shared.await(Duration.ofHours(1))));
    }
    time.executor().execute(() -> dying("sleeper", () -> mortal.sleep(Duration.ofDays(1))));
    time.advance(Duration.ofSeconds(5));

    process.crash();
    time.runToIdle();

    assertThat(seen).containsExactlyInAnyOrder("a died", "b died", "sleeper died");
    assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void executor_taskCrashes_killsTheProcessAndNotTheTest() {
    process.wrap(time.executor()).execute(() -> {
      throw new SimulatedCrash("here");
    });
    process.wrap(time.executor()).execute(() -> seen.add("ran"));

    time.runToIdle();

    assertThat(process.isCrashed()).isTrue();
    assertThat(seen).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"BEFORE, 2", "DURING, 3", "AFTER, 5"})
  void crashAtRecord_second_hasWrittenSoMuch(CrashMoment moment, int expected) {
    Ledger ledger = process.crashAtRecord(2, moment).wrap(ledger());
    ledger.record(new RunId("r-1"), entries(2));

    assertDead(() -> ledger.record(new RunId("r-1"), entries(3)));

    assertThat(written).hasSize(expected);
    assertDead(() -> ledger.record(new RunId("r-1"), entries(1)));
    assertThat(written).hasSize(expected);
  }

  @Test
  void atStep_eachInTurn_diesEverywhere() {
    List<Integer> effects = new ArrayList<>();
    long step = 1;
    while (crashes(CrashSwitch.atStep(step), effects)) {
      step++;
    }

    assertThat(effects).containsExactly(0, 1, 2, 2, 3, 3); // record of 2: 3 steps; apply: 2 steps
    assertThat(step).isEqualTo(6);
  }

  private boolean crashes(CrashSwitch mortal, List<Integer> effects) {
    written.clear();
    SimulatedService service = SimulatedService.builder(time).build();
    try {
      mortal.wrap(ledger()).record(new RunId("r-1"), entries(2));
      mortal.wrap(service.target()).apply(CHUNK);
    } catch (SimulatedCrash e) {
      assertThat(mortal.isCrashed()).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    effects.add(written.size() + service.timesApplied("a"));
    return mortal.isCrashed();
  }

  @Test
  void atStep_zero_isRefused() {
    assertThatThrownBy(() -> CrashSwitch.atStep(0)).hasMessage("step must be at least 1, was 0");
  }

  private static void assertDead(Call call) {
    assertThatThrownBy(call::run).isInstanceOf(SimulatedCrash.class);
  }

  private void dying(String name, Call call) {
    try {
      call.run();
      seen.add(name + " lived");
    } catch (SimulatedCrash e) {
      seen.add(name + " died");
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private interface Call {
    void run() throws Exception;
  }

  private static List<LedgerEntry> entries(int count) {
    List<LedgerEntry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      entries.add(new LedgerEntry.Note(Instant.EPOCH, "topic", "text " + i));
    }
    return entries;
  }

  /** A ledger that knows only how to record. */
  private Ledger ledger() {
    return (Ledger) Proxy.newProxyInstance(
        Ledger.class.getClassLoader(), new Class<?>[] {Ledger.class}, (proxy, method, args) -> {
          if (!method.getName().equals("record")) {
            throw new UnsupportedOperationException(method.getName());
          }
          for (Object entry : (List<?>) args[1]) {
            written.add((LedgerEntry) entry);
          }
          return null;
        });
  }
}
