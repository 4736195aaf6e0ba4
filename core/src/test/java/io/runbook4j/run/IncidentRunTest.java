package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.runbook4j.alert.AlertRouter;
import io.runbook4j.alert.Incident.Entry;
import io.runbook4j.alert.Incidents;
import io.runbook4j.alert.Rule;
import io.runbook4j.alert.Watch;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.testkit.CallFault;
import io.runbook4j.testkit.SimulatedService;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A run's alerts open incidents, which are told how runs end. */
class IncidentRunTest {
  private final Scene scene = new Scene();
  private final List<Alert> chat = new CopyOnWriteArrayList<>();
  private final List<Alert> lead = new CopyOnWriteArrayList<>();
  private final Incidents incidents = Incidents.builder(scene.time, router(chat))
      .escalateTo("engineering lead", router(lead))
      .executor(scene.time.executor())
      .start();

  @AfterEach
  void close() {
    incidents.close();
    scene.time.runToIdle();
  }

  private AlertRouter router(List<Alert> told) {
    return AlertRouter.builder(scene.time)
        .channel(told::add)
        .executor(scene.time.executor())
        .build();
  }

  /** {@return a job of 30 items of which three fail, one more than is SEV2} */
  private SyncJob<String> job(FailureKind kind) {
    SimulatedService service = scene.service().failing(kind, "k1", "k2", "k3").build();
    return Scene.policies()
        .from(Scene.source(30))
        .to(service.target())
        .alertWhen(Rule.failuresInRunOver(2).severity(Severity.SEV2))
        .build();
  }

  @Test
  void run_alertIsSev2AndNobodyAcknowledgesWithin5Minutes_escalates() {
    scene.runners().incidents(incidents).build().run(job(FailureKind.INVALID));

    scene.time.advance(Duration.ofSeconds(299));
    assertThat(incidents.open(Scene.JOB).orElseThrow().severity()).isEqualTo(Severity.SEV2);
    assertThat(chat)
        .singleElement()
        .satisfies(
            alert -> assertThat(alert.text()).contains("opened: 3 items", "acknowledge within 5m"));
    assertThat(lead).isEmpty();

    scene.time.advance(Duration.ofSeconds(1));
    assertThat(lead)
        .singleElement()
        .satisfies(alert ->
            assertThat(alert.text()).contains("not acknowledged within 5m", "engineering lead"));
  }

  @Test
  void run_alertIsAcknowledged_doesNotEscalate() {
    scene.runners().incidents(incidents).build().run(job(FailureKind.INVALID));
    incidents.acknowledge(Scene.JOB, "ann");

    scene.time.advance(Duration.ofMinutes(14));

    assertThat(lead).isEmpty();
  }

  @Test
  void run_alertIsAWarning_isPassedOnAndOpensNone() {
    SimulatedService service =
        scene.service().failing(FailureKind.INVALID, "k1").build();
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(30))
        .to(service.target())
        .alertWhen(Rule.failuresInRunOver(0))
        .build();

    scene.runners().incidents(incidents).build().run(job);
    scene.time.advance(Duration.ofMinutes(6));

    assertThat(incidents.all()).isEmpty();
    assertThat(chat).singleElement().matches(alert -> alert.severity() == Severity.WARNING);
  }

  @Test
  void run_ended_isInTheTimelineWithTheAdviceForMostOfTheFailures() {
    RunReport report =
        scene.runners().incidents(incidents).build().run(job(FailureKind.MAPPING_MISSING));

    List<Entry> timeline = incidents.open(Scene.JOB).orElseThrow().timeline();
    assertThat(timeline).extracting(Entry::kind).contains(Entry.Kind.ADVICE, Entry.Kind.RUN);
    assertThat(timeline)
        .extracting(Entry::text)
        .anyMatch(text -> text.contains(report.runId() + " COMPLETED: 27 succeeded, 3 failed"))
        .anyMatch(text -> text.contains("export list, correct mappings"));
  }

  @Test
  void run_twoInARowFail_escalate() {
    SyncJob<String> broken = Scene.policies()
        .from(FailingSource.after(Scene.source(30), 0))
        .to(scene.service().build().target())
        .alertWhen(Rule.failuresInRunOver(2))
        .build();
    Runner runner = scene.runners().incidents(incidents).build();
    incidents.send(new Alert("by-hand", Severity.SEV3, Scene.JOB, "it looks bad"));
    incidents.acknowledge(Scene.JOB, "ann");

    assertThat(runner.run(broken).state()).isEqualTo(RunState.FAILED);
    scene.time.advance(Duration.ofSeconds(1));
    assertThat(lead).isEmpty();
    runner.run(broken);
    scene.time.advance(Duration.ofSeconds(1));

    assertThat(lead).extracting(Alert::text).anyMatch(text -> text.contains("2 runs failed"));
  }

  /** {@return how often two runs in a row were called failed, after two runs of the job} */
  private long escalations(Runner runner, SyncJob<String> job) {
    incidents.send(new Alert("by-hand", Severity.SEV3, Scene.JOB, "it looks bad"));
    incidents.acknowledge(Scene.JOB, "ann");
    for (int i = 0; i < 2; i++) {
      assertThat(runner.run(job).state()).isEqualTo(RunState.STOPPED);
    }
    scene.time.advance(Duration.ofSeconds(1));
    return lead.stream()
        .filter(alert -> alert.text().contains("2 runs failed in a row"))
        .count();
  }

  @Test
  void run_credentialStopsTwoInARow_escalates() {
    SimulatedService service = scene
        .service()
        .unrefreshable()
        .callFault(1, CallFault.AUTHENTICATION)
        .callFault(2, CallFault.AUTHENTICATION)
        .build();

    assertThat(escalations(scene.runners().incidents(incidents).build(), Scene.job(30, service)))
        .isEqualTo(1);
    assertThat(incidents.open(Scene.JOB).orElseThrow().timeline())
        .extracting(Entry::text)
        .anyMatch(text -> text.contains(" STOPPED by AUTHENTICATION: 0 succeeded"));
  }

  @Test
  void run_sourceRefusesTheCredentialTwiceInARow_escalates() {
    Failure expired = Failure.of(FailureKind.AUTHENTICATION, "the token has expired");
    SyncJob<String> job = Scene.policies()
        .from(FailingSource.failing(Scene.source(30), 0, Integer.MAX_VALUE, expired))
        .to(scene.service().build().target())
        .build();

    assertThat(escalations(scene.runners().incidents(incidents).build(), job)).isEqualTo(1);
  }

  @Test
  void run_aPersonStopsTwoInARow_doesNotEscalate() {
    RunListener person = new RunListener() {
      @Override
      public void onStarted(RunControl control) {
        control.stop("ann stopped it");
      }
    };
    Runner runner = scene.runners().incidents(incidents).listener(person).build();

    assertThat(escalations(runner, Scene.job(30, scene.service().build()))).isZero();
  }

  @Test
  void run_incidentsAreClosed_goesOnAndSaysSo() {
    incidents.close();

    RunReport report = scene.runners().incidents(incidents).build().run(job(FailureKind.INVALID));

    assertThat(report.counts().succeeded()).isEqualTo(27);
    assertThat(report.problems())
        .anyMatch(text -> text.startsWith("incidents did not take alert failures-in-run-over-2"));
  }

  @Test
  void build_incidentsAreAChannelToo_isRefused() {
    Runner.Builder twice = scene.runners().alerts(incidents).incidents(incidents);

    assertThatIllegalStateException()
        .isThrownBy(twice::build)
        .withMessageStartingWith("incidents must be set once");
  }

  @Test
  void run_watchRuleFiresAtItsEnd_isAmongTheReportsAlerts() {
    try (Watch watch =
        Watch.builder(scene.time, router(chat)).executor(scene.time.executor()).start()) {
      SyncJob<String> job = Scene.policies()
          .from(Scene.source(30))
          .to(scene.service().build().target())
          .alertWhen(Rule.failureRate(0.25, Duration.ofMinutes(15)).severity(Severity.SEV1))
          .alertWhen(Rule.failureRate(0.99, Duration.ofMinutes(15)))
          .build();
      Instant since = scene.time.now();
      scene.runners().watch(watch).build().run(job);
      for (int i = 0; i < 60; i++) {
        watch.failed(Scene.JOB, "", FailureKind.TIMEOUT, scene.time.now());
      }
      scene.time.advance(Duration.ofSeconds(30));

      RunReport report = scene.runners().watch(watch).build().run(job);

      assertThat(report.alerts()).singleElement().satisfies(alert -> {
        assertThat(alert.severity()).isEqualTo(Severity.SEV1);
        assertThat(alert.text())
            .contains(
                "fires since " + since.toString().substring(0, 14),
                "now: 66.67 % of the events failed");
      });
    }
  }

  @Test
  void run_alert_takesTheAdviceToItsChannelAndLeavesTheReportShort() {
    List<Alert> told = new CopyOnWriteArrayList<>();

    RunReport report = scene
        .runners()
        .alerts(scene.router(told::add))
        .build()
        .run(job(FailureKind.MAPPING_MISSING));
    scene.time.advance(Duration.ofSeconds(1));

    assertThat(told)
        .singleElement()
        .satisfies(alert -> assertThat(alert.text())
            .contains(
                "most often MAPPING_MISSING; No mapping: users missing", "rerun those users"));
    assertThat(report.alerts())
        .singleElement()
        .satisfies(alert -> assertThat(alert.text()).endsWith("most often MAPPING_MISSING"));
  }
}
