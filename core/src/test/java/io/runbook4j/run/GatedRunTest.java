package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.runbook4j.backoff.BackOff;
import io.runbook4j.gate.Drain;
import io.runbook4j.gate.Gate;
import io.runbook4j.gate.GateState;
import io.runbook4j.gate.Guard;
import io.runbook4j.gate.Order;
import io.runbook4j.gate.Outbox;
import io.runbook4j.gate.Ramp;
import io.runbook4j.limit.Quota;
import io.runbook4j.limit.RateLimiter;
import io.runbook4j.limit.RetryBudget;
import io.runbook4j.source.Sources;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.ItemState;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import io.runbook4j.testkit.SimulatedService;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GatedRunTest {
  private static final Order SHUT = Order.of("ann", "snapshots look corrupt");
  private static final Order FIXED = Order.of("ann", "mended and verified");

  private final Scene scene = new Scene();
  private final Gate gate = Gate.inMemory("sync", scene.time);
  private final SimulatedService service = scene.service().build();

  @TempDir
  private Path folder;

  private SyncJob.Builder<String> gated(int items) {
    return Scene.policies().from(Scene.source(items)).to(service.target()).gate(gate);
  }

  private Outbox outbox() {
    return Outbox.builder(folder.resolve("outbox.jsonl"), scene.time)
        .newestWins()
        .force(Outbox.Force.NEVER)
        .open();
  }

  @Test
  void run_gateIsLocalOnly_stopsSendsNothingAndCanBeResumed() {
    SyncJob<String> job = gated(30).build();
    Runner runner = scene.runner();
    gate.localOnly(SHUT);

    RunReport stopped = runner.run(job);

    assertThat(stopped.state()).isEqualTo(RunState.STOPPED);
    assertThat(stopped.reason()).contains("local-only", "snapshots look corrupt", "ann");
    assertThat(service.calls()).isEmpty();
    gate.open(FIXED);
    RunReport resumed = runner.resume(job, stopped.runId());
    assertThat(resumed.counts()).isEqualTo(new Counts(30, 30, 0, 0, 0, 0));
  }

  @Test
  void run_gateShutsInTheMiddle_letsTheChunkInFlightFinishAndStops() {
    SyncJob<String> job = gated(30).build();
    Runner runner = scene.runner(new RunListener() {
      @Override
      public void onChunk(ChunkReport chunk, Progress progress) {
        if (chunk.number() == 1) {
          gate.localOnly(SHUT);
        }
      }
    });

    RunReport stopped = runner.run(job);

    assertThat(stopped.state()).isEqualTo(RunState.STOPPED);
    int applied = service.appliedKeys().size();
    assertThat(applied).isLessThan(30);
    gate.open(FIXED);
    runner.resume(job, stopped.runId());
    assertThat(service.appliedKeys()).hasSize(30).allMatch(key -> service.timesApplied(key) == 1);
  }

  @Test
  void run_waitsWhileLocalOnly_goesOnWhenTheGateOpens() {
    SyncJob<String> job = gated(30).whileLocalOnly(WhileClosed.WAIT).build();
    gate.localOnly(SHUT.until(scene.time.now().plus(Duration.ofHours(2))));
    List<Wait> waits = new ArrayList<>();
    RunListener watching = new RunListener() {
      @Override
      public void onWait(Wait wait) {
        waits.add(wait);
      }
    };

    RunReport report = scene.runner(watching).run(job);

    assertThat(report.state()).isEqualTo(RunState.COMPLETED);
    assertThat(report.totals().waited()).isGreaterThanOrEqualTo(Duration.ofHours(2));
    assertThat(service.calls().get(0).at()).isAfter(scene.time.now().minus(Duration.ofHours(3)));
    assertThat(report.counts().read()).isEqualTo(30);
    assertThat(waits)
        .isNotEmpty()
        .allMatch(wait -> wait.until().isEmpty() && wait.cause().contains("local-only"));
  }

  @Test
  void run_rampsUp_sendsTheSameShareAndLeavesTheRestOutstanding() {
    SyncJob<String> job = gated(200).build();
    Runner runner = scene.runner();
    gate.localOnly(SHUT);
    gate.ramp(FIXED);

    RunReport first = runner.run(job);
    RunReport second = runner.run(job);

    assertThat(first.state()).isEqualTo(RunState.COMPLETED);
    assertThat(first.counts().succeeded()).isBetween(5L, 40L);
    assertThat(first.counts().skipped()).isEqualTo(200 - first.counts().succeeded());
    assertThat(second.counts()).isEqualTo(first.counts());
    assertThat(first.next())
        .containsExactly(first.counts().skipped()
            + " were kept in by the gate; when it lets more out, send them with"
            + " runner.rerunOutstanding(job)");
    gate.open(FIXED);
    RunReport rest = runner.rerunOutstanding(job);
    assertThat(rest.counts().succeeded()).isEqualTo(first.counts().skipped());
    assertThat(service.appliedKeys()).hasSize(200);
  }

  @Test
  void run_defers_putsEveryItemInTheOutboxAndNoRerunSendsItTwice() throws InterruptedException {
    try (Outbox outbox = outbox()) {
      SyncJob<String> job = gated(30).deferTo(outbox, value -> value).build();
      Runner runner = scene.runner();
      gate.localOnly(SHUT);

      RunReport report = runner.run(job);

      assertThat(report.state()).isEqualTo(RunState.COMPLETED);
      assertThat(report.counts()).isEqualTo(new Counts(30, 0, 0, 30, 0, 0));
      assertThat(outbox.count()).isEqualTo(30);
      assertThat(service.calls()).isEmpty();
      gate.open(FIXED);
      List<String> drained = drain(outbox);
      assertThat(drained).containsExactlyElementsOf(Scene.keys(30));
      assertThat(runner.rerunOutstanding(job).counts().read()).isZero();
    }
  }

  @Test
  void run_keyWaitsInTheOutbox_goesBehindItThoughTheGateIsOpen() {
    try (Outbox outbox = outbox()) {
      outbox.put("k7", "older");
      SyncJob<String> job = gated(30).deferTo(outbox, value -> value).build();

      RunReport report = scene.runner().run(job);

      assertThat(report.counts()).isEqualTo(new Counts(30, 29, 0, 1, 0, 0));
      assertThat(outbox.changes(9)).singleElement().satisfies(change -> {
        assertThat(change.key()).isEqualTo("k7");
        assertThat(change.payload()).isEqualTo("k7");
      });
    }
  }

  @Test
  void run_outboxIsFull_stopsAndLosesNothing() throws InterruptedException {
    try (Outbox outbox = Outbox.builder(folder.resolve("outbox.jsonl"), scene.time)
        .newestWins()
        .maxChanges(13)
        .open()) {
      SyncJob<String> job = gated(30).deferTo(outbox, value -> value).build();
      Runner runner = scene.runner();
      gate.localOnly(SHUT);

      RunReport stopped = runner.run(job);

      assertThat(stopped.reason()).contains("could not be deferred");
      assertThat(stopped.state()).isEqualTo(RunState.STOPPED);
      assertThat(stopped.counts()).isEqualTo(new Counts(20, 0, 0, 13, 0, 7));
      assertThat(outbox.count()).isEqualTo(13);
      gate.open(FIXED);
      List<String> drained = drain(outbox);
      RunReport resumed = runner.resume(job, stopped.runId());
      assertThat(resumed.counts()).isEqualTo(new Counts(30, 17, 0, 13, 0, 0));
      Set<String> all = new HashSet<>(service.appliedKeys());
      all.addAll(drained);
      assertThat(all).hasSize(30);
    }
  }

  /** {@return a job of 40 items whose target does this in its second call} */
  private SyncJob.Builder<String> doingInCall2(Runnable action) {
    int[] calls = {0};
    return Scene.policies()
        .from(Scene.source(40))
        .to(chunk -> {
          if (++calls[0] == 2) {
            action.run();
          }
          return ChunkResult.succeeded();
        })
        .gate(gate);
  }

  @Test
  void run_outboxIsClosedBeforeTheRunner_failsAndCountsWhatWasReadAll() {
    Outbox outbox = outbox();
    SyncJob<String> job =
        doingInCall2(outbox::close).deferTo(outbox, value -> value).build();

    RunReport report = scene.runner().run(job);

    assertThat(report.state()).isEqualTo(RunState.FAILED);
    assertThat(report.reason()).contains("outbox.jsonl must be open, was closed");
    assertThat(report.counts()).isEqualTo(new Counts(40, 20, 0, 0, 0, 20));
    assertThat(scene.newest().counts()).isEqualTo(report.counts());
  }

  @Test
  void run_gateIsClosedBeforeTheRunner_failsAndCountsWhatWasReadAll() {
    try (Outbox outbox = outbox()) {
      SyncJob<String> job =
          doingInCall2(gate::close).deferTo(outbox, value -> value).build();

      RunReport report = scene.runner().run(job);

      assertThat(report.state()).isEqualTo(RunState.FAILED);
      assertThat(report.counts()).isEqualTo(new Counts(40, 20, 0, 0, 0, 20));
    }
  }

  @Test
  void run_outboxIsClosedBeforeTheRunner_countsRetriesThatWereDueToo() {
    Outbox outbox = outbox();
    int[] calls = {0};
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(40))
        .to(chunk -> {
          if (++calls[0] == 2) {
            outbox.close();
          }
          return chunk.keys().contains("k4")
              ? ChunkResult.builder()
                  .failed("k4", Failure.of(FailureKind.CONFLICT, "locked"))
                  .othersSucceeded()
                  .build()
              : ChunkResult.succeeded();
        })
        .retryBackOff(BackOff.between(Duration.ofNanos(1), Duration.ofNanos(2)))
        .gate(gate)
        .deferTo(outbox, value -> value)
        .build();

    RunReport report = scene.runner().run(job);

    assertThat(report.counts()).isEqualTo(new Counts(40, 19, 0, 0, 0, 21));
  }

  @Test
  void run_outboxIsClosedWhileItTakesAChunk_leavesTheChunkInDoubtUntilTheOutboxIsAsked()
      throws InterruptedException {
    SyncJob.Builder<String> policies = gated(30);
    Outbox first = outbox();
    gate.localOnly(SHUT);

    RunReport failed = scene
        .runner()
        .run(policies
            .deferTo(first, value -> {
              if (value.equals("k3")) {
                first.close();
              }
              return value;
            })
            .build());

    assertThat(failed.state()).isEqualTo(RunState.FAILED);
    assertThat(failed.counts()).isEqualTo(new Counts(20, 0, 0, 0, 10, 10));
    assertThat(scene.ledger.items(failed.runId(), ItemFilter.all().states(ItemState.IN_DOUBT)))
        .hasSize(10);
    try (Outbox again = outbox()) {
      SyncJob<String> job = policies.deferTo(again, value -> value).build();
      RunReport resumed = scene.runner().resume(job, failed.runId());
      assertThat(resumed.counts()).isEqualTo(new Counts(30, 0, 0, 30, 0, 0));
      gate.open(FIXED);
      assertThat(drain(again)).containsExactlyInAnyOrderElementsOf(Scene.keys(30));
    }
  }

  @Test
  void run_outboxIsClosedWhileItTakesAPartOfAChunk_countsTheRestAsNotReached() {
    Outbox outbox = outbox();
    outbox.put("k3", "older");
    SyncJob<String> job = gated(10)
        .deferTo(outbox, value -> {
          outbox.close();
          return value;
        })
        .build();

    RunReport report = scene.runner().run(job);

    assertThat(report.counts()).isEqualTo(new Counts(10, 0, 0, 0, 1, 9));
    assertThat(service.calls()).isEmpty();
  }

  @Test
  void resume_outboxIsClosed_failsAndCountsItsChunkAsInDoubt() {
    SyncJob.Builder<String> policies = gated(30);
    Outbox outbox = outbox();
    gate.localOnly(SHUT);
    SyncJob<String> job = policies
        .deferTo(outbox, value -> {
          outbox.close();
          return value;
        })
        .build();
    RunReport failed = scene.runner().run(job);

    RunReport resumed = scene.runner().resume(job, failed.runId());

    assertThat(resumed.state()).isEqualTo(RunState.FAILED);
    assertThat(resumed.reason()).contains("could not be asked what it took");
    assertThat(resumed.counts()).isEqualTo(failed.counts());
  }

  @Test
  void run_corruptionIsFoundAndTheGateIsClosed_recordsTheChunk() {
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(30))
        .to(chunk -> {
          gate.close();
          return ChunkResult.builder()
              .failed("k4", Failure.of(FailureKind.INTEGRITY, "cut"))
              .othersSucceeded()
              .build();
        })
        .gate(gate)
        .localOnlyOnCorruption()
        .build();

    RunReport report = scene.runner().run(job);

    assertThat(report.counts()).isEqualTo(new Counts(20, 9, 1, 0, 0, 10));
    assertThat(report.problems().toString()).contains("the gate could not be made local-only");
  }

  @Test
  void next_resumedRunDefers_saysThatItIsOfThisProcess() throws InterruptedException {
    try (Outbox outbox = Outbox.builder(folder.resolve("outbox.jsonl"), scene.time)
        .maxChanges(20)
        .open()) {
      SyncJob<String> job = gated(30).deferTo(outbox, value -> value).build();
      Runner runner = scene.runner();
      gate.localOnly(SHUT);
      RunReport stopped = runner.run(job);
      gate.open(FIXED);
      drain(outbox);
      gate.localOnly(SHUT);

      RunReport resumed = runner.resume(job, stopped.runId());

      assertThat(stopped.next())
          .contains("20 were deferred to the outbox; drain it when the gate is open");
      assertThat(resumed.counts().skipped()).isEqualTo(30);
      assertThat(resumed.next())
          .containsExactly(
              "10 were deferred to the outbox in this process; drain it when the gate is open");
    }
  }

  @Test
  void run_payloadCannotBeWritten_failsThatItemOnly() {
    try (Outbox outbox = outbox()) {
      SyncJob<String> job = gated(30)
          .deferTo(outbox, value -> {
            if (value.equals("k3")) {
              throw new IllegalArgumentException("not a snapshot");
            }
            return value;
          })
          .build();
      gate.localOnly(SHUT);

      RunReport report = scene.runner().run(job);

      assertThat(report.counts()).isEqualTo(new Counts(30, 0, 1, 29, 0, 0));
      assertThat(report.reasons()).anyMatch(reason -> reason.text().contains("not a snapshot"));
    }
  }

  @Test
  void run_payloadIsLargerThanTheOutboxMayBe_failsThatItemOnly() {
    try (Outbox outbox = Outbox.builder(folder.resolve("outbox.jsonl"), scene.time)
        .newestWins()
        .maxBytes(20_000)
        .open()) {
      SyncJob<String> job = gated(30)
          .deferTo(outbox, value -> value.equals("k3") ? "x".repeat(20_000) : value)
          .build();
      gate.localOnly(SHUT);

      RunReport report = scene.runner().run(job);

      assertThat(report.counts()).isEqualTo(new Counts(30, 0, 1, 29, 0, 0));
      assertThat(report.reasons()).anyMatch(reason -> reason.text().contains("payload must be"));
    }
  }

  @Test
  void run_payloadOfOneItemIsNull_failsThatItemAlone() {
    try (Outbox outbox = outbox()) {
      SyncJob<String> job = gated(30)
          .deferTo(outbox, value -> value.equals("k3") ? nothing() : value)
          .build();
      gate.localOnly(SHUT);

      RunReport report = scene.runner().run(job);

      assertThat(report.counts()).isEqualTo(new Counts(30, 0, 1, 29, 0, 0));
    }
  }

  @SuppressWarnings("NullAway") // what a host's function may return
  private static String nothing() {
    return null;
  }

  @Test
  void run_itemFailsForIntegrity_shutsTheGateAtOnce() {
    SimulatedService corrupt =
        scene.service().failing(FailureKind.INTEGRITY, "k4").build();
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(30))
        .to(corrupt.target())
        .gate(gate)
        .localOnlyOnCorruption()
        .build();

    RunReport report = scene.runner().run(job);

    assertThat(report.state()).isEqualTo(RunState.STOPPED);
    assertThat(gate.isLocalOnly()).isTrue();
    assertThat(corrupt.calls()).hasSize(1);
    assertThat(report.alerts()).extracting(alert -> alert.severity()).contains(Severity.SEV1);
  }

  @Test
  void run_itemIsFoundCorruptWhenItIsRead_shutsTheGateAtOnce() {
    RunReport report = scene.runner().run(checkedWhenRead());

    assertThat(gate.isLocalOnly()).isTrue();
    assertThat(report.state()).isEqualTo(RunState.STOPPED);
    assertThat(report.counts()).isEqualTo(new Counts(40, 20, 1, 0, 0, 19));
    assertThat(report.alerts()).singleElement().satisfies(alert -> {
      assertThat(alert.severity()).isEqualTo(Severity.SEV1);
      assertThat(alert.text()).contains("an item failed with INTEGRITY");
    });
    assertThat(report.text()).contains("hash differs", "k24");
  }

  @Test
  void resume_itemWasFoundCorruptWhenItWasRead_raisesNoAlarmAgain() {
    SyncJob<String> job = checkedWhenRead();
    RunReport stopped = scene.runner().run(job);
    gate.open(FIXED);

    RunReport resumed = scene.runner().resume(job, stopped.runId());

    assertThat(resumed.counts()).isEqualTo(new Counts(60, 59, 1, 0, 0, 0));
    assertThat(resumed.alerts()).isEmpty();
    assertThat(gate.isLocalOnly()).isFalse();
  }

  /** {@return a job whose mapping finds an item corrupt} */
  private SyncJob<String> checkedWhenRead() {
    return Scene.policies()
        .from(Scene.source(60).map(value -> {
          if (value.equals("k24")) {
            throw new FailureException(Failure.of(FailureKind.INTEGRITY, "hash differs"));
          }
          return value;
        }))
        .to(service.target())
        .gate(gate)
        .localOnlyOnCorruption()
        .build();
  }

  @Test
  void run_itemFailsForIntegrityWithTheLongestMessage_shutsTheGateAndStops() {
    Failure longest = Failure.of(FailureKind.INTEGRITY, "x".repeat(Failure.MAX_MESSAGE));
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(30))
        .to(chunk -> chunk.keys().contains("k4")
            ? ChunkResult.builder().failed("k4", longest).othersSucceeded().build()
            : ChunkResult.succeeded())
        .gate(gate)
        .localOnlyOnCorruption()
        .build();

    RunReport report = scene.runner().run(job);

    assertThat(report.state()).isEqualTo(RunState.STOPPED);
    assertThat(report.counts().succeeded()).isEqualTo(9);
    assertThat(gate.isLocalOnly()).isTrue();
  }

  @Test
  void build_defersWithoutAGate_isRefused() {
    try (Outbox outbox = outbox()) {
      assertThatIllegalStateException()
          .isThrownBy(() -> Scene.policies()
              .from(Scene.source(1))
              .to(service.target())
              .deferTo(outbox, value -> value)
              .build())
          .withMessageContaining("gate(..)");
    }
  }

  @Test
  void run_lastItemsAreGivenUpWithoutACall_tellsTheGatesGuardOfThemToo() {
    SimulatedService down =
        scene.service().outage(Duration.ZERO, Duration.ofDays(1)).build();
    Gate ramping = Gate.builder("sync", scene.time)
        .ramp(Ramp.defaults().guard(step -> Guard.Verdict.stay("counting")))
        .build();
    SyncJob<String> job =
        Scene.policies().from(Scene.source(200)).to(down.target()).gate(ramping).build();
    Runner runner = scene.runners().retryBudget(() -> RetryBudget.of(0, 0)).build();
    ramping.localOnly(SHUT);
    ramping.ramp(FIXED);

    RunReport report = runner.run(job);

    long failed = report.counts().failed();
    assertThat(failed).isPositive();
    assertThat(ramping.state())
        .isInstanceOfSatisfying(
            GateState.Ramping.class, it -> assertThat(it.step().failures()).isEqualTo(failed));
  }

  static LongStream seeds() {
    return LongStream.range(0, 60);
  }

  /** Items change while the gate is switched to and fro; at the end each newest value is there. */
  @ParameterizedTest
  @MethodSource("seeds")
  void runs_throughAnyNumberOfSwitches_loseNothingAndSendNothingWhileLocalOnly(long seed)
      throws InterruptedException {
    SplittableRandom random = new SplittableRandom(seed);
    Map<String, String> applied = new HashMap<>();
    List<String> leaks = new ArrayList<>();
    Gate switched =
        Gate.builder("seed", scene.time).ramp(Ramp.defaults().minOperations(1)).build();
    try (Outbox outbox = outbox()) {
      Map<String, String> newest = new HashMap<>();
      for (int round = 0; round < 12; round++) {
        for (int i = 0; i < 25; i++) {
          newest.put("k" + random.nextInt(40), "v" + round);
        }
        List<Map.Entry<String, String>> items = List.copyOf(newest.entrySet());
        SyncJob<Map.Entry<String, String>> job = SyncJob.<Map.Entry<String, String>>named(
                "switched")
            .from(Sources.of(items, Map.Entry::getKey))
            .to(chunk -> {
              if (switched.isLocalOnly()) {
                leaks.addAll(chunk.keys());
              }
              chunk.forEach(item -> applied.put(item.key(), item.value().getValue()));
              if (random.nextInt(4) == 0) {
                flip(switched, random);
              }
              return io.runbook4j.spi.sync.ChunkResult.succeeded();
            })
            .chunkSize(io.runbook4j.chunk.ChunkSize.fixed(1 + random.nextInt(10)))
            .gate(switched)
            .deferTo(outbox, Map.Entry::getValue)
            .build();
        RunReport report = scene.runner().run(job);
        assertThat(report.state()).as("seed %s", seed).isEqualTo(RunState.COMPLETED);
        assertThat(report.counts().read()).as("seed %s", seed).isEqualTo(items.size());
        scene.time.advance(Duration.ofMinutes(random.nextInt(30)));
        flip(switched, random);
        drain(outbox, switched, applied, leaks);
      }
      if (!(switched.state() instanceof io.runbook4j.gate.GateState.Open)) {
        switched.open(FIXED);
      }
      drain(outbox, switched, applied, leaks);

      assertThat(applied).as("seed %s", seed).isEqualTo(newest);
      assertThat(leaks).as("seed %s", seed).isEmpty();
      assertThat(outbox.count()).isZero();
    }
  }

  private static void flip(Gate gate, SplittableRandom random) {
    int choice = random.nextInt(3);
    if (choice == 0) {
      gate.localOnly(SHUT);
    } else if (choice == 1 && gate.isLocalOnly()) {
      gate.ramp(FIXED);
    } else if (choice == 2) {
      gate.open(FIXED);
    }
  }

  private List<String> drain(Outbox outbox) throws InterruptedException {
    Map<String, String> applied = new java.util.LinkedHashMap<>();
    drain(outbox, gate, applied, new ArrayList<>());
    return List.copyOf(applied.keySet());
  }

  private void drain(Outbox outbox, Gate gate, Map<String, String> applied, List<String> leaks)
      throws InterruptedException {
    RateLimiter quota = RateLimiter.of("drain", scene.time, Quota.of(1_000, Duration.ofSeconds(1)));
    Drain.of(outbox, gate, quota, change -> {
          if (gate.isLocalOnly()) {
            leaks.add(change.key());
          }
          applied.put(change.key(), change.payload());
          return Outcome.succeeded();
        })
        .run();
  }

  @Test
  void outstanding_keptInByARamp_areSkippedItems() {
    gate.localOnly(SHUT);
    gate.ramp(FIXED);
    scene.runner().run(gated(100).build());

    assertThat(scene.ledger.outstanding(Scene.JOB, ItemFilter.all()))
        .allMatch(
            item -> item.state() == ItemState.SKIPPED && item.text().contains("gate sync is"));
  }
}
