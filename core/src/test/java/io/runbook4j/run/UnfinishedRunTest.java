package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.alert.AlertRouter;
import io.runbook4j.alert.Incidents;
import io.runbook4j.alert.Rule;
import io.runbook4j.alert.Watch;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.Occurrence;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.ledger.LedgerEntry.AlertRaised;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkDone;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import io.runbook4j.spi.sync.Target;
import io.runbook4j.testkit.SimulatedService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A run that does not complete: who hears of it, and what the watch makes of it. */
class UnfinishedRunTest {
  private static final Failure EXPIRED =
      Failure.of(FailureKind.AUTHENTICATION, "the token has expired");

  private static final Failure LIMITED = Failure.of(FailureKind.RATE_LIMITED, "HTTP 429");

  private static final String ANN = "ann@example.com";

  private final Scene scene = new Scene();
  private final List<Alert> told = new CopyOnWriteArrayList<>();
  private final AlertRouter router = scene.router(told::add);

  private SyncJob<String> expired() {
    return Scene.policies()
        .from(FailingSource.failing(Scene.source(30), 0, Integer.MAX_VALUE, EXPIRED))
        .to(scene.service().build().target())
        .build();
  }

  @Test
  void run_sourceRefusesTheCredential_isToldAsWhenTheTargetDoes() {
    RunReport report = scene.runners().alerts(router).build().run(expired());

    assertThat(report.state()).isEqualTo(RunState.STOPPED);
    assertThat(told).singleElement().satisfies(alert -> {
      assertThat(alert.rule()).isEqualTo("run-stopped");
      assertThat(alert.severity()).isEqualTo(Severity.SEV3);
      assertThat(alert.text()).contains("the token has expired", "then resume the run");
    });
    assertThat(report.alerts()).extracting(Alert::rule).containsExactly("run-stopped");
  }

  @Test
  void run_serviceLetsNothingIn_isToldThatSomebodyHasToResumeIt() {
    assertIsToldOfTheLimit(Scene.policies()
        .from(Scene.source(30))
        .to(chunk -> ChunkResult.refused(LIMITED))
        .patience(3)
        .build());
  }

  @Test
  void run_sourceLetsNothingOut_isToldThatSomebodyHasToResumeIt() {
    assertIsToldOfTheLimit(Scene.policies()
        .from(FailingSource.failing(Scene.source(30), 0, Integer.MAX_VALUE, LIMITED))
        .to(scene.service().build().target())
        .patience(3)
        .build());
  }

  private void assertIsToldOfTheLimit(SyncJob<String> job) {
    RunReport report = scene.runners().alerts(router).build().run(job);

    assertThat(report.state()).isEqualTo(RunState.STOPPED);
    assertThat(told).singleElement().satisfies(alert -> {
      assertThat(alert.rule()).isEqualTo("run-stopped");
      assertThat(alert.severity()).isEqualTo(Severity.WARNING);
      assertThat(alert.text())
          .contains("RATE_LIMITED", "wait until there is room again, then resume the run")
          .doesNotContain("credential");
    });
    assertThat(report.alerts()).extracting(Alert::rule).containsExactly("run-stopped");
  }

  @ParameterizedTest
  @CsvSource({
    "PERMISSION, STOP, 'mend it (a new credential, say), then resume the run'",
    "SERVER_ERROR, STOP, 'mend it, then resume the run'",
    "SERVER_ERROR, SLOW_DOWN, 'mend it, then resume the run'"
  })
  void run_stopsForWhatTheJobSays_isToldAsTroubleThatDoesNotPass(
      FailureKind kind, Reaction.Kind reaction, String advice) {
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(30))
        .to(chunk -> ChunkResult.refused(Failure.of(kind, "no")))
        .on(kind, reaction == Reaction.Kind.STOP ? Reaction.stop() : Reaction.slowDown())
        .patience(2)
        .build();

    scene.runners().alerts(router).build().run(job);

    assertThat(told).singleElement().satisfies(alert -> {
      assertThat(alert.rule()).isEqualTo("run-stopped");
      assertThat(alert.severity()).isEqualTo(Severity.SEV3);
      assertThat(alert.text()).contains(kind.name(), "; " + advice);
    });
  }

  @Test
  void run_isLimitedOnceTooOftenWhileAPersonStopsIt_isToldNobody() {
    List<RunControl> controls = new ArrayList<>();
    Target<String> target = chunk -> {
      controls.get(0).stop("enough");
      return ChunkResult.refused(LIMITED);
    };

    RunReport report = scene
        .runners()
        .alerts(router)
        .listener(new RunListener() {
          @Override
          public void onStarted(RunControl run) {
            controls.add(run);
          }
        })
        .build()
        .run(Scene.policies().from(Scene.source(30)).to(target).patience(1).build());

    assertThat(report.state()).isEqualTo(RunState.STOPPED);
    assertThat(report.reason()).isEqualTo("enough");
    assertThat(told).isEmpty();
  }

  @Test
  void run_isLimitedOnceTooOftenAfterItFailed_isToldThatItFailed() {
    Target<String> target = chunk -> {
      boolean isFirst = chunk.keys().contains("k0");
      scene.time.sleep(Duration.ofSeconds(isFirst ? 1 : 2));
      return isFirst ? inventing(chunk) : ChunkResult.refused(LIMITED);
    };
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(20))
        .to(target)
        .chunksInFlight(2)
        .patience(1)
        .build();

    RunReport report = scene.runners().alerts(router).build().run(job);

    assertThat(report.state()).isEqualTo(RunState.FAILED);
    assertThat(told).extracting(Alert::rule).containsExactly("run-failed");
  }

  @Test
  void run_limitStopsIt_recordsTheAnswerBeforeTheAlert() {
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(10))
        .to(chunk -> ChunkResult.refused(LIMITED))
        .patience(1)
        .build();

    RunReport report = scene.runners().alerts(router).build().run(job);

    assertThat(scene.ledger.entries(report.runId()))
        .extracting(entry -> (Object) entry.getClass())
        .containsSubsequence(ChunkDone.class, AlertRaised.class);
  }

  @Test
  void run_fails_isTold() {
    SyncJob<String> broken = Scene.policies()
        .from(FailingSource.after(Scene.source(30), 0))
        .to(scene.service().build().target())
        .build();

    RunReport report = scene.runners().alerts(router).build().run(broken);

    assertThat(report.state()).isEqualTo(RunState.FAILED);
    assertThat(told).singleElement().satisfies(alert -> {
      assertThat(alert.rule()).isEqualTo("run-failed");
      assertThat(alert.severity()).isEqualTo(Severity.SEV3);
      assertThat(alert.text()).contains("INVALID", "why is in its report", "then resume the run");
    });
    assertThat(report.alerts()).extracting(Alert::rule).containsExactly("run-failed");
    assertThat(report.reason()).contains("the table is gone");
  }

  @Test
  void run_failsForARow_isNamedInTheReportOnly() {
    Failure twice = Failure.of(
        FailureKind.INVALID,
        "key column email must be unique, was \"" + ANN + "\" in several rows");

    assertNamesAnnInTheReportOnly(Scene.policies()
        .from(FailingSource.failing(Scene.source(30), 0, Integer.MAX_VALUE, twice))
        .to(scene.service().build().target())
        .build());
  }

  @Test
  void run_failsForAKeyThatWasNotSent_isNamedInTheReportOnly() {
    assertNamesAnnInTheReportOnly(
        Scene.policies().from(Scene.source(30)).to(UnfinishedRunTest::inventing).build());
  }

  private static ChunkResult inventing(Chunk<String> chunk) {
    ChunkResult.Builder result = ChunkResult.builder();
    chunk.keys().forEach(key -> result.outcome(key, Outcome.succeeded()));
    return result.outcome(ANN, Outcome.succeeded()).build();
  }

  private void assertNamesAnnInTheReportOnly(SyncJob<String> job) {
    List<Alert> people = new CopyOnWriteArrayList<>();
    try (Incidents incidents = Incidents.builder(scene.time, scene.router(people::add))
        .executor(scene.time.executor())
        .start()) {
      RunReport report =
          scene.runners().alerts(router).incidents(incidents).build().run(job);
      scene.time.advance(Duration.ofMinutes(1));

      assertThat(report.state()).isEqualTo(RunState.FAILED);
      assertThat(report.reason()).contains(ANN);
      assertThat(told).isNotEmpty();
      assertThat(people).isNotEmpty();
      assertThat(Stream.of(report.alerts(), told, people).flatMap(List::stream))
          .extracting(Alert::toString)
          .noneMatch(text -> text.contains(ANN));
    }
  }

  @Test
  void run_failsWhileAFailureStopsIt_isToldOnce() {
    Target<String> target = chunk -> {
      boolean isFirst = chunk.keys().contains("k0");
      scene.time.sleep(Duration.ofSeconds(isFirst ? 1 : 2));
      return isFirst ? ChunkResult.refused(EXPIRED) : inventing(chunk);
    };
    SyncJob<String> job =
        Scene.policies().from(Scene.source(20)).to(target).chunksInFlight(2).build();

    RunReport report = scene.runners().alerts(router).build().run(job);

    assertThat(report.state()).isEqualTo(RunState.FAILED);
    assertThat(told).extracting(Alert::rule).containsExactly("run-stopped");
  }

  @Test
  void run_aPersonStopsIt_isToldNobody() {
    RunReport report = scene
        .runners()
        .alerts(router)
        .listener(new StopAfter(1))
        .build()
        .run(Scene.job(300, scene.service().build()));
    scene.time.advance(Duration.ofSeconds(1));

    assertThat(report.state()).isEqualTo(RunState.STOPPED);
    assertThat(told).isEmpty();
  }

  @Test
  void run_stoppedAfterOneThatHadFailures_doesNotEndTheirAlert() {
    SimulatedService service =
        scene.service().failing(FailureKind.INVALID, "k1", "k2", "k3").build();
    try (Watch watch = watch(Rule.failuresInRunOver(2))) {
      Runner runner = scene.runners().watch(watch).build();
      runner.run(Scene.job(30, service));
      runner.run(expired());
      scene.time.advance(Duration.ofMinutes(1));
      assertThat(phases()).containsExactly(Occurrence.Phase.OPENED);

      runner.run(Scene.job(30, scene.service().build()));
      scene.time.advance(Duration.ofMinutes(1));

      assertThat(phases()).containsExactly(Occurrence.Phase.OPENED, Occurrence.Phase.RESOLVED);
    }
  }

  @Test
  void run_stoppedWithFailures_isToldOfThem() {
    SimulatedService service =
        scene.service().failing(FailureKind.INVALID, "k1", "k2", "k3").build();
    try (Watch watch = watch(Rule.failuresInRunOver(2))) {
      RunReport report = scene
          .runners()
          .watch(watch)
          .listener(new StopAfter(1))
          .build()
          .run(Scene.job(300, service));
      scene.time.advance(Duration.ofMinutes(1));

      assertThat(report.state()).isEqualTo(RunState.STOPPED);
      assertThat(phases()).containsExactly(Occurrence.Phase.OPENED);
    }
  }

  @Test
  void run_stoppedEachNight_isAbsentAllTheSame() {
    try (Watch watch = watch(Rule.absenceOf(Rule.Signal.RUN, Duration.ofHours(25)))) {
      Runner runner = scene.runners().watch(watch).build();
      runner.run(expired());
      scene.time.advance(Duration.ofHours(24));
      runner.run(expired());
      scene.time.advance(Duration.ofHours(2));

      assertThat(phases()).containsExactly(Occurrence.Phase.OPENED);
    }
  }

  private Watch watch(Rule rule) {
    return Watch.builder(scene.time, router)
        .executor(scene.time.executor())
        .job(Scene.JOB, List.of(rule))
        .start();
  }

  private List<Occurrence.Phase> phases() {
    return told.stream().map(it -> it.occurrence().orElseThrow().phase()).toList();
  }
}
