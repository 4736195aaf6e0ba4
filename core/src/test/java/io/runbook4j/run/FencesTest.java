package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runbook4j.alert.Rule;
import io.runbook4j.backoff.BackOff;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.AlertChannel;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.ItemState;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.testkit.SimulatedService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a host hangs on to a run may break; the run goes on and says so. */
class FencesTest {
  private final Scene scene = new Scene();

  @Test
  void run_listenerThrows_goesOnAndNotesIt() {
    RunReport report = scene
        .runner(new RunListener() {
          @Override
          public void onChunk(ChunkReport chunk, Progress progress) {
            throw new IllegalStateException("display is gone");
          }
        })
        .run(Scene.job(30, scene.service().build()));

    assertThat(report.counts()).isEqualTo(new Counts(30, 30, 0, 0, 0, 0));
    assertThat(report.problems())
        .as("what is said three times is told once")
        .singleElement()
        .asString()
        .contains("display is gone")
        .endsWith(" (3 times)");
  }

  @Test
  void run_oneListenerThrows_othersAreStillTold() {
    List<ChunkReport> seen = new ArrayList<>();
    RunListener broken = new RunListener() {
      @Override
      public void onStarted(RunControl run) {
        throw new AssertionError("broken");
      }
    };
    RunListener sound = new RunListener() {
      @Override
      public void onChunk(ChunkReport chunk, Progress progress) {
        seen.add(chunk);
      }
    };

    scene.runner(broken, sound).run(Scene.job(30, scene.service().build()));

    assertThat(seen).extracting(ChunkReport::number).containsExactly(1, 2, 3);
  }

  @Test
  void run_alertChannelThrows_goesOnAndNotesIt() {
    List<Alert> delivered = new ArrayList<>();
    AlertChannel broken = alert -> {
      throw new IllegalStateException("channel #ops is archived");
    };
    SimulatedService service =
        scene.service().failing(FailureKind.INVALID, "k1", "k2", "k3").build();
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(30))
        .to(service.target())
        .alertWhen(Rule.failuresInRunOver(2))
        .build();

    RunReport report =
        scene.runners().alerts(scene.router(broken, delivered::add)).build().run(job);

    assertThat(report.state()).isEqualTo(RunState.COMPLETED);
    assertThat(report.alerts()).hasSize(1);
    assertThat(delivered)
        .singleElement()
        .satisfies(alert -> assertThat(alert.text())
            .as("with the advice for its channel")
            .startsWith(report.alerts().get(0).text()));
    assertThat(report.problems()).anyMatch(problem -> problem.contains("channel #ops is archived"));
  }

  @Test
  @Timeout(60)
  void run_alertChannelIsDeadAndTheExecutorHasOneThread_sendsTheChunksAllTheSame() {
    Semaphore thread = new Semaphore(1);
    Executor bounded = task -> scene.time.executor().execute(() -> {
      try {
        while (!thread.tryAcquire()) {
          scene.time.sleep(Duration.ofMillis(10));
        }
        task.run();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      } finally {
        thread.release();
      }
    });
    SimulatedService service =
        scene.service().failing(FailureKind.INVALID, "k1", "k2", "k3").build();
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(100))
        .to(service.target())
        .alertWhen(Rule.failuresInRunOver(2))
        .chunksInFlight(2)
        .build();

    RunReport report = scene
        .runners()
        .executor(bounded)
        .alerts(alert -> {
          throw new IllegalStateException("channel #ops is archived");
        })
        .build()
        .run(job);

    assertThat(report.counts()).isEqualTo(new Counts(100, 97, 3, 0, 0, 0));
    assertThat(Duration.between(report.startedAt(), report.endedAt()))
        .isLessThan(Duration.ofMinutes(1));
  }

  @ParameterizedTest
  @EnumSource(
      value = FailureKind.class,
      names = {"RATE_LIMITED", "SERVER_ERROR"})
  void run_scheduleThrows_waitsAsByDefaultAndNotesIt(FailureKind kind) {
    BackOff broken = BackOff.of(attempt -> {
      throw new IllegalStateException("no such property");
    });
    int[] calls = {0};
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(30))
        .to(chunk -> switch (++calls[0]) {
          case 2 -> ChunkResult.refused(Failure.of(kind, "no"));
          case 4 ->
            ChunkResult.builder()
                .failed(chunk.keys().get(0), Failure.of(kind, "no"))
                .othersSucceeded()
                .build();
          default -> ChunkResult.succeeded();
        })
        .backOff(broken)
        .retryBackOff(broken)
        .build();

    RunReport report = scene.runner().run(job);

    assertThat(report.counts()).isEqualTo(new Counts(30, 30, 0, 0, 0, 0));
    assertThat(report.problems())
        .singleElement()
        .asString()
        .contains("no such property")
        .endsWith(" (2 times)");
    assertThat(scene.time.elapsed()).isGreaterThanOrEqualTo(Duration.ofMinutes(4));
  }

  @Test
  void resume_targetThrewAnError_saysThatTheAnswerIsUnknownAndNotThatTheProcessEnded() {
    int[] calls = {0};
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(30))
        .to(chunk -> {
          if (++calls[0] == 1) {
            throw new NoClassDefFoundError("org/example/Codec");
          }
          return ChunkResult.succeeded();
        })
        .build();
    assertThatThrownBy(() -> scene.runner().run(job)).isInstanceOf(NoClassDefFoundError.class);
    assertThat(scene.ledger.outstanding(Scene.JOB, ItemFilter.all().states(ItemState.IN_DOUBT)))
        .hasSize(10)
        .noneMatch(item -> item.text().contains("process"));

    RunReport report = scene.runner().resume(job, scene.newest().run());

    assertThat(report.counts()).isEqualTo(new Counts(30, 20, 0, 0, 10, 0));
    assertThat(report.reasons())
        .extracting(FailureReason::text)
        .containsExactly("in doubt: the run ended before the answer was recorded");
  }

  @Test
  void run_targetThrowsAnError_recordsTheEndAndThrowsIt() {
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(30))
        .to(chunk -> {
          throw new NoClassDefFoundError("org/example/Codec");
        })
        .build();

    assertThatThrownBy(() -> scene.runner().run(job)).isInstanceOf(NoClassDefFoundError.class);
    assertThat(scene.newest().state()).isEqualTo(RunState.FAILED);
    assertThat(scene.newest().counts()).isEqualTo(new Counts(20, 0, 0, 0, 10, 10));
  }
}
