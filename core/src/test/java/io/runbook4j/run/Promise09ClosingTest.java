package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runbook4j.ledger.FileLedger;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.testkit.SimulatedService;
import io.runbook4j.testkit.VirtualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Promise 9: closing a runner lets the chunks in flight finish, too. */
class Promise09ClosingTest {
  private static final Duration LATENCY = Duration.ofSeconds(10);

  @TempDir
  Path folder;

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-11-23T21:00:00Z"));

  private Scene scene() {
    return new Scene(time, FileLedger.open(folder));
  }

  @Test
  void close_chunkIsInFlight_waitsUntilItIsRecorded() {
    Scene scene = scene();
    SimulatedService service = scene.service().latency(LATENCY, LATENCY).build();
    Runner runner = scene.runner();
    List<RunReport> reports = new ArrayList<>();
    time.executor().execute(() -> reports.add(runner.run(Scene.job(100, service))));
    time.advance(Duration.ofSeconds(15));

    runner.close();

    assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(20));
    assertThat(reports).singleElement().satisfies(report -> {
      assertThat(report.state()).isEqualTo(RunState.STOPPED);
      assertThat(report.reason()).isEqualTo("the runner was closed");
      assertThat(report.counts()).isEqualTo(new Counts(20, 20, 0, 0, 0, 0));
    });
    time.runToIdle();
  }

  @Test
  void run_afterClose_isRefusedAndRecordsNothing() {
    Scene scene = scene();
    Runner runner = scene.runner();
    runner.close();

    assertThatThrownBy(() -> runner.run(Scene.job(10, scene.service().build())))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the runner must be open, was closed");

    assertThat(scene().ledger.runs(Scene.JOB, 1)).isEmpty();
  }

  @Test
  void close_onTheThreadOfARun_doesNotWaitForThatRun() {
    Scene scene = scene();
    List<Runner> runners = new ArrayList<>();
    List<RunReport> seen = new ArrayList<>();
    runners.add(scene.runner(new RunListener() {
      @Override
      public void onFinished(RunReport report) {
        runners.get(0).close();
        seen.add(report);
      }
    }));

    RunReport report = runners.get(0).run(Scene.job(10, scene.service().build()));

    assertThat(seen).containsExactly(report);
  }

  @Test
  void close_threadsOfItsOwn_endsThem() throws InterruptedException {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(100))
        .to(chunk -> {
          threads.add(Thread.currentThread());
          return ChunkResult.succeeded();
        })
        .chunksInFlight(2)
        .build();
    Runner runner = Runner.builder().build();
    runner.run(job);

    runner.close();

    assertThat(threads).isNotEmpty().doesNotContain(Thread.currentThread());
    for (Thread thread : threads) {
      thread.join(Duration.ofSeconds(30).toMillis()); // an idle thread of a pool lives for a minute
      assertThat(thread.isAlive()).isFalse();
    }
  }
}
