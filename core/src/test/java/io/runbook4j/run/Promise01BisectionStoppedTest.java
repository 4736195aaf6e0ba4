package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.backoff.BackOff;
import io.runbook4j.chunk.ChunkSize;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.ItemRecord;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.ledger.RunSummary;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.testkit.CrashSwitch;
import io.runbook4j.testkit.SimulatedService;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Promise 1, where Spring Batch 6.0.4 breaks it: 1,000 items, one bad, and the run is stopped or
 * killed while the refused chunk is being split. Here it is stopped after every chunk in turn, and
 * killed at every step in turn; nothing may be missing.
 */
class Promise01BisectionStoppedTest {
  private static final int ITEMS = 1_000;

  @Test
  void resume_stoppedAnywhereInABisection_nothingIsMissing() {
    int stops = 0;
    RunState early = RunState.STOPPED;
    while (early == RunState.STOPPED) {
      Scene scene = new Scene();
      SimulatedService service = scene.service().poison("k567").build();
      SyncJob<String> job =
          policies().from(Scene.source(ITEMS)).to(service.target()).build();
      early = scene.runner(new StopAfter(++stops)).run(job).state();

      if (!scene.isCompleted()) {
        scene.runner().runOrResume(job);
      }

      assertNothingIsMissing("stopped after " + stops + " chunks", scene, service);
    }
    assertThat(stops).as("chunks after which it was stopped").isGreaterThan(15);
  }

  @Test
  void resume_killedAnywhereInABisection_nothingIsMissing() {
    int deaths = 0;
    boolean died = true;
    while (died) {
      Scene scene = new Scene();
      SimulatedService service = scene.service().verifying().poison("k567").build();

      died = killedAndResumed(++deaths, scene, service);

      assertNothingIsMissing("killed at step " + deaths, scene, service);
    }
    assertThat(deaths).as("steps at which it was killed").isGreaterThan(100);
  }

  @Test
  void resume_killedAnywhereInRetries_nothingIsMissing() {
    int deaths = 0;
    boolean died = true;
    while (died) {
      Scene scene = new Scene();
      SimulatedService service = scene
          .service()
          .verifying()
          .failingTimes(2, FailureKind.SERVER_ERROR, "k1", "k17", "k18", "k39")
          .failing(FailureKind.INVALID, "k567")
          .build();

      died = killedAndResumed(++deaths, scene, service);

      assertNothingIsMissing("killed at step " + deaths, scene, service);
    }
    assertThat(deaths).as("steps at which it was killed").isGreaterThan(100);
  }

  /** {@return whether the process died before the run had its end} */
  private static boolean killedAndResumed(int step, Scene scene, SimulatedService service) {
    boolean died = scene
        .live(CrashSwitch.atStep(step), policies(), Scene.source(ITEMS), service)
        .isEmpty();
    if (!scene.isCompleted()) {
      scene.live(CrashSwitch.create(), policies(), Scene.source(ITEMS), service);
    }
    return died;
  }

  private static SyncJob.Builder<String> policies() {
    return Scene.policies()
        .chunkSize(ChunkSize.fixed(100))
        .retryBackOff(BackOff.between(Duration.ofMillis(100), Duration.ofMillis(200)));
  }

  private static void assertNothingIsMissing(String when, Scene scene, SimulatedService service) {
    RunSummary run = scene.newest();
    assertThat(run.state()).as(when).isEqualTo(RunState.COMPLETED);
    assertThat(run.counts()).as(when).isEqualTo(new Counts(1_000, 999, 1, 0, 0, 0));
    assertThat(service.appliedKeys()).as(when).hasSize(999).doesNotContain("k567");
    assertThat(service.appliedKeys().stream().filter(key -> service.timesApplied(key) != 1))
        .as(when + ", applied more than once")
        .isEmpty();
    assertThat(scene.ledger.items(run.run(), ItemFilter.all()))
        .as(when)
        .extracting(ItemRecord::key)
        .containsExactly("k567");
  }
}
