package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.backoff.BackOff;
import io.runbook4j.ledger.FileLedger;
import io.runbook4j.limit.Limits;
import io.runbook4j.schedule.RunWindow;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.PageReader;
import io.runbook4j.spi.sync.Source;
import io.runbook4j.spi.sync.Target;
import io.runbook4j.testkit.CallFault;
import io.runbook4j.testkit.ServiceCall;
import io.runbook4j.testkit.SimulatedService;
import io.runbook4j.testkit.VirtualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Promise 9: stopping is graceful, and another process goes on from there. */
class Promise09StoppingTest {
  private static final int ITEMS = 100;
  private static final Duration LATENCY = Duration.ofSeconds(10);
  private static final RunWindow NIGHT =
      RunWindow.daily("22:00", "06:00", ZoneId.of("Europe/London"));

  @TempDir
  Path folder;

  private Scene scene = new Scene();

  private Scene open(String start) {
    scene = new Scene(VirtualTime.startingAt(Instant.parse(start)), FileLedger.open(folder));
    return scene;
  }

  @AfterEach
  void close() {
    scene.ledger.close();
  }

  @Test
  void stop_fromAnotherThread_finishesTheChunkInFlightAndResumes() {
    SimulatedService service =
        open("2026-11-23T21:00:00Z").service().latency(LATENCY, LATENCY).build();
    Runner runner = scene.runner();
    after(Duration.ofSeconds(25), () -> runner.stop("maintenance"));

    RunReport report = runner.run(Scene.job(ITEMS, service));

    assertThat(report.state()).isEqualTo(RunState.STOPPED);
    assertThat(report.reason()).isEqualTo("maintenance");
    assertThat(report.counts().succeeded()).isEqualTo(30);
    assertThat(scene.time.elapsed()).isEqualTo(Duration.ofSeconds(30));
    assertFinishesInANewProcess(service);
  }

  @Test
  void stop_severalChunksInFlight_recordsAllOfThem() {
    SimulatedService service =
        open("2026-11-23T21:00:00Z").service().latency(LATENCY, LATENCY).build();
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(ITEMS))
        .to(service.target())
        .chunksInFlight(4)
        .build();
    Runner runner = scene.runner();
    after(Duration.ofSeconds(15), () -> runner.stop("maintenance"));

    RunReport report = runner.run(job);

    assertThat(report.counts().succeeded()).isEqualTo(80);
    assertThat(service.appliedKeys()).hasSize(80);
    assertFinishesInANewProcess(service);
  }

  @Test
  void stop_thenTheTargetInventsAKey_failsForThatCause() {
    SimulatedService service = open("2026-11-23T21:00:00Z")
        .service()
        .latency(LATENCY, LATENCY)
        .callFault(3, CallFault.INVENTED_KEY)
        .build();
    Runner runner = scene.runner();
    after(Duration.ofSeconds(25), () -> runner.stop("operator"));

    RunReport report = runner.run(Scene.job(ITEMS, service));

    assertThat(report.state()).isEqualTo(RunState.FAILED);
    assertThat(report.reason()).contains("reported key \"invented-3\"", "operator");
  }

  @Test
  void stop_duringABackOff_endsAtOnce() {
    SimulatedService service = open("2026-11-23T21:00:00Z")
        .service()
        .callFault(3, CallFault.RATE_LIMITED)
        .build();
    Runner runner = scene.runner();
    after(Duration.ofSeconds(5), () -> runner.stop("maintenance"));

    RunReport report = runner.run(Scene.job(ITEMS, service));

    assertThat(report.counts().succeeded()).isEqualTo(20);
    assertThat(scene.time.elapsed()).isEqualTo(Duration.ofSeconds(5));
    assertFinishesInANewProcess(service);
  }

  @Test
  void pause_untilUnpaused_sendsNothing() {
    SimulatedService service =
        open("2026-11-23T21:00:00Z").service().latency(LATENCY, LATENCY).build();
    List<RunControl> run = new ArrayList<>();
    List<Wait> waits = new ArrayList<>();
    Runner runner = scene.runner(new RunListener() {
      @Override
      public void onStarted(RunControl control) {
        run.add(control);
      }

      @Override
      public void onWait(Wait wait) {
        waits.add(wait);
      }
    });
    after(Duration.ofSeconds(25), () -> run.get(0).pause());
    after(Duration.ofSeconds(125), () -> run.get(0).unpause());

    RunReport report = runner.run(Scene.job(ITEMS, service));

    assertThat(report.counts()).isEqualTo(new Counts(ITEMS, ITEMS, 0, 0, 0, 0));
    assertThat(service.calls())
        .extracting(call -> secondsSinceStart(call))
        .containsExactly(0L, 10L, 20L, 125L, 135L, 145L, 155L, 165L, 175L, 185L);
    assertThat(waits).isNotEmpty().allSatisfy(wait -> {
      assertThat(wait.cause()).isEqualTo("paused");
      assertThat(wait.until()).as("a pause has no end of its own").isEmpty();
    });
  }

  private static long secondsSinceStart(ServiceCall call) {
    return Duration.between(Instant.parse("2026-11-23T21:00:00Z"), call.at()).toSeconds();
  }

  @Test
  void run_deadlineInABackOff_stopsThen() {
    SimulatedService service = open("2026-11-23T21:00:00Z")
        .service()
        .callFault(3, CallFault.RATE_LIMITED)
        .build();
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(ITEMS))
        .to(service.target())
        .deadline(Duration.ofSeconds(90))
        .build();

    RunReport report = scene.runner().run(job);

    assertThat(report.state()).isEqualTo(RunState.STOPPED);
    assertThat(report.reason()).contains("deadline of PT1M30S");
    assertThat(scene.time.elapsed()).isEqualTo(Duration.ofSeconds(90));
    assertFinishesInANewProcess(service);
  }

  @Test
  void run_windowClosesInTheMiddle_goesOnInTheNextNight() {
    assertNightHolds("2026-11-23T22:00:00Z", 8, "2026-11-24T22:00:00Z");
  }

  @Test
  void run_pageComesWhenTheWindowHasClosed_sendsNothingOfIt() {
    SimulatedService service = open("2026-11-24T05:59:00Z").service().build();
    SyncJob<String> job = Scene.policies()
        .from(slow(Scene.source(ITEMS)))
        .to(service.target())
        .window(NIGHT)
        .build();

    RunReport report = scene.runner().run(job);

    assertThat(report.reason()).contains("closed until 2026-11-24T22:00:00Z");
    assertThat(service.calls()).isEmpty();
    assertFinishesInANewProcess(service);
  }

  @Test
  void run_pageComesAfterTheDeadline_sendsNothingOfIt() {
    SimulatedService service = open("2026-11-23T21:00:00Z").service().build();
    SyncJob<String> job = Scene.policies()
        .from(slow(Scene.source(ITEMS)))
        .to(service.target())
        .deadline(Duration.ofMinutes(30))
        .build();

    RunReport report = scene.runner().run(job);

    assertThat(report.reason()).contains("deadline of PT30M");
    assertThat(report.counts()).isEqualTo(new Counts(40, 20, 0, 0, 0, 20));
    assertFinishesInANewProcess(service);
  }

  @Test
  void stop_whileAPageIsRead_sendsNothingOfItAndTakesNoPermit() {
    SimulatedService service = open("2026-11-23T21:00:00Z").service().build();
    Limits limits = Limits.create(scene.time, new Random(1));
    SyncJob<String> job =
        Scene.policies().from(slow(Scene.source(ITEMS))).to(service.target()).build();
    Runner runner = scene.runners().limits(limits).build();
    after(Duration.ofMinutes(30), () -> runner.stop("maintenance"));

    RunReport report = runner.run(job);

    assertThat(report.counts()).isEqualTo(new Counts(40, 20, 0, 0, 0, 20));
    assertThat(limits.limiter("simulated").granted()).isEqualTo(2);
    assertFinishesInANewProcess(service);
  }

  /** {@return the source, with pages that take 20 minutes each} */
  private Source<String> slow(Source<String> source) {
    return from -> {
      PageReader<String> pages = source.open(from);
      return limit -> {
        scene.time.sleep(Duration.ofMinutes(20));
        return pages.next(limit);
      };
    };
  }

  @Test
  void run_nightInWhichTheClockIsPutBack_isAnHourLonger() {
    assertNightHolds("2026-10-24T21:00:00Z", 9, "2026-10-25T22:00:00Z");
  }

  @Test
  void run_nightInWhichTheClockIsPutForward_isAnHourShorter() {
    assertNightHolds("2027-03-27T22:00:00Z", 7, "2027-03-28T21:00:00Z");
  }

  /** One chunk an hour, from when the window opens. */
  private void assertNightHolds(String opens, int hours, String nextNight) {
    Duration hour = Duration.ofHours(1);
    SimulatedService service = open(opens).service().latency(hour, hour).build();
    SyncJob<String> job = night(service);

    RunReport report = scene.runner().run(job);

    assertThat(report.state()).isEqualTo(RunState.STOPPED);
    assertThat(report.reason()).contains("closed until " + nextNight);
    assertThat(service.calls()).hasSize(hours);
    scene.time.advance(Duration.between(scene.time.now(), Instant.parse(nextNight)));
    RunReport next = scene.runner().resume(job, report.runId());
    assertThat(next.state()).isEqualTo(RunState.COMPLETED);
    assertThat(service.calls().get(hours).at()).isEqualTo(nextNight);
  }

  @Test
  void resume_windowIsClosed_sendsNothingAndCanBeResumedLater() {
    SimulatedService service = open("2026-11-24T12:00:00Z").service().build();
    SyncJob<String> job = night(service);

    RunReport report = scene.runner().run(job);
    RunReport again = scene.runner().resume(job, report.runId());

    assertThat(service.calls()).isEmpty();
    assertThat(again.state()).isEqualTo(RunState.STOPPED);
    assertFinishesInANewProcess(service);
  }

  private static SyncJob<String> night(SimulatedService service) {
    return Scene.policies()
        .from(Scene.source(ITEMS))
        .to(service.target())
        .window(NIGHT)
        .build();
  }

  @Test
  void run_credentialExpires_isRefreshedOnceAndGoesOn() {
    SimulatedService service = open("2026-11-23T21:00:00Z")
        .service()
        .callFault(4, CallFault.AUTHENTICATION)
        .build();

    RunReport report = scene.runner().run(Scene.job(ITEMS, service));

    assertThat(report.counts()).isEqualTo(new Counts(ITEMS, ITEMS, 0, 0, 0, 0));
    assertThat(service.refreshes()).isEqualTo(1);
    assertThat(service.calls()).hasSize(11);
  }

  @Test
  void run_credentialIsRefusedForGood_stopsAndRaisesAnAlert() {
    List<Alert> alerts = new ArrayList<>();
    SimulatedService service = open("2026-11-23T21:00:00Z")
        .service()
        .unrefreshable()
        .callFault(4, CallFault.AUTHENTICATION)
        .build();

    RunReport report =
        scene.runners().alerts(scene.router(alerts::add)).build().run(Scene.job(ITEMS, service));

    assertThat(report.state()).isEqualTo(RunState.STOPPED);
    assertThat(report.reason()).contains("AUTHENTICATION");
    assertThat(service.refreshes()).isEqualTo(1);
    assertThat(service.calls()).hasSize(4);
    assertThat(alerts).extracting(Alert::rule).containsExactly("run-stopped");
    assertThat(alerts.get(0).text()).contains("AUTHENTICATION", "resume");
    service.heal();
    assertFinishesInANewProcess(service);
  }

  @Test
  void run_newCredentialIsRefusedToo_stopsAfterOneRefresh() {
    open("2026-11-23T21:00:00Z");
    int[] calls = {0};
    Target<String> target = new Target<>() {
      @Override
      public ChunkResult apply(Chunk<String> chunk) {
        calls[0]++;
        return ChunkResult.refused(
            Failure.of(FailureKind.AUTHENTICATION, "token of the wrong org"));
      }

      @Override
      public boolean refreshCredential() {
        return true;
      }
    };

    RunReport report =
        scene.runner().run(Scene.policies().from(Scene.source(ITEMS)).to(target).build());

    assertThat(report.state()).isEqualTo(RunState.STOPPED);
    assertThat(calls[0]).isEqualTo(2);
  }

  @Test
  void run_threadIsInterruptedInACall_stopsWithTheChunkResolved() {
    SimulatedService service = open("2026-11-23T21:00:00Z")
        .service()
        .verifying()
        .latency(LATENCY, LATENCY)
        .build();
    Thread running = Thread.currentThread();
    after(Duration.ofSeconds(25), running::interrupt);

    RunReport report = scene.runner().run(Scene.job(ITEMS, service));

    assertThat(Thread.interrupted()).as("the interrupt is handed on").isTrue();
    assertThat(report.state()).isEqualTo(RunState.STOPPED);
    assertThat(report.reason()).contains("interrupted");
    assertThat(report.counts().succeeded()).isEqualTo(20);
    assertThat(report.counts().inDoubt()).isEqualTo(10);
    assertFinishesInANewProcess(service);
  }

  @Test
  void run_threadIsInterruptedInABackOff_stops() {
    SimulatedService service = open("2026-11-23T21:00:00Z")
        .service()
        .callFault(3, CallFault.RATE_LIMITED)
        .build();
    Thread running = Thread.currentThread();
    after(Duration.ofSeconds(25), running::interrupt);

    RunReport report = scene.runner().run(Scene.job(ITEMS, service));

    assertThat(Thread.interrupted()).as("the interrupt is handed on").isTrue();
    assertThat(report.state()).isEqualTo(RunState.STOPPED);
    assertThat(scene.time.elapsed()).isEqualTo(Duration.ofSeconds(25));
    assertFinishesInANewProcess(service);
  }

  @Test
  void run_sourceFailsForAWhile_readsAgainAndNotesIt() {
    SimulatedService service = open("2026-11-23T21:00:00Z").service().build();
    Failure down = Failure.of(FailureKind.NETWORK, "connection reset");
    SyncJob<String> job = Scene.policies()
        .from(FailingSource.failing(Scene.source(ITEMS), 2, 3, down))
        .to(service.target())
        .build();

    RunReport report = scene.runner().run(job);

    assertThat(report.counts()).isEqualTo(new Counts(ITEMS, ITEMS, 0, 0, 0, 0));
    assertThat(report.problems())
        .hasSize(3)
        .allMatch(problem -> problem.contains("connection reset"));
  }

  @Test
  void run_sourceIsRateLimited_waitsAsLongAsItAsks() {
    SimulatedService service = open("2026-11-23T21:00:00Z").service().build();
    Failure limited =
        Failure.of(FailureKind.RATE_LIMITED, "too many").withRetryAfter(Duration.ofMinutes(9));
    SyncJob<String> job = Scene.policies()
        .from(FailingSource.failing(Scene.source(ITEMS), 2, 1, limited))
        .to(service.target())
        .backOff(BackOff.between(Duration.ofMinutes(1), Duration.ofMinutes(1)))
        .build();

    RunReport report = scene.runner().run(job);

    assertThat(report.state()).isEqualTo(RunState.COMPLETED);
    assertThat(scene.time.elapsed()).isGreaterThanOrEqualTo(Duration.ofMinutes(9));
  }

  @Test
  void run_sourceStaysDown_givesUpAndResumes() {
    SimulatedService service = open("2026-11-23T21:00:00Z").service().build();
    Failure down = Failure.of(FailureKind.NETWORK, "connection reset");
    SyncJob<String> job = Scene.policies()
        .from(FailingSource.failing(Scene.source(ITEMS), 2, Integer.MAX_VALUE, down))
        .to(service.target())
        .build();

    RunReport report = scene.runner().run(job);

    assertThat(report.state()).isEqualTo(RunState.FAILED);
    assertThat(report.reason()).contains("connection reset");
    assertThat(report.counts().succeeded()).isEqualTo(40);
    assertFinishesInANewProcess(service);
  }

  private void after(Duration wait, Runnable action) {
    scene.time.executor().execute(() -> {
      try {
        scene.time.sleep(wait);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      action.run();
    });
  }

  /**
   * Opens the folder anew, as another process would, and resumes without the job's limits on time.
   */
  private void assertFinishesInANewProcess(SimulatedService service) {
    scene.ledger.close();
    scene = new Scene(scene.time, FileLedger.open(folder));

    RunReport report = scene.runner().runOrResume(Scene.job(ITEMS, service));

    assertThat(report.state()).isEqualTo(RunState.COMPLETED);
    assertThat(report.isResumed()).isTrue();
    assertThat(report.counts()).isEqualTo(new Counts(ITEMS, ITEMS, 0, 0, 0, 0));
    assertThat(service.appliedKeys()).hasSize(ITEMS);
    assertThat(service.appliedKeys()).allMatch(key -> service.timesApplied(key) == 1);
  }
}
