package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runbook4j.alert.Rule;
import io.runbook4j.ledger.FileLedger;
import io.runbook4j.limit.Limits;
import io.runbook4j.limit.Quota;
import io.runbook4j.limit.RateLimiter;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.LedgerException;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Cursor;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.PageReader;
import io.runbook4j.spi.sync.Source;
import io.runbook4j.spi.sync.Target;
import io.runbook4j.testkit.CallFault;
import io.runbook4j.testkit.CrashSwitch;
import io.runbook4j.testkit.SimulatedService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Promise 9: what was stopped can be resumed, whatever it left, and after a resume that failed. */
class Promise09ResumingTest {
  private static final Failure NO_ANSWER = Failure.of(FailureKind.NETWORK, "connection reset");

  private final Scene scene = new Scene();

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void resume_moreChunksOpenThanARunMayReadAhead_sendsThemAgain() {
    boolean[] up = {false};
    Target<String> target = new Target<>() {
      @Override
      public ChunkResult apply(Chunk<String> chunk) {
        return up[0] ? ChunkResult.succeeded() : ChunkResult.unanswered(NO_ANSWER);
      }

      @Override
      public boolean isIdempotent() {
        return true;
      }
    };
    SyncJob.Builder<String> policies =
        Scene.policies().from(Scene.source(3_000)).to(target);
    RunReport early =
        scene.runner().run(policies.deadline(Duration.ofMillis(500)).build());
    up[0] = true;

    RunReport report =
        scene.runner().resume(policies.deadline(Duration.ofDays(1)).build(), early.runId());

    assertThat(early.counts().inDoubt()).isEqualTo(2_560);
    assertThat(report.state()).isEqualTo(RunState.COMPLETED);
    assertThat(report.counts()).isEqualTo(new Counts(3_000, 3_000, 0, 0, 0, 0));
  }

  @Test
  void run_stopsWhileItWaitsForAPermit_leavesThePermitToOthers() {
    Limits limits = Limits.create(scene.time, new Random(1));
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(30))
        .to(chunk -> ChunkResult.succeeded())
        .quota(Quota.of(1, Duration.ofHours(1)).exact())
        .deadline(Duration.ofMinutes(30))
        .build();

    RunReport report = scene.runners().limits(limits).build().run(job);
    scene.time.advance(Duration.ofMinutes(31));

    assertThat(report.state()).isEqualTo(RunState.STOPPED);
    assertThat(limits.limiter("job " + Scene.JOB).tryAcquire()).isTrue();
  }

  @Test
  void resume_bySameRunner_waitsForNoWindowSinceItHasCountedTheCalls() {
    Limits limits = Limits.create(scene.time, new Random(1));
    SyncJob<String> job = quotaOf(Quota.of(1_000, Duration.ofHours(1)));
    Runner runner = scene.runners().limits(limits).listener(new StopAfter(3)).build();
    RunReport early = runner.run(job);

    RunReport report = runner.resume(job, early.runId());

    assertThat(early.state()).isEqualTo(RunState.STOPPED);
    assertThat(report.counts().succeeded()).isEqualTo(100);
    assertThat(scene.time.elapsed()).isLessThan(Duration.ofMinutes(1));
    assertThat(limits.limiter("job " + Scene.JOB).closedFor()).isZero();
  }

  @Test
  void resume_anotherProcessHadTheRunMeanwhile_waitsForTheWindow() {
    SyncJob<String> job = quotaOf(Quota.of(1_000, Duration.ofHours(1)));
    Runner runner = scene.runner(new StopAfter(3));
    RunReport early = runner.run(job);
    scene.time.advance(Duration.ofHours(1));
    RunReport elsewhere = scene.runner(new StopAfter(1)).resume(job, early.runId());
    Duration before = scene.time.elapsed();

    runner.resume(job, early.runId());

    assertThat(elsewhere.state()).isEqualTo(RunState.STOPPED);
    assertThat(scene.time.elapsed().minus(before)).isGreaterThanOrEqualTo(Duration.ofHours(1));
  }

  @Test
  void resume_stoppedBeforeTheWindowOfAnotherProcessHadPassed_waitsForItStill() {
    Duration window = Duration.ofHours(1);
    SyncJob<String> job = quotaOf(Quota.of(1_000, window));
    RunReport early = scene.runner(new StopAfter(3)).run(job);
    Limits forgetful = Limits.create(
        scene.time,
        new Random(1),
        new RateLimiter.Closing(Duration.ofSeconds(1), Duration.ofSeconds(5)));
    Runner runner =
        scene.runners().limits(forgetful).listener(new StopAtFirstWait()).build();
    RunReport waiting = runner.resume(job, early.runId());

    runner.resume(job, early.runId());

    assertThat(waiting.state()).isEqualTo(RunState.STOPPED);
    assertThat(scene.time.elapsed()).isGreaterThanOrEqualTo(window);
  }

  /** Stops the first run that waits, once. */
  private static final class StopAtFirstWait implements RunListener {
    private Optional<RunControl> run = Optional.empty();
    private boolean done;

    @Override
    public void onStarted(RunControl control) {
      run = Optional.of(control);
    }

    @Override
    public void onWait(Wait wait) {
      if (!done) {
        done = true;
        run.orElseThrow().stop("enough");
      }
    }
  }

  @Test
  void resume_withAQuotaThatTheRunDidNotHave_waitsForItsWindow() {
    Runner runner = scene.runner(new StopAfter(3));
    RunReport early = runner.run(quotaOf(Quota.of(1_000, Duration.ofHours(1))));
    Duration window = Duration.ofMinutes(10);

    runner.resume(quotaOf(Quota.of(20, window)), early.runId());

    assertThat(scene.time.elapsed()).isBetween(window, Duration.ofMinutes(15));
  }

  private static SyncJob<String> quotaOf(Quota quota) {
    return Scene.policies()
        .from(Scene.source(100))
        .to(chunk -> ChunkResult.succeeded())
        .quota(quota)
        .build();
  }

  @ParameterizedTest
  @EnumSource(
      value = InDoubt.class,
      names = {"REAPPLY", "VERIFY"})
  void resume_itemsOfTheOpenChunkHadAttempts_countsThem(InDoubt policy) {
    SimulatedService service = scene
        .service()
        .verifying()
        .failing(FailureKind.SERVER_ERROR, "k3")
        .callFault(3, CallFault.CRASH_BEFORE_APPLYING)
        .build();
    SyncJob.Builder<String> policies =
        Scene.policies().inDoubt(policy).on(FailureKind.SERVER_ERROR, Reaction.retry(3));

    scene.live(CrashSwitch.create(), policies, Scene.source(10), service);
    scene.live(CrashSwitch.create(), policies, Scene.source(10), service);

    assertThat(scene.newest().counts()).isEqualTo(new Counts(10, 9, 1, 0, 0, 0));
    assertThat(service.timesSent("k3"))
        .as("one try and three more, and the call that the process did not outlive")
        .isEqualTo(5);
  }

  @Test
  void resume_stoppedWhileItAsksAboutAChunk_countsItsItemsOnce() {
    SimulatedService service =
        scene.service().callFault(2, CallFault.CRASH_BEFORE_APPLYING).build();
    scene.live(CrashSwitch.create(), Scene.policies(), Scene.source(30), service);
    Target<String> blind = new Target<>() {
      @Override
      public ChunkResult apply(Chunk<String> chunk) {
        return ChunkResult.succeeded();
      }

      @Override
      public Optional<Map<String, Verdict>> verify(List<String> keys) {
        throw new FailureException(NO_ANSWER);
      }
    };
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(30))
        .to(blind)
        .deadline(Duration.ofMillis(500))
        .build();

    RunReport report = scene.runner().resume(job, scene.newest().run());

    assertThat(report.state()).isEqualTo(RunState.STOPPED);
    assertThat(report.counts()).isEqualTo(new Counts(20, 10, 0, 0, 10, 0));
  }

  @Test
  void resume_ruleNeedsAWatchAndThereIsNone_leavesTheRunAsItWas() {
    SyncJob<String> watched = Scene.policies()
        .from(Scene.source(30))
        .to(chunk -> ChunkResult.succeeded())
        .alertWhen(Rule.failureRate(0.1, Duration.ofHours(1)))
        .build();
    RunReport early = stopped();

    assertThatThrownBy(() -> scene.runner().resume(watched, early.runId()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Runner.builder().watch(..)");

    assertCanStillBeResumed(early);
  }

  @Test
  void resume_targetCannotTellItsSize_leavesTheRunAsItWas() {
    Target<String> unreachable = new Target<>() {
      @Override
      public ChunkResult apply(Chunk<String> chunk) {
        return ChunkResult.succeeded();
      }

      @Override
      public int maxChunk() {
        throw new FailureException(NO_ANSWER);
      }
    };
    SyncJob<String> job =
        Scene.policies().from(Scene.source(30)).to(unreachable).build();
    RunReport early = stopped();

    assertThatThrownBy(() -> scene.runner().resume(job, early.runId()))
        .isInstanceOf(FailureException.class);

    assertCanStillBeResumed(early);
  }

  @Test
  void resume_anotherRunOfTheJobCannotBeRead_leavesTheRunAsItWas(@TempDir Path folder)
      throws IOException {
    Scene files = new Scene(scene.time, FileLedger.open(folder));
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(30))
        .to(chunk -> ChunkResult.succeeded())
        .build();
    RunReport early = files.runner(new StopAfter(1)).run(job);
    assertThat(early.state()).isEqualTo(RunState.STOPPED);
    RunReport later = files.runner().rerunOutstanding(job);
    files.ledger.close();
    Path damaged = folder.resolve(later.runId() + ".jsonl");
    byte[] whole = Files.readAllBytes(damaged);
    byte[] torn = whole.clone();
    torn[whole.length / 2] ^= 1;

    Files.write(damaged, torn);
    try (Runner runner = runner(folder)) {
      assertThatThrownBy(() -> runner.resume(job, early.runId()))
          .isInstanceOf(LedgerException.class);
      Files.write(damaged, whole);

      RunReport report = runner.resume(job, early.runId());

      assertThat(report.counts().succeeded()).isEqualTo(30);
    }
  }

  private Runner runner(Path folder) {
    return Runner.builder()
        .ledger(FileLedger.open(folder))
        .time(scene.time)
        .executor(scene.time.executor())
        .build();
  }

  @Test
  void resume_sourceCannotCount_goesOnAndNotesIt() {
    RunReport early = stopped();

    RunReport report = scene.runner().resume(uncounted(), early.runId());

    assertThat(report.counts()).isEqualTo(new Counts(30, 30, 0, 0, 0, 0));
    assertThat(report.problems()).anyMatch(problem -> problem.contains("could not count"));
  }

  @Test
  void run_sourceCannotCount_completesAndNotesIt() {
    RunReport report = scene.runner().run(uncounted());

    assertThat(report.counts()).isEqualTo(new Counts(30, 30, 0, 0, 0, 0));
    assertThat(report.problems()).anyMatch(problem -> problem.contains("connection reset"));
  }

  /** {@return the report of a run that stopped after its first chunk} */
  private RunReport stopped() {
    return scene
        .runner(new StopAfter(1))
        .run(Scene.policies()
            .from(Scene.source(30))
            .to(chunk -> ChunkResult.succeeded())
            .build());
  }

  private void assertCanStillBeResumed(RunReport early) {
    assertThat(scene.newest().state()).isEqualTo(RunState.STOPPED);
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(30))
        .to(chunk -> ChunkResult.succeeded())
        .build();
    assertThat(scene.runner().resume(job, early.runId()).counts())
        .isEqualTo(new Counts(30, 30, 0, 0, 0, 0));
  }

  private static SyncJob<String> uncounted() {
    Source<String> items = Scene.source(30);
    Source<String> source = new Source<>() {
      @Override
      public PageReader<String> open(Cursor from) {
        return items.open(from);
      }

      @Override
      public OptionalLong count() {
        throw new FailureException(NO_ANSWER);
      }
    };
    return Scene.policies().from(source).to(chunk -> ChunkResult.succeeded()).build();
  }
}
