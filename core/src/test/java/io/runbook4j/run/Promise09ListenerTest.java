package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.ledger.FileLedger;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.ItemRecord;
import io.runbook4j.spi.ledger.ItemState;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.testkit.CallFault;
import io.runbook4j.testkit.ServiceCall;
import io.runbook4j.testkit.SimulatedService;
import io.runbook4j.testkit.VirtualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Promise 9: who stops or pauses a run when it hears of a chunk has heard of the last one. */
class Promise09ListenerTest {
  private static final int ITEMS = 50;

  @TempDir
  Path folder;

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-11-23T21:00:00Z"));
  private Scene scene = new Scene();

  @BeforeEach
  void open() {
    scene = new Scene(time, FileLedger.open(folder));
  }

  @AfterEach
  void close() {
    scene.ledger.close();
  }

  @Test
  void stop_whenToldOfAChunk_sendsNoneAndLeavesNoneInDoubt() {
    SimulatedService service = scene.service().build();

    RunReport report =
        scene.runner(atFirstChunk(run -> run.stop("looks bad"))).run(Scene.job(ITEMS, service));

    assertThat(report.state()).isEqualTo(RunState.STOPPED);
    assertThat(service.calls()).hasSize(1);
    assertThat(report.totals().calls()).isEqualTo(1);
    assertThat(report.totals().retriedItems()).isZero();
    assertThat(report.counts()).isEqualTo(new Counts(20, 10, 0, 0, 0, 10));
    assertThat(scene.newest().counts()).isEqualTo(report.counts());
    assertThat(scene.ledger.outstanding(Scene.JOB, ItemFilter.all()))
        .hasSize(10)
        .extracting(ItemRecord::state)
        .containsOnly(ItemState.NOT_REACHED);
    assertFinishes(service);
  }

  @Test
  void resume_chunkWasNotSent_costsItNoAttempt() {
    SimulatedService service = scene
        .service()
        .failingTimes(1, FailureKind.SERVER_ERROR, Scene.keys(10, 20).toArray(String[]::new))
        .build();
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(ITEMS))
        .to(service.target())
        .on(FailureKind.SERVER_ERROR, Reaction.retry(1))
        .build();
    RunReport early = scene.runner(atFirstChunk(run -> run.stop("looks bad"))).run(job);

    RunReport report = scene.runner().resume(job, early.runId());

    assertThat(report.counts()).isEqualTo(new Counts(ITEMS, ITEMS, 0, 0, 0, 0));
  }

  @Test
  void stop_whileAnotherChunkIsInDoubt_leavesItSo() {
    Duration latency = Duration.ofSeconds(1);
    SimulatedService service = scene
        .service()
        .verifying()
        .latency(latency, latency)
        .callFault(2, CallFault.LOST_AFTER_APPLYING)
        .build();
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(ITEMS))
        .to(service.target())
        .chunksInFlight(2)
        .build();

    RunReport report = scene.runner(atFirstChunk(run -> run.stop("looks bad"))).run(job);

    assertThat(report.state()).isEqualTo(RunState.STOPPED);
    assertThat(report.counts().inDoubt()).isEqualTo(10);
    assertFinishes(service);
  }

  @Test
  void pause_whenToldOfAChunk_sendsNothingUntilUnpaused() {
    SimulatedService service = scene.service().build();
    Instant begin = time.now();
    RunListener pausing = atFirstChunk(run -> {
      run.pause();
      time.executor().execute(() -> {
        sleep(Duration.ofHours(1));
        run.unpause();
      });
    });

    RunReport report = scene.runner(pausing).run(Scene.job(ITEMS, service));

    assertThat(report.counts()).isEqualTo(new Counts(ITEMS, ITEMS, 0, 0, 0, 0));
    assertThat(service.calls()).extracting(ServiceCall::at).hasSize(5).startsWith(begin);
    assertThat(service.calls().subList(1, 5))
        .extracting(ServiceCall::at)
        .containsOnly(begin.plus(Duration.ofHours(1)));
  }

  private void sleep(Duration duration) {
    try {
      time.sleep(duration);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static RunListener atFirstChunk(Consumer<RunControl> action) {
    List<RunControl> run = new ArrayList<>();
    return new RunListener() {
      @Override
      public void onStarted(RunControl control) {
        run.add(control);
      }

      @Override
      public void onChunk(ChunkReport chunk, Progress progress) {
        if (chunk.number() == 1) {
          action.accept(run.get(0));
        }
      }
    };
  }

  /** Opens the folder anew, as another process would, and resumes. */
  private void assertFinishes(SimulatedService service) {
    scene.ledger.close();
    open();

    RunReport report = scene.runner().runOrResume(Scene.job(ITEMS, service));

    assertThat(report.counts()).isEqualTo(new Counts(ITEMS, ITEMS, 0, 0, 0, 0));
    assertThat(service.appliedKeys())
        .hasSize(ITEMS)
        .allMatch(key -> service.timesApplied(key) == 1);
  }
}
