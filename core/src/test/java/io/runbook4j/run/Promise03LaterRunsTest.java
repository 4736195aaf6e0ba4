package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.gate.Gate;
import io.runbook4j.gate.Order;
import io.runbook4j.gate.Outbox;
import io.runbook4j.ledger.FileLedger;
import io.runbook4j.source.Sources;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.ItemState;
import io.runbook4j.spi.ledger.RunOrigin;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Source;
import io.runbook4j.spi.sync.Target;
import io.runbook4j.testkit.CallFault;
import io.runbook4j.testkit.CrashMoment;
import io.runbook4j.testkit.CrashSwitch;
import io.runbook4j.testkit.SimulatedService;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Promise 3, over several runs: what a later run has done with an item counts for every run before
 * it.
 */
class Promise03LaterRunsTest {
  private final Scene scene = new Scene();
  private final Map<String, Integer> applied = new HashMap<>();

  @TempDir
  private Path folder;

  private ChunkResult apply(List<String> keys) {
    keys.forEach(key -> applied.merge(key, 1, Integer::sum));
    return ChunkResult.succeeded();
  }

  private SyncJob<String> job(int items) {
    return Scene.policies()
        .from(Scene.source(items))
        .to(chunk -> apply(chunk.keys()))
        .build();
  }

  private RunReport stoppedAfter(int chunks, SyncJob<String> job) {
    return scene.runner(new StopAfter(chunks)).run(job);
  }

  @Test
  void resume_afterTheRestWasRerun_sendsNoneOfItAgain() {
    SyncJob<String> job = job(100);
    RunReport stopped = stoppedAfter(3, job);
    RunReport rerun = scene.runner().rerunOutstanding(job);
    assertThat(rerun.counts().succeeded()).isPositive();

    RunReport resumed = scene.runner().resume(job, stopped.runId());

    assertThat(resumed.state()).isEqualTo(RunState.COMPLETED);
    assertThat(resumed.counts()).isEqualTo(new Counts(100, 100, 0, 0, 0, 0));
    assertThat(applied)
        .hasSize(100)
        .allSatisfy((key, times) -> assertThat(times).isOne());
    assertThat(scene.ledger.outstanding(Scene.JOB, ItemFilter.all())).isEmpty();
  }

  @Test
  void resume_afterADeathWhoseChunkWasRerun_sendsNoneOfItAgain() {
    SimulatedService service = scene.service().build();
    SyncJob.Builder<String> policies = Scene.policies().inDoubt(InDoubt.REAPPLY);
    CrashSwitch life = CrashSwitch.create().crashAtRecord(3, CrashMoment.AFTER);
    assertThat(scene.live(life, policies, Scene.source(30), service)).isEmpty();
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(30))
        .to(chunk -> apply(chunk.keys()))
        .inDoubt(InDoubt.REAPPLY)
        .build();
    ItemFilter doubtful = ItemFilter.all().states(ItemState.IN_DOUBT);
    RunReport rerun = scene.runner().rerunOutstanding(job, doubtful);
    assertThat(rerun.counts().succeeded()).isEqualTo(10);

    RunReport resumed = scene.runner().resume(job, scene.ledger.died().get(0).run());

    assertThat(resumed.counts()).isEqualTo(new Counts(30, 30, 0, 0, 0, 0));
    assertThat(applied).allSatisfy((key, times) -> assertThat(times).isOne());
  }

  @Test
  void runOrResume_aStoppedRerunWhoseItemsAnotherRerunApplied_sendsNoneOfThemAgain() {
    boolean[] up = {false};
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(100))
        .to(chunk -> up[0] ? apply(chunk.keys()) : refused())
        .build();
    RunReport first = scene.runner().run(job);
    assertThat(first.counts().failed()).isEqualTo(100);
    up[0] = true;
    RunReport stopped = scene.runner(new StopAfter(2)).rerunFailed(job, first.runId());
    assertThat(stopped.state()).isEqualTo(RunState.STOPPED);
    scene.runner().rerunFailed(job, first.runId());

    RunReport resumed = scene.runner().runOrResume(job);

    assertThat(resumed.runId()).isEqualTo(stopped.runId());
    assertThat(resumed.state()).isEqualTo(RunState.COMPLETED);
    assertThat(resumed.counts()).isEqualTo(new Counts(100, 100, 0, 0, 0, 0));
    assertThat(applied)
        .hasSize(100)
        .allSatisfy((key, times) -> assertThat(times).isOne());
  }

  @Test
  void resume_theNewerRunAfterTheOlderOneWasResumed_sendsNothingAgain() {
    SyncJob<String> job = Scene.policies()
        .from(ListSource.of(Scene.keys(100)))
        .to(chunk -> apply(chunk.keys()))
        .build();
    RunReport first = stoppedAfter(2, job);
    RunReport rerun = scene.runner(new StopAfter(2)).rerunOutstanding(job);
    assertThat(rerun.state()).isEqualTo(RunState.STOPPED);
    assertThat(scene.runner().resume(job, first.runId()).state()).isEqualTo(RunState.COMPLETED);

    scene.runner().resume(job, rerun.runId());

    assertThat(applied)
        .hasSize(100)
        .allSatisfy((key, times) -> assertThat(times).isOne());
  }

  @Test
  void resume_anItemThatARerunAppliedCannotBeReadAnyMore_keepsItsSuccess() {
    Set<String> broken = new HashSet<>();
    SyncJob<String> job = Scene.policies()
        .from(broken(Scene.source(100), broken))
        .to(chunk -> apply(chunk.keys()))
        .build();
    RunReport stopped = stoppedAfter(3, job);
    assertThat(scene.runner().rerunOutstanding(job).counts().succeeded()).isEqualTo(10);
    broken.add("k35");

    RunReport resumed = scene.runner().resume(job, stopped.runId());

    assertThat(resumed.counts()).isEqualTo(new Counts(100, 100, 0, 0, 0, 0));
    broken.clear();
    assertThat(scene.runner().rerunFailed(job, stopped.runId()).counts().read()).isZero();
    assertThat(applied).allSatisfy((key, times) -> assertThat(times).isOne());
  }

  @Test
  void resume_anItemThatARerunLeftInDoubtCannotBeReadAnyMore_staysInDoubt() {
    Set<String> broken = new HashSet<>();
    boolean[] answering = {true};
    SyncJob<String> job = Scene.policies()
        .from(broken(Scene.source(100), broken))
        .to(chunk -> {
          apply(chunk.keys());
          return answering[0]
              ? ChunkResult.succeeded()
              : ChunkResult.unanswered(Failure.of(FailureKind.TIMEOUT, "no answer"));
        })
        .inDoubt(InDoubt.PARK)
        .build();
    RunReport stopped = stoppedAfter(3, job);
    answering[0] = false;
    assertThat(scene.runner().rerunOutstanding(job).counts().inDoubt()).isEqualTo(10);
    answering[0] = true;
    broken.add("k35");

    RunReport resumed = scene.runner().resume(job, stopped.runId());

    assertThat(resumed.counts()).isEqualTo(new Counts(100, 90, 0, 0, 10, 0));
    broken.clear();
    assertThat(scene.runner().rerunFailed(job, stopped.runId()).counts().read()).isZero();
    assertThat(applied).allSatisfy((key, times) -> assertThat(times).isOne());
  }

  /** {@return the source, of which the mapping throws for these keys} */
  private static Source<String> broken(Source<String> source, Set<String> keys) {
    return source.map(value -> {
      if (keys.contains(value)) {
        throw new FailureException(
            Failure.of(FailureKind.MAPPING_MISSING, "the lookup has no such user"));
      }
      return value;
    });
  }

  @Test
  void rerunFailed_moreThanAChunkHolds_fetchesAChunksKeysAtATime() {
    CountedSource source = new CountedSource(Sources.of(Scene.keys(95), key -> key));
    boolean[] up = {false};
    SyncJob<String> job = Scene.policies()
        .from(source)
        .to(chunk -> up[0] ? apply(chunk.keys()) : refused())
        .build();
    RunReport first = scene.runner().run(job);
    up[0] = true;

    RunReport rerun = scene.runner().rerunFailed(job, first.runId());

    assertThat(rerun.counts()).isEqualTo(new Counts(95, 95, 0, 0, 0, 0));
    assertThat(source.fetched()).containsExactlyInAnyOrderElementsOf(Scene.keys(95));
    assertThat(source.mostAtOnce()).isEqualTo(10);
  }

  private static ChunkResult refused() {
    return ChunkResult.refused(Failure.of(FailureKind.PERMISSION, "not allowed"));
  }

  @Test
  void rerunFailed_whileAnotherRerunOfTheSameItemsGoesOn_takesNoneOfThem() {
    SyncJob<String> failing =
        Scene.policies().from(Scene.source(20)).to(chunk -> refused()).build();
    RunReport first = scene.runner().run(failing);
    assertThat(first.counts().failed()).isEqualTo(20);
    List<RunReport> others = new ArrayList<>();
    SyncJob<String> slow = Scene.policies()
        .from(Scene.source(20))
        .to(chunk -> {
          if (others.isEmpty()) {
            others.add(scene.runner().rerunFailed(job(20), first.runId()));
          }
          return apply(chunk.keys());
        })
        .build();

    scene.runner().rerunFailed(slow, first.runId());

    assertThat(others.get(0).counts().read()).isZero();
    assertThat(others.get(0).problems().toString())
        .contains("20 items were left out: in the hands of a run that is going on");
    assertThat(applied).hasSize(20).allSatisfy((key, times) -> assertThat(times).isOne());
  }

  @ParameterizedTest
  @EnumSource(names = {"REAPPLY", "RESOLVE"})
  void resume_afterADeathWhoseChunkWasRerunInPart_sendsNoneOfItAgain(InDoubt policy) {
    SimulatedService service = scene.service().build();
    CrashSwitch life = CrashSwitch.create().crashAtRecord(3, CrashMoment.AFTER);
    scene.live(life, Scene.policies().inDoubt(InDoubt.REAPPLY), Scene.source(30), service);
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(30))
        .to(idempotent(chunk -> apply(chunk.keys())))
        .inDoubt(policy)
        .build();
    List<String> doubtful =
        scene.ledger.outstanding(Scene.JOB, ItemFilter.all().states(ItemState.IN_DOUBT)).stream()
            .map(item -> item.key())
            .toList();
    assertThat(doubtful).hasSize(10);
    ItemFilter half = ItemFilter.all().states(ItemState.IN_DOUBT).keys(doubtful.subList(0, 5));
    assertThat(scene.runner().rerunOutstanding(job, half).counts().succeeded()).isEqualTo(5);

    RunReport resumed = scene.runner().resume(job, scene.ledger.died().get(0).run());

    assertThat(resumed.counts()).isEqualTo(new Counts(30, 25, 0, 0, 5, 0));
    assertThat(scene.ledger.outstanding(Scene.JOB, ItemFilter.all()))
        .extracting(item -> item.key())
        .containsExactlyElementsOf(doubtful.subList(5, 10));
    assertThat(applied).allSatisfy((key, times) -> assertThat(times).isOne());
    assertThat(applied).doesNotContainKeys(doubtful.subList(5, 10).toArray(String[]::new));
  }

  /** {@return a target that says that it may be sent a chunk twice, and cannot look} */
  private static Target<String> idempotent(Target<String> target) {
    return new Target<>() {
      @Override
      public ChunkResult apply(Chunk<String> chunk) throws InterruptedException {
        return target.apply(chunk);
      }

      @Override
      public boolean isIdempotent() {
        return true;
      }
    };
  }

  @Test
  void rerunOutstanding_itemsInDoubt_areLeftOutAndSaid() {
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(10))
        .to(chunk -> ChunkResult.unanswered(Failure.of(FailureKind.TIMEOUT, "no answer")))
        .inDoubt(InDoubt.PARK)
        .build();
    scene.runner().run(job);

    RunReport again = scene.runner().rerunOutstanding(job);

    assertThat(again.counts().read()).isZero();
    assertThat(again.problems().toString()).contains("10 items were left out: in doubt");
  }

  @Test
  void rerunFailed_itemsInDoubtSinceALaterRun_areLeftOutAndSaid() {
    SimulatedService service = losingTheRerunsAnswer();
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(10))
        .to(blind(service.target()))
        .inDoubt(InDoubt.PARK)
        .build();
    RunReport first = scene.runner().run(job);
    assertThat(first.counts().failed()).isEqualTo(2);
    RunReport lost = scene.runner().rerunFailed(job, first.runId());
    assertThat(lost.counts().inDoubt()).isEqualTo(2);

    RunReport again = scene.runner().rerunFailed(job, first.runId());

    assertThat(again.counts().read()).isZero();
    assertThat(again.problems().toString()).contains("2 items were left out: in doubt");
    assertThat(service.timesApplied("k1")).isOne();
  }

  /** Refuses two items of the first call, and applies them in the second, whose answer is lost. */
  private SimulatedService losingTheRerunsAnswer() {
    return scene
        .service()
        .verifying()
        .failingTimes(1, FailureKind.INVALID, "k1", "k2")
        .callFault(2, CallFault.LOST_AFTER_APPLYING)
        .build();
  }

  private static Target<String> blind(Target<String> target) {
    return chunk -> target.apply(chunk);
  }

  @Test
  void rerunFailed_itemsInDoubtSinceALaterRun_areVerifiedIfTheyAreAskedFor() {
    SimulatedService service = losingTheRerunsAnswer();
    SyncJob.Builder<String> policies = Scene.policies().from(Scene.source(10));
    SyncJob<String> parking =
        policies.to(blind(service.target())).inDoubt(InDoubt.PARK).build();
    RunReport first = scene.runner().run(parking);
    scene.runner().rerunFailed(parking, first.runId());
    SyncJob<String> asking =
        policies.to(service.target()).inDoubt(InDoubt.RESOLVE).build();

    RunReport again = scene
        .runner()
        .rerunFailed(
            asking, first.runId(), ItemFilter.all().states(ItemState.FAILED, ItemState.IN_DOUBT));

    assertThat(again.counts()).isEqualTo(new Counts(2, 2, 0, 0, 0, 0));
    assertThat(service.timesApplied("k1")).isOne();
  }

  @Test
  void rerunFailed_itemsDeferredByALaterRun_areLeftOut() {
    Gate gate = Gate.inMemory("sync", scene.time);
    Map<String, Integer> calls = new HashMap<>();
    try (Outbox outbox = Outbox.builder(folder.resolve("outbox.jsonl"), scene.time)
        .force(Outbox.Force.NEVER)
        .open()) {
      SyncJob<String> job = Scene.policies()
          .from(Scene.source(10))
          .to(chunk -> {
            chunk.keys().forEach(key -> calls.merge(key, 1, Integer::sum));
            return ChunkResult.builder()
                .othersSucceeded()
                .failed("k1", Failure.of(FailureKind.INVALID, "no"))
                .build();
          })
          .gate(gate)
          .deferTo(outbox, value -> value)
          .build();
      RunReport first = scene.runner().run(job);
      gate.localOnly(Order.of("ann", "test"));
      scene.runner().rerunFailed(job, first.runId());
      assertThat(outbox.count()).isOne();

      RunReport again = scene.runner().rerunFailed(job, first.runId());

      assertThat(again.counts().read()).isZero();
      assertThat(outbox.count()).isOne();
      assertThat(calls.get("k1")).isOne();
    }
  }

  @Test
  void rerunOutstanding_whileARunGoesOn_leavesItsItemsToIt() {
    List<RunReport> reruns = new ArrayList<>();
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(60))
        .to(chunk -> {
          if (applied.size() == 20 && reruns.isEmpty()) {
            reruns.add(scene.runner().rerunOutstanding(job(60)));
          }
          return apply(chunk.keys());
        })
        .build();

    RunReport report = scene.runner().run(job);

    assertThat(report.counts()).isEqualTo(new Counts(60, 60, 0, 0, 0, 0));
    assertThat(reruns).singleElement().satisfies(rerun -> {
      assertThat(rerun.counts().read()).isZero();
      assertThat(rerun.problems().toString()).contains("a run that is going on");
    });
    assertThat(applied).hasSize(60).allSatisfy((key, times) -> assertThat(times).isOne());
  }

  @Test
  void rerunFailed_itemsThatALaterRunHasInItsHands_areLeftToIt() {
    Failure no = Failure.of(FailureKind.INVALID, "no");
    RunReport first = scene
        .runner()
        .run(Scene.policies()
            .from(Scene.source(10))
            .to(chunk ->
                ChunkResult.builder().othersSucceeded().failed("k5", no).build())
            .build());
    List<RunReport> reruns = new ArrayList<>();
    SyncJob<String> again = Scene.policies()
        .from(Scene.source(10))
        .to(chunk -> {
          reruns.add(scene.runner().rerunFailed(job(10), first.runId()));
          return apply(chunk.keys());
        })
        .build();

    scene.runner().run(again);

    assertThat(reruns).singleElement().satisfies(rerun -> {
      assertThat(rerun.counts().read()).isZero();
      assertThat(rerun.problems().toString()).contains("1 item was left out: in the hands of");
    });
    assertThat(applied).containsEntry("k5", 1);
  }

  @Test
  void runOrResume_afterACompleteRerun_goesOnWithTheRunThatIsNotComplete() {
    SyncJob<String> job = job(100);
    RunReport stopped = stoppedAfter(3, job);
    assertThat(scene.runner().rerunFailed(job, stopped.runId()).state())
        .isEqualTo(RunState.COMPLETED);

    RunReport next = scene.runner().runOrResume(job);

    assertThat(next.runId()).isEqualTo(stopped.runId());
    assertThat(next.counts().succeeded()).isEqualTo(100);
    assertThat(scene.runner().runOrResume(job).origin().kind()).isEqualTo(RunOrigin.Kind.FULL);
    assertThat(applied).allSatisfy((key, times) -> assertThat(times).isEqualTo(2));
  }

  @Test
  void rerunFailed_afterTheClockWasSetBack_sendsNothingTwice() {
    Scene onDisk = new Scene(scene.time, FileLedger.open(folder));
    int[] calls = {0};
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(30))
        .to(chunk -> {
          scene.time.sleep(Duration.ofMinutes(30)); // the clock goes back into the run
          return ++calls[0] > 3
              ? apply(chunk.keys())
              : ChunkResult.builder()
                  .othersSucceeded()
                  .failed(chunk.keys().get(0), Failure.of(FailureKind.INVALID, "no"))
                  .build();
        })
        .build();
    RunReport first = onDisk.runner().run(job);
    scene.time.stepWallClock(Duration.ofHours(-1));
    assertThat(onDisk.runner().rerunFailed(job, first.runId()).counts().succeeded())
        .isEqualTo(3);

    RunReport again = onDisk.runner().rerunFailed(job, first.runId());

    assertThat(again.counts().read()).isZero();
    assertThat(onDisk.runner().rerunOutstanding(job).counts().read()).isZero();
    assertThat(onDisk.ledger.outstanding(Scene.JOB, ItemFilter.all())).isEmpty();
    assertThat(applied).isEqualTo(Map.of("k0", 1, "k10", 1, "k20", 1));
    onDisk.ledger.close();
  }

  @Test
  void rerunFailed_keysThatMatchNothing_areNamed() {
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(10))
        .to(chunk -> ChunkResult.builder()
            .othersSucceeded()
            .failed("k1", Failure.of(FailureKind.INVALID, "no"))
            .build())
        .build();
    RunReport first = scene.runner().run(job);

    RunReport none = scene
        .runner()
        .rerunFailed(job, first.runId(), ItemFilter.all().keys(List.of("k1", "0012", "k2")));

    assertThat(none.counts().read()).isOne();
    assertThat(none.problems())
        .anyMatch(text -> text.startsWith("2 of 3 keys were left out")
            && text.contains("0012")
            && text.contains("k2"));
  }
}
