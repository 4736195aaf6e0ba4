package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.gate.Gate;
import io.runbook4j.gate.Order;
import io.runbook4j.gate.Outbox;
import io.runbook4j.limit.Limits;
import io.runbook4j.limit.Quota;
import io.runbook4j.limit.RateLimiter;
import io.runbook4j.limit.RetryBudget;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the gate keeps in is no call: it costs neither a permit nor a retry, and waits for none. */
class KeptInCallsTest {
  private static final Order SHUT = Order.of("ann", "snapshots look corrupt");
  private static final Order FIXED = Order.of("ann", "mended and verified");
  private static final int RETRIES = 5;
  private static final Quota ONE_AN_HOUR = Quota.of(1, Duration.ofHours(1)).exact();

  private final Scene scene = new Scene();
  private final Gate gate = Gate.inMemory("sync", scene.time);
  private final Limits limits = Limits.create(scene.time, new Random(1));
  private final RateLimiter limiter = limits.limiter("job " + Scene.JOB);
  private final RetryBudget budget = RetryBudget.of(0, RETRIES);
  private Optional<RunControl> run = Optional.empty();
  private int calls;

  @TempDir
  private Path folder;

  private Runner runner(RunListener... listeners) {
    Runner.Builder runner = scene.runners().limits(limits).retryBudget(() -> budget);
    for (RunListener listener : listeners) {
      runner.listener(listener);
    }
    return runner.build();
  }

  private Outbox outbox() {
    return Outbox.builder(folder.resolve("outbox.jsonl"), scene.time)
        .newestWins()
        .force(Outbox.Force.NEVER)
        .open();
  }

  /** {@return a job of ten items whose first call does this, and is not answered} */
  private SyncJob.Builder<String> unansweredAfter(Runnable action) {
    return Scene.policies()
        .from(Scene.source(10))
        .to(chunk -> {
          if (++calls > 1) {
            return ChunkResult.succeeded();
          }
          action.run();
          return ChunkResult.unanswered(Failure.of(FailureKind.NETWORK, "connection reset"));
        })
        .inDoubt(InDoubt.REAPPLY)
        .gate(gate)
        .whileLocalOnly(WhileClosed.WAIT);
  }

  private void openInAnHour() {
    after(Duration.ofHours(1), () -> gate.open(FIXED));
  }

  private void after(Duration delay, Runnable action) {
    scene.time.executor().execute(() -> {
      try {
        scene.time.sleep(delay);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      action.run();
    });
  }

  private void assertThatItWaitedForTheGate(RunReport report) {
    assertThat(report.counts()).isEqualTo(new Counts(10, 10, 0, 0, 0, 0));
    assertThat(report.totals().waited()).isGreaterThanOrEqualTo(Duration.ofHours(1));
    assertThat(calls).isEqualTo(2);
    assertThat(limiter.granted()).isEqualTo(2);
    assertThat(budget.available()).isEqualTo(RETRIES - 1);
  }

  @Test
  void run_gateKeepsInAChunkInDoubtForLong_sendsItAgainWhenItOpensAtTheCostOfOneRetry() {
    try (Outbox outbox = outbox()) {
      SyncJob<String> job = unansweredAfter(() -> gate.localOnly(SHUT))
          .deferTo(outbox, value -> value)
          .build();
      openInAnHour();

      RunReport report = runner().run(job);

      assertThatItWaitedForTheGate(report);
    }
  }

  @Test
  void run_gateRampsUpForLong_sendsAChunkInDoubtAgainAtTheCostOfOneRetry() {
    SyncJob<String> job = unansweredAfter(() -> {
          gate.localOnly(SHUT);
          gate.ramp(FIXED);
        })
        .build();
    openInAnHour();

    RunReport report = runner().run(job);

    assertThatItWaitedForTheGate(report);
  }

  /** {@return a job of 30 items with one call an hour, which defers} */
  private SyncJob<String> deferring(Outbox outbox, Runnable whenItDefers) {
    return Scene.policies()
        .from(Scene.source(30))
        .to(chunk -> {
          calls++;
          return ChunkResult.succeeded();
        })
        .quota(ONE_AN_HOUR)
        .gate(gate)
        .deferTo(outbox, value -> {
          whenItDefers.run();
          return value;
        })
        .build();
  }

  @Test
  void run_gateIsClosedAndTheRunDefers_waitsForNoPermit() {
    try (Outbox outbox = outbox()) {
      gate.localOnly(SHUT);

      RunReport report = runner().run(deferring(outbox, () -> {}));

      assertThat(report.counts()).isEqualTo(new Counts(30, 0, 0, 30, 0, 0));
      assertThat(report.totals().waited()).isZero();
      assertThat(limiter.granted()).isZero();
    }
  }

  @Test
  void run_gateClosesWhileAChunkWaitsForItsPermit_leavesThePermitToOthers() {
    try (Outbox outbox = outbox()) {
      RunListener closes = new RunListener() {
        @Override
        public void onWait(Wait wait) {
          gate.localOnly(SHUT);
        }
      };

      RunReport report = runner(closes).run(deferring(outbox, () -> {}));

      assertThat(report.counts()).isEqualTo(new Counts(30, 10, 0, 20, 0, 0));
      assertThat(limiter.granted()).isEqualTo(1);
      assertThat(limiter.tryAcquire()).isTrue();
    }
  }

  @Test
  void run_gateClosesWhileARunThatWaitsForItHasAPlaceInLine_leavesThePermitToOthers() {
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(30))
        .to(chunk -> {
          calls++;
          return ChunkResult.succeeded();
        })
        .quota(ONE_AN_HOUR)
        .gate(gate)
        .whileLocalOnly(WhileClosed.WAIT)
        .build();
    boolean[] taken = new boolean[1];
    after(Duration.ofMinutes(30), () -> gate.localOnly(SHUT));
    after(Duration.ofMinutes(60).plusSeconds(30), () -> {
      taken[0] = limiter.tryAcquire();
      gate.open(FIXED);
    });

    RunReport report = runner().run(job);

    assertThat(taken[0]).isTrue();
    assertThat(report.counts().succeeded()).isEqualTo(30);
  }

  @Test
  void run_pausedWhileAPageIsRead_takesNoPermitForIt() {
    RunListener started = new RunListener() {
      @Override
      public void onStarted(RunControl control) {
        run = Optional.of(control);
      }
    };
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(10).map(key -> {
          if (key.equals("k5")) {
            run.orElseThrow().pause();
          }
          return key;
        }))
        .to(chunk -> {
          calls++;
          return ChunkResult.succeeded();
        })
        .build();
    after(Duration.ofHours(1), () -> run.orElseThrow().unpause());

    RunReport report = runner(started).run(job);

    assertThat(report.counts().succeeded()).isEqualTo(10);
    assertThat(limiter.granted()).isEqualTo(calls);
  }

  @Test
  void run_gateClosesWhenAPartOfAChunkWasKeptIn_givesThePermitBack() {
    try (Outbox outbox = outbox()) {
      outbox.put("k3", "older");

      RunReport report = runner().run(deferring(outbox, () -> gate.localOnly(SHUT)));

      assertThat(report.counts()).isEqualTo(new Counts(30, 0, 0, 30, 0, 0));
      assertThat(calls).isZero();
      assertThat(limiter.tryAcquire()).isTrue();
    }
  }
}
