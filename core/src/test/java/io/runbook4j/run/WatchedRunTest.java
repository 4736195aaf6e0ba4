package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.runbook4j.alert.AlertRouter;
import io.runbook4j.alert.Incidents;
import io.runbook4j.alert.Rule;
import io.runbook4j.alert.RunbookRules;
import io.runbook4j.alert.Triage;
import io.runbook4j.alert.Watch;
import io.runbook4j.gate.Gate;
import io.runbook4j.gate.Order;
import io.runbook4j.integrity.SpotCheck;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.ledger.Finding;
import io.runbook4j.spi.ledger.LedgerEntry;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Source;
import io.runbook4j.spi.sync.Target;
import io.runbook4j.testkit.SimulatedService;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WatchedRunTest {
  private final Scene scene = new Scene();
  private final List<Alert> told = new CopyOnWriteArrayList<>();
  private final AlertRouter router = AlertRouter.builder(scene.time)
      .channel(told::add)
      .executor(scene.time.executor())
      .build();

  private Watch watch() {
    return Watch.builder(scene.time, router).executor(scene.time.executor()).start();
  }

  @Test
  void run_halfOfTheItemsFail_isTheWorstSeverityOnTheFirstPageOfOneOccurrence() {
    String[] bad =
        Scene.keys(300).stream().filter(key -> key.hashCode() % 2 == 0).toArray(String[]::new);
    SimulatedService service = scene.service().failing(FailureKind.INVALID, bad).build();
    try (Watch watch = watch()) {
      SyncJob.Builder<String> policies = Scene.policies();
      RunbookRules.resumeSync().forEach(policies::alertWhen);
      SyncJob<String> job =
          policies.from(Scene.source(300)).to(service.target()).build();

      scene.runners().alerts(router).watch(watch).build().run(job);
      scene.time.advance(Duration.ofMinutes(20));

      assertThat(told).isNotEmpty();
      assertThat(told).extracting(Alert::dedupKey).containsOnly(told.get(0).dedupKey());
      assertThat(told).extracting(Alert::severity).contains(Severity.SEV1);
    }
  }

  @Test
  void run_watchAlerts_advisesForTheServiceOfTheTarget() {
    SimulatedService service =
        scene.service().failing(FailureKind.INVALID, "k1", "k2").build();
    String name = service.target().service();
    Triage triage = Triage.builder()
        .add(FailureKind.INVALID, "", new Triage.Advice("Any", "who knows", "look"))
        .add(FailureKind.INVALID, name, new Triage.Advice("Ours", "a known one", "call them"))
        .build();
    try (Watch watch = Watch.builder(scene.time, router)
        .executor(scene.time.executor())
        .triage(triage)
        .start()) {
      SyncJob<String> job = Scene.policies()
          .from(Scene.source(30))
          .to(service.target())
          .alertWhen(Rule.failuresInARow(2))
          .build();

      scene.runners().watch(watch).build().run(job);
      scene.time.advance(Duration.ofMinutes(2));

      assertThat(name).isNotEmpty();
      assertThat(told)
          .first()
          .extracting(Alert::text)
          .asString()
          .endsWith("Ours: a known one; call them");
    }
  }

  @Test
  void run_successesBetweenFailures_theWatchHearsThemInTheChunksOrder() {
    SimulatedService service =
        scene.service().failing(FailureKind.INVALID, "k1", "k3", "k5").build();
    try (Watch watch = watch()) {
      SyncJob<String> job = Scene.policies()
          .from(Scene.source(10))
          .to(service.target())
          .alertWhen(Rule.failuresInARow(2))
          .build();

      scene.runners().alerts(router).watch(watch).build().run(job);
      scene.time.advance(Duration.ofMinutes(2));

      assertThat(told).isEmpty();
    }
  }

  @Test
  void run_watchHasTheRules_isFedWithoutRulesOfTheJob() {
    String[] bad = Scene.keys(150).toArray(String[]::new);
    Finding finding = new Finding("orphans", "snapshots", true, 3, List.of("row 7"));
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(300))
        .to(scene.service().failing(FailureKind.INVALID, bad).build().target())
        .checkAfter(() -> List.of(finding))
        .build();
    try (Watch watch = Watch.builder(scene.time, router)
        .executor(scene.time.executor())
        .job(Scene.JOB, RunbookRules.resumeSync())
        .start()) {
      RunReport report = scene.runners().watch(watch).build().run(job);
      scene.time.advance(Duration.ofMinutes(2));

      assertThat(told).extracting(Alert::severity).contains(Severity.SEV1);
      assertThat(told).extracting(Alert::text).anyMatch(text -> text.contains("orphans"));
      assertThat(report.alerts()).extracting(Alert::rule).contains("corruption");
      assertThat(watch.statuses(Scene.JOB))
          .filteredOn(status -> status.rule().name().startsWith("failure-rate-25pct"))
          .singleElement()
          .satisfies(status -> assertThat(status.state()).isEqualTo(Watch.State.FIRING));
    }
  }

  @Test
  void run_ruleNeedsAWatchAndThereIsNone_isRefusedAtOnce() {
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(3))
        .to(scene.service().build().target())
        .alertWhen(Rule.failureRate(0.05, Duration.ofHours(24)))
        .build();

    assertThatIllegalStateException()
        .isThrownBy(() -> scene.runner().run(job))
        .withMessageContaining("watch(..)");
    assertThat(scene.ledger.runs(Scene.JOB, 1)).isEmpty();
  }

  @Test
  void run_spotCheckFindsAnItemGone_isAFindingInTheLedgerAndAnAlert() {
    Map<String, String> store = new HashMap<>();
    SyncJob<String> job = spotChecked(new Store(store, "k"));

    RunReport report = scene.runner().run(job);

    assertThat(report.findings()).singleElement().satisfies(finding -> {
      assertThat(finding.check()).isEqualTo("spot-check");
      assertThat(finding.total()).isBetween(3L, 5L);
    });
    assertThat(report.alerts()).extracting(Alert::rule).contains("finding-spot-check");
    assertThat(report.spotCheck().orElseThrow().text()).contains("seed", "ABSENT");
    assertThat(scene.ledger.entries(report.runId()))
        .anyMatch(entry -> entry instanceof LedgerEntry.FindingMade);
    assertThat(report.text()).contains("spot-check");
    assertThat(report.json()).contains("\"spotCheck\"", "\"findings\"");
  }

  @Test
  void run_spotCheckFindsAllThere_saysSoAndRaisesNothing() {
    RunReport report = scene.runner().run(spotChecked(new Store(new HashMap<>(), "none")));

    assertThat(report.findings()).isEmpty();
    assertThat(report.alerts()).isEmpty();
    assertThat(report.spotCheck().orElseThrow().text())
        .contains("APPLIED")
        .doesNotContain("ABSENT");
  }

  private void assertIsOnePageAndInTheReport(SyncJob<String> corrupt) {
    try (Watch watch = watch()) {
      RunReport report = scene.runners().alerts(router).watch(watch).build().run(corrupt);
      scene.time.advance(Duration.ofMinutes(1));

      assertThat(told).extracting(Alert::rule).containsExactly("corruption");
      assertThat(report.alerts()).extracting(Alert::rule).contains("integrity");
    }
  }

  @Test
  void run_itemIsCorrupt_isOnePageAndInTheReport() {
    SimulatedService service =
        scene.service().failing(FailureKind.INTEGRITY, "k4").build();
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(30))
        .to(service.target())
        .alertWhen(Rule.corruption())
        .build();
    assertIsOnePageAndInTheReport(job);
  }

  @Test
  void run_itemIsFoundCorruptWhenItIsRead_isOnePageAndInTheReport() {
    SyncJob<String> job = Scene.policies()
        .from(unreadable(FailureKind.INTEGRITY, "k4"))
        .to(scene.service().build().target())
        .alertWhen(Rule.corruption())
        .build();
    assertIsOnePageAndInTheReport(job);
  }

  @Test
  void run_itemsCannotBeRead_theWatchHearsOfEach() {
    SyncJob<String> job = Scene.policies()
        .from(unreadable(FailureKind.MAPPING_MISSING, "k3", "k4", "k5"))
        .to(scene.service().build().target())
        .alertWhen(Rule.failuresInARow(3))
        .build();
    try (Watch watch = watch()) {
      scene.runners().alerts(router).watch(watch).build().run(job);
      scene.time.advance(Duration.ofMinutes(1));

      assertThat(told).isNotEmpty();
    }
  }

  /** {@return thirty items, of which these cannot be read} */
  private static Source<String> unreadable(FailureKind kind, String... keys) {
    Set<String> bad = Set.of(keys);
    return Scene.source(30).map(value -> {
      if (bad.contains(value)) {
        throw new FailureException(Failure.of(kind, "bad row"));
      }
      return value;
    });
  }

  @Test
  void run_checkAfterFindsCorruption_reachesLedgerWatchAndGate() {
    Gate gate = Gate.inMemory("sync", scene.time);
    Finding finding = new Finding("sha-256", "snapshots", true, 2, List.of("row 7"));
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(30))
        .to(scene.service().build().target())
        .alertWhen(Rule.corruption())
        .gate(gate)
        .localOnlyOnCorruption()
        .checkAfter(() -> {
          throw new IllegalStateException("no table");
        })
        .checkAfter(() -> List.of(finding))
        .build();
    try (Watch watch = watch()) {
      RunReport report = scene.runners().alerts(router).watch(watch).build().run(job);
      scene.time.advance(Duration.ofMinutes(1));

      assertThat(report.state()).isEqualTo(RunState.COMPLETED);
      assertThat(report.findings()).containsExactly(finding);
      assertThat(scene.ledger.entries(report.runId()))
          .anyMatch(entry ->
              entry instanceof LedgerEntry.FindingMade made && made.finding().equals(finding));
      assertThat(report.problems()).anyMatch(problem -> problem.contains("no table"));
      assertThat(gate.isLocalOnly()).isTrue();
      assertThat(told).singleElement().satisfies(alert -> {
        assertThat(alert.severity()).isEqualTo(Severity.SEV1);
        assertThat(alert.text()).contains("sha-256 in snapshots: 2").doesNotContain("row 7");
      });
    }
  }

  @Test
  void run_checkAfterFindsCorruptionAndNobodyWatches_isToldByTheRun() {
    Finding finding = new Finding("sha-256", "snapshots", true, 2, List.of("row 7"));
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(3))
        .to(scene.service().build().target())
        .checkAfter(() -> List.of(finding))
        .build();

    scene.runners().alerts(router).build().run(job);
    scene.time.advance(Duration.ZERO);

    assertThat(told).extracting(Alert::rule).containsExactly("finding-sha-256");
    assertThat(told).extracting(Alert::severity).containsExactly(Severity.SEV1);
  }

  @Test
  void run_findings_nameTheirRowsInTheReportOnly() {
    Finding corrupt = new Finding("sha-256", "snapshots", true, 2, List.of("ann@example.com"));
    Finding late = new Finding("freshness", "snapshots", false, 1, List.of("bob@example.com"));
    SyncJob.Builder<String> job = Scene.policies()
        .from(Scene.source(3))
        .to(scene.service().build().target())
        .checkAfter(() -> List.of(corrupt, late));

    RunReport report = heardByAllWithoutNames(job);

    assertThat(report.findings()).containsExactly(corrupt, late);
    assertThat(report.alerts())
        .extracting(Alert::text)
        .anyMatch(text -> text.startsWith("sha-256 in snapshots: 2"))
        .contains("freshness in snapshots: 1");
  }

  @Test
  void run_itemIsCorrupt_isNamedInTheReportOnly() {
    String key = "cid@example.com";
    SyncJob.Builder<String> job = Scene.policies()
        .from(new ListSource(List.of(key, "k1"), 20))
        .to(scene.service().failing(FailureKind.INTEGRITY, key).build().target());

    RunReport report = heardByAllWithoutNames(job);

    assertThat(report.json()).contains(key);
    assertThat(report.alerts()).extracting(Alert::rule).contains("integrity");
  }

  /** Runs a job whose data is corrupt, of which everybody hears without a name of a row. */
  private RunReport heardByAllWithoutNames(SyncJob.Builder<String> policies) {
    Gate gate = Gate.inMemory("sync", scene.time);
    List<Alert> people = new CopyOnWriteArrayList<>();
    SyncJob<String> job =
        policies.gate(gate).localOnlyOnCorruption().alertWhen(Rule.corruption()).build();
    try (Watch watch = watch();
        Incidents incidents = Incidents.builder(scene.time, scene.router(people::add))
            .executor(scene.time.executor())
            .start()) {
      RunReport report = scene
          .runners()
          .alerts(router)
          .watch(watch)
          .incidents(incidents)
          .build()
          .run(job);
      scene.time.advance(Duration.ofMinutes(1));

      assertThat(people).isNotEmpty();
      assertThat(told).isNotEmpty();
      assertThat(Stream.of(report.alerts(), told, people).flatMap(List::stream))
          .extracting(Alert::toString)
          .noneMatch(text -> text.contains("@example.com"));
      assertThat(gate.state().text()).contains("corruption").doesNotContain("@example.com");
      return report;
    }
  }

  @Test
  void run_checkAfterFindsCorruptionOfAJobThatDoesNotWantThat_leavesTheGateOpen() {
    Gate gate = Gate.inMemory("sync", scene.time);
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(3))
        .to(scene.service().build().target())
        .gate(gate)
        .checkAfter(() -> List.of(new Finding("sha-256", "snapshots", true, 2, List.of("row 7"))))
        .build();

    RunReport report = scene.runner().run(job);

    assertThat(report.findings()).hasSize(1);
    assertThat(gate.isLocalOnly()).isFalse();
  }

  @Test
  void build_localOnlyOnCorruptionWithoutAGate_isRefused() {
    SyncJob.Builder<String> job = Scene.policies()
        .from(Scene.source(3))
        .to(scene.service().build().target())
        .localOnlyOnCorruption();

    assertThatIllegalStateException()
        .isThrownBy(job::build)
        .withMessageContaining("must have a gate to be local-only");
  }

  @Test
  void run_isStopped_isNotChecked() {
    AtomicInteger checks = new AtomicInteger();
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(300))
        .to(scene.service().build().target())
        .checkAfter(() -> {
          checks.incrementAndGet();
          return List.of();
        })
        .build();
    Runner runner = scene.runner(new StopAfter(1));

    RunReport stopped = runner.run(job);
    assertThat(stopped.state()).isEqualTo(RunState.STOPPED);
    assertThat(checks).hasValue(0);

    runner.resume(job, stopped.runId());
    assertThat(checks).hasValue(1);
  }

  @Test
  void run_watchFiresAndItsChannelFails_isInTheReport() {
    AlertRouter broken = AlertRouter.builder(scene.time)
        .channel(alert -> {
          throw new IllegalStateException("503");
        })
        .executor(scene.time.executor())
        .build();
    SimulatedService service = scene
        .service()
        .failing(FailureKind.INTEGRITY, "k4")
        .latency(Duration.ofSeconds(1), Duration.ofSeconds(1))
        .build();
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(30))
        .to(service.target())
        .alertWhen(Rule.corruption())
        .build();
    try (Watch watch =
        Watch.builder(scene.time, broken).executor(scene.time.executor()).start()) {
      RunReport report = scene.runners().alerts(router).watch(watch).build().run(job);
      RunReport next = scene.runners().alerts(router).watch(watch).build().run(job);

      assertThat(report.alerts()).extracting(Alert::rule).contains("corruption");
      assertThat(report.problems())
          .anyMatch(problem ->
              problem.contains("alert corruption was not delivered") && problem.contains("503"));
      assertThat(next.alerts())
          .filteredOn(alert -> alert.rule().equals("corruption"))
          .singleElement()
          .satisfies(alert -> assertThat(alert.text()).contains("fires since"));
    }
  }

  @Test
  void run_quarterOfTheItemsFail_isLocalOnlyWhereTheHostWantsThat() {
    Gate gate = Gate.inMemory("sync", scene.time);
    AlertRouter shutting = AlertRouter.builder(scene.time)
        .channel(gate.shutOnAlertsOf(Scene.JOB), Severity.SEV1)
        .repeatEvery(Duration.ofMinutes(1))
        .executor(scene.time.executor())
        .build();
    String[] bad = Scene.keys(300).stream().filter(key -> key.endsWith("1")).toArray(String[]::new);
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(300))
        .to(scene.service().failing(FailureKind.INVALID, bad).build().target())
        .alertWhen(Rule.failureRate(0.10, Duration.ofMinutes(15)).severity(Severity.SEV1))
        .gate(gate)
        .build();
    try (Watch watch =
        Watch.builder(scene.time, shutting).executor(scene.time.executor()).start()) {
      scene.runners().alerts(router).watch(watch).build().run(job);
      scene.time.advance(Duration.ofSeconds(20));
      assertThat(gate.state().text()).contains("local-only", "SEV1", "failure");

      gate.open(Order.of("ann", "mended"));
      scene.time.advance(Duration.ofMinutes(5));
      assertThat(gate.isLocalOnly()).isFalse();
    }
  }

  @Test
  void run_channelHangs_isNotSlowedByMoreThanAMoment() {
    SimulatedService service =
        scene.service().failing(FailureKind.INVALID, "k1", "k2", "k3").build();
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(30))
        .to(service.target())
        .alertWhen(Rule.failuresInRunOver(2))
        .build();

    RunReport report = scene
        .runners()
        .alerts(scene.router(alert -> scene.time.sleep(Duration.ofDays(1))))
        .build()
        .run(job);

    assertThat(Duration.between(report.startedAt(), report.endedAt()))
        .isLessThan(Duration.ofSeconds(5));
    assertThat(report.problems()).anyMatch(problem -> problem.contains("still on its way"));
  }

  private static SyncJob<String> spotChecked(Target<String> target) {
    return Scene.policies()
        .from(Scene.source(100))
        .to(target)
        .spotCheck(SpotCheck.of(3, 5))
        .build();
  }

  /** Loses the items whose key begins with a prefix. */
  private record Store(Map<String, String> items, String lost) implements Target<String> {
    @Override
    public ChunkResult apply(Chunk<String> chunk) {
      chunk.keys().stream()
          .filter(key -> !key.startsWith(lost))
          .forEach(key -> items.put(key, key));
      return ChunkResult.succeeded();
    }

    @Override
    public Optional<Map<String, Verdict>> verify(List<String> keys) {
      Map<String, Verdict> verdicts = new HashMap<>();
      keys.forEach(
          key -> verdicts.put(key, items.containsKey(key) ? Verdict.APPLIED : Verdict.ABSENT));
      return Optional.of(verdicts);
    }
  }
}
