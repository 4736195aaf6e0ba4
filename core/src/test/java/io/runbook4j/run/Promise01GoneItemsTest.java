package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.alert.Rule;
import io.runbook4j.limit.RetryBudget;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Source;
import io.runbook4j.spi.sync.Target;
import io.runbook4j.testkit.CallFault;
import io.runbook4j.testkit.CrashSwitch;
import io.runbook4j.testkit.SimulatedService;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Promise 1: counts add up though items leave the source, the source fails beside items that are
 * due, or items are given up without a call.
 */
class Promise01GoneItemsTest {
  private final Scene scene = new Scene();

  @Test
  void resume_itemInDoubtIsAbsentAndGoneFromTheSource_fails() {
    SimulatedService service = scene
        .service()
        .verifying()
        .callFault(1, CallFault.CRASH_BEFORE_APPLYING)
        .build();
    scene.live(CrashSwitch.create(), Scene.policies(), Scene.source(10), service);
    List<String> left = new ArrayList<>(Scene.keys(10));
    left.remove("k3");

    scene.live(CrashSwitch.create(), Scene.policies(), new ListSource(left, 20), service);

    assertThat(scene.newest().counts()).isEqualTo(new Counts(10, 9, 1, 0, 0, 0));
    assertThat(scene.newest().state()).isEqualTo(RunState.COMPLETED);
  }

  @Test
  void resume_sourceFailsBesideItemsThatAreDue_losesNone() {
    int[] calls = {0};
    Target<String> target = chunk -> switch (++calls[0]) {
      case 1 -> ChunkResult.refused(Failure.of(FailureKind.SERVER_ERROR, "busy"));
      case 3 ->
        ChunkResult.builder()
            .othersSucceeded()
            .failed("k5", Failure.of(FailureKind.RATE_LIMITED, "slow"))
            .build();
      default -> ChunkResult.succeeded();
    };
    RunReport early = scene
        .runner(new StopAfter(2))
        .run(Scene.policies().from(Scene.source(40)).to(target).build());
    assertThat(early.state()).isEqualTo(RunState.STOPPED);
    Source<String> flaky =
        FailingSource.failing(Scene.source(40), 1, 1, Failure.of(FailureKind.NETWORK, "away"));

    RunReport report =
        scene.runner().resume(Scene.policies().from(flaky).to(target).build(), early.runId());

    assertThat(report.state()).isEqualTo(RunState.COMPLETED);
    assertThat(report.counts()).isEqualTo(new Counts(40, 40, 0, 0, 0, 0));
  }

  @Test
  void run_endsWithItemsGivenUpWithoutACall_theThresholdIsSeen() {
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(10))
        .to(chunk -> ChunkResult.refused(Failure.of(FailureKind.SERVER_ERROR, "down")))
        .alertWhen(Rule.failuresInRunOver(5))
        .build();

    RunReport report =
        scene.runners().retryBudget(() -> RetryBudget.of(0, 0)).build().run(job);

    assertThat(report.counts().failed()).isEqualTo(10);
    assertThat(report.alerts()).hasSize(1);
  }

  @Test
  void resume_aRowOfAnOpenChunkIsGone_theRunAndItsPositionGoOn() {
    SimulatedService service =
        scene.service().callFault(2, CallFault.CRASH_BEFORE_APPLYING).build();
    SyncJob.Builder<String> policies = Scene.policies().inDoubt(InDoubt.REAPPLY);
    scene.live(CrashSwitch.create(), policies, Scene.source(40), service);
    List<String> keys = new ArrayList<>(Scene.keys(400_000));
    keys.remove("k12");
    SyncJob<String> job = Scene.policies()
        .from(new ListSource(keys, 1_000))
        .to(chunk -> ChunkResult.succeeded())
        .inDoubt(InDoubt.REAPPLY)
        .build();

    RunReport report =
        scene.runner(new StopAfter(35_000)).resume(job, scene.newest().run());

    assertThat(report.state()).isEqualTo(RunState.STOPPED);
    assertThat(report.counts().inDoubt()).isEqualTo(10);
    assertThat(report.counts().succeeded()).isGreaterThan(349_000);
    assertThat(scene.ledger.resumePoint(report.runId()).settledSince()).hasSizeLessThan(10_000);
  }
}
