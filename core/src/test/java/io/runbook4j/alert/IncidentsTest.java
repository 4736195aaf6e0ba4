package io.runbook4j.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.runbook4j.alert.Incident.Duty;
import io.runbook4j.alert.Incident.Effect;
import io.runbook4j.alert.Incident.Entry;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.Occurrence;
import io.runbook4j.spi.alert.Occurrence.Phase;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.health.Health;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.testkit.VirtualTime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IncidentsTest {
  private static final Instant START = Instant.parse("2026-03-02T09:00:00Z");
  private static final String JOB = "resume-sync";

  private final VirtualTime time = VirtualTime.startingAt(START);
  private final Sent channel = new Sent(time);
  private final Sent lead = new Sent(time);
  private final Sent platform = new Sent(time);

  private Incidents.Builder builder() {
    return Incidents.builder(time, channel.router())
        .install("prod")
        .escalateTo("engineering lead", lead.router())
        .escalateTo("platform team", platform.router())
        .executor(time.executor());
  }

  private Alert alert(Severity severity, Phase phase) {
    Optional<Instant> end = phase == Phase.RESOLVED ? Optional.of(time.now()) : Optional.empty();
    return new Alert(
        "failure-rate",
        severity,
        JOB,
        severity + " is too much",
        Optional.of(new Occurrence(JOB + "/1", phase, START, end, Map.of("value", "0.1"))));
  }

  private void live(long minutes) {
    time.advance(Duration.ofMinutes(minutes));
  }

  private Alert opened(Severity severity, String id) {
    return new Alert(
        "failure-rate",
        severity,
        JOB,
        id + " is too much",
        Optional.of(new Occurrence(id, Phase.OPENED, time.now(), Optional.empty(), Map.of())));
  }

  @Test
  void alert_asBadAsTheWorstAfterThatHasEnded_isSaid() {
    Incidents incidents = builder().start();
    incidents.send(new Alert("run-stopped", Severity.SEV3, JOB, "no credential"));
    incidents.acknowledge(JOB, "ann");
    incidents.send(alert(Severity.SEV1, Phase.OPENED));
    live(1);
    incidents.send(alert(Severity.SEV1, Phase.RESOLVED));
    live(1);
    channel.clear();

    incidents.send(opened(Severity.SEV1, JOB + "/2"));
    live(1);
    incidents.send(opened(Severity.SEV1, JOB + "/3"));
    live(1);

    assertThat(channel.phases()).containsExactly("2 RAISED");
    assertThat(channel.texts().get(0)).contains("raised: resume-sync/2 is too much");
    incidents.close();
  }

  @Test
  void alert_ofARunAsBadAsTheWorstAfterThatHasEnded_isSaid() {
    Incidents incidents = builder().start();
    incidents.send(new Alert("run-stopped", Severity.SEV3, JOB, "no credential"));
    incidents.acknowledge(JOB, "ann");
    incidents.send(alert(Severity.SEV2, Phase.OPENED));
    live(1);
    incidents.send(alert(Severity.SEV2, Phase.RESOLVED));
    live(1);
    channel.clear();

    incidents.send(new Alert("failed-items", Severity.SEV2, JOB, "6 failed"));
    live(1);
    incidents.send(new Alert("failed-items", Severity.SEV2, JOB, "7 failed"));
    live(1);

    assertThat(channel.phases()).containsExactly("2 RAISED");
    assertThat(channel.texts().get(0)).contains("raised: 6 failed");
    incidents.close();
  }

  @Test
  void alert_thatHasBecomeAsBadAsTheWorstAgain_isSaid() {
    Incidents incidents = builder().start();
    incidents.send(alert(Severity.SEV1, Phase.OPENED));
    incidents.acknowledge(JOB, "ann");
    live(1);

    incidents.send(alert(Severity.SEV2, Phase.RAISED));
    live(1);
    incidents.send(alert(Severity.SEV1, Phase.RAISED));
    live(1);
    incidents.send(new Alert("finding-orphans", Severity.SEV1, JOB, "3 orphans"));
    live(1);

    assertThat(channel.phases())
        .containsExactly("0 OPENED", "0 ACKNOWLEDGED", "2 RAISED", "3 RAISED");
    assertThat(channel.alerts()).last().extracting(Alert::text).asString().contains("3 orphans");
    incidents.close();
  }

  @Test
  void alert_ofAJobThatTheRouterSilences_opensRisesAndCallsAllTheSame() {
    AlertRouter silent = channel.router();
    silent.silence(JOB, time.now().plus(Duration.ofHours(1)));
    Incidents incidents = Incidents.builder(time, silent)
        .escalateTo("engineering lead", silent)
        .executor(time.executor())
        .start();

    incidents.send(alert(Severity.SEV3, Phase.OPENED));
    live(1);
    incidents.send(alert(Severity.SEV1, Phase.RAISED));
    live(5);

    assertThat(channel.phases()).containsExactly("0 OPENED", "1 RAISED", "5 REPEATED");
    assertThat(channel.texts()).last().asString().contains("escalated to engineering lead");
    incidents.close();
  }

  @Test
  void alert_ofSev3_opensAndIsAcknowledgedAndResolved() {
    Incidents incidents = builder().start();

    incidents.send(alert(Severity.SEV3, Phase.OPENED));
    live(3);
    incidents.acknowledge(JOB, "ann");
    live(7);
    incidents.send(alert(Severity.SEV3, Phase.RESOLVED));
    live(0);

    assertThat(channel.phases()).containsExactly("0 OPENED", "3 ACKNOWLEDGED", "10 RESOLVED");
    assertThat(channel.alerts()).extracting(Alert::dedupKey).containsOnly("prod/resume-sync/1");
    assertThat(channel.alerts().get(1).occurrence().orElseThrow().details())
        .containsEntry("acknowledgedBy", "ann")
        .containsEntry("response", "P2 within 2h");
    assertThat(lead.alerts()).isEmpty();
    assertThat(incidents.open(JOB)).isEmpty();
    assertThat(incidents.all().get(0).state()).isEqualTo(Incident.State.RESOLVED);
    incidents.close();
  }

  @Test
  void alert_belowSev3_isPassedOnWithItsEnd() {
    Incidents incidents = builder().start();

    incidents.send(alert(Severity.WARNING, Phase.OPENED));
    incidents.send(alert(Severity.WARNING, Phase.RESOLVED));
    live(0);

    assertThat(channel.alerts()).extracting(Alert::dedupKey).containsOnly(JOB + "/1");
    assertThat(channel.phases()).endsWith("0 RESOLVED");
    assertThat(incidents.all()).isEmpty();
    incidents.close();
  }

  @Test
  void alert_passedOn_hasTheAdvice() {
    Incidents incidents = builder().start();

    incidents.send(new Alert("r", Severity.WARNING, JOB, "RATE_LIMITED 12"));
    live(0);

    assertThat(channel.texts())
        .singleElement()
        .asString()
        .startsWith("RATE_LIMITED 12; 429 Too Many Requests")
        .endsWith("reduce batch size; wait and retry remaining users");
    incidents.close();
  }

  @Test
  void alert_passedOnThatRisesIntoAnIncident_endsForBoth() {
    Incidents incidents = builder().start();

    incidents.send(alert(Severity.WARNING, Phase.OPENED));
    live(1);
    incidents.send(alert(Severity.SEV2, Phase.RAISED));
    live(1);
    incidents.send(alert(Severity.SEV2, Phase.RESOLVED));
    live(0);

    assertThat(channel.alerts().stream().filter(Alert::isResolved).map(Alert::dedupKey))
        .containsExactlyInAnyOrder("prod/resume-sync/1", JOB + "/1");
    incidents.close();
  }

  @Test
  void severity_overManyAlerts_onlyRisesInOneIncident() {
    Incidents incidents = builder().start();

    incidents.send(alert(Severity.SEV3, Phase.OPENED));
    live(1);
    incidents.send(alert(Severity.SEV1, Phase.RAISED));
    live(1);
    incidents.send(alert(Severity.SEV2, Phase.REPEATED));
    incidents.send(new Alert("failed-items", Severity.SEV3, JOB, "6 failed"));
    live(1);

    assertThat(channel.phases()).containsExactly("0 OPENED", "1 RAISED");
    Incident open = incidents.open(JOB).orElseThrow();
    assertThat(open.severity()).isEqualTo(Severity.SEV1);
    assertThat(open.reached()).containsOnlyKeys(Severity.SEV3, Severity.SEV1);
    assertThat(incidents.all()).hasSize(1);
    assertThat(kinds(open, Entry.Kind.ALERT)).hasSize(3);
    incidents.close();
  }

  @Test
  void alert_withoutEndBesideOneThatEnds_leavesTheIncidentOpen() {
    Incidents incidents = builder().start();

    incidents.send(new Alert("integrity", Severity.SEV1, JOB, "item k4 is corrupt"));
    live(1);
    incidents.send(alert(Severity.SEV3, Phase.OPENED));
    live(1);
    incidents.send(alert(Severity.SEV3, Phase.RESOLVED));
    live(0);

    assertThat(incidents.open(JOB).orElseThrow().severity()).isEqualTo(Severity.SEV1);
    incidents.resolve(JOB, "ann", "restored");
    incidents.send(alert(Severity.SEV3, Phase.OPENED));
    incidents.send(alert(Severity.SEV3, Phase.RESOLVED));
    assertThat(incidents.open(JOB)).isEmpty();
    incidents.close();
  }

  @Test
  void resolve_byHandWhileItGoesOn_isPassedOnAndOpensAgainOnlyWhenWorse() {
    Incidents incidents = builder().start();
    incidents.send(alert(Severity.SEV3, Phase.OPENED));
    live(1);
    incidents.resolve(JOB, "ann", "a known limit");
    live(4 * 60);
    channel.clear();

    incidents.send(alert(Severity.SEV3, Phase.REPEATED));
    live(0);
    assertThat(incidents.open(JOB)).isEmpty();
    assertThat(channel.alerts()).extracting(Alert::dedupKey).containsExactly(JOB + "/1");

    incidents.send(alert(Severity.SEV1, Phase.RAISED));
    assertThat(incidents.open(JOB).orElseThrow().number()).isEqualTo(2);
    incidents.close();
  }

  @Test
  void redaction_ofWhatPeopleAndAlertsSay_keepsSecretsOutOfAll(@TempDir Path folder)
      throws IOException {
    Path state = folder.resolve("state");
    Incidents incidents = builder()
        .redaction(text -> text.replace("s3cret", "[redacted]"))
        .state(state)
        .drafts(folder.resolve("drafts"))
        .start();

    incidents.send(new Alert("r", Severity.WARNING, "other", "s3cret"));
    Occurrence occurrence =
        new Occurrence("1", Phase.OPENED, START, Optional.empty(), Map.of("kinds", "s3cret"));
    incidents.send(new Alert("r", Severity.SEV1, JOB, "s3cret", Optional.of(occurrence)));
    incidents.acknowledge(JOB, "s3cret");
    incidents.act(JOB, "s3cret", "s3cret", Effect.FAILED);
    incidents.update(JOB, "s3cret", "s3cret");
    incidents.replayed(JOB, "s3cret", List.of("s3cret"));
    incidents.resolve(JOB, "s3cret", "s3cret");
    incidents.done(1, Duty.ROOT_CAUSE, "s3cret", "s3cret");
    live(30 * 60);
    incidents.close();

    assertThat(channel.alerts().toString()).contains("[redacted]").doesNotContain("s3cret");
    assertThat(incidents.postMortem(1)).contains("redacted").doesNotContain("s3cret");
    assertThat(Files.readString(folder.resolve("drafts").resolve("incident-1-20260302T090000Z.md")))
        .contains("redacted")
        .doesNotContain("s3cret");
    assertThat(Files.readString(state, StandardCharsets.ISO_8859_1)).doesNotContain("s3cret");
  }

  @Test
  void start_stateIsHeldByOthers_isRefusedUntilTheyClose(@TempDir Path folder) {
    Path state = folder.resolve("state");
    Incidents incidents = builder().state(state).start();

    assertThatIllegalStateException()
        .isThrownBy(() -> builder().state(state).start())
        .withMessageContaining("held by another");
    incidents.close();
    builder().state(state).start().close();
  }

  @Test
  void alert_worseAfterTheLastCall_tellsAllThatWereToldAndCallsAnew() {
    Incidents incidents = builder().rounds(1).updateEvery(Duration.ofDays(9)).start();
    incidents.send(alert(Severity.SEV3, Phase.OPENED));
    live(40);
    assertThat(platform.minutes()).containsExactly(10L);
    lead.clear();
    platform.clear();

    incidents.send(alert(Severity.SEV1, Phase.RAISED));
    live(40);

    assertThat(channel.texts()).anyMatch(text -> text.contains("raised: SEV1 is too much"));
    assertThat(lead.minutes()).startsWith(40L);
    assertThat(platform.minutes()).startsWith(40L);
    assertThat(lead.texts().get(0)).contains("raised: SEV1");
    assertThat(lead.alerts().size() + platform.alerts().size()).isGreaterThan(2);
    assertThat(platform.texts().toString() + lead.texts()).contains("not acknowledged within 5m");
  }

  @Test
  void alert_worseOnceItIsAcknowledged_isToldAndCallsNobody() {
    Incidents incidents = builder().updateEvery(Duration.ofDays(9)).start();
    incidents.send(alert(Severity.SEV3, Phase.OPENED));
    incidents.acknowledge(JOB, "ann");
    live(1);
    channel.clear();

    incidents.send(alert(Severity.SEV1, Phase.RAISED));
    live(28);

    assertThat(channel.texts()).singleElement().asString().contains("raised: SEV1");
    assertThat(lead.alerts()).isEmpty();
  }

  @Test
  void acknowledge_nobodyDoes_goesAlongTheChainFiveTimesRound() {
    Incidents incidents = builder().updateEvery(Duration.ofDays(9)).start();

    incidents.send(alert(Severity.SEV2, Phase.OPENED));
    live(119);

    assertThat(lead.minutes()).containsExactly(5L, 20L, 35L, 50L, 65L);
    assertThat(platform.minutes()).containsExactly(10L, 25L, 40L, 55L, 70L);
    assertThat(channel.minutes()).containsExactly(0L, 15L, 30L, 30L, 45L, 60L);
    assertThat(platform.texts().get(4)).contains("the last call");
    assertThat(lead.texts().get(0))
        .contains("not acknowledged within 5m")
        .contains("escalated to engineering lead")
        .contains("SEV2 is too much");
    incidents.close();
  }

  @Test
  void acknowledge_secondBeforeTheDeadline_tellsNobodyElse() {
    Incidents incidents = builder().start();
    incidents.send(alert(Severity.SEV3, Phase.OPENED));
    time.advance(Duration.ofMinutes(5).minusSeconds(1));

    incidents.acknowledge(JOB, "ann");
    live(60);

    assertThat(lead.alerts()).isEmpty();
    incidents.close();
  }

  @Test
  void resolve_afterEscalation_isToldToAllWhoWereTold() {
    Incidents incidents = builder().start();
    incidents.send(alert(Severity.SEV3, Phase.OPENED));
    live(6);

    incidents.acknowledge(JOB, "bob");
    live(0);
    incidents.resolve(JOB, "bob", "rolled back");
    live(0);

    assertThat(lead.phases()).containsExactly("5 REPEATED", "6 ACKNOWLEDGED", "6 RESOLVED");
    assertThat(platform.alerts()).isEmpty();
    assertThat(channel.texts()).last().asString().contains("resolved after 6m by bob: rolled back");
    incidents.close();
  }

  @Test
  void update_every15Minutes_hasTheNumbersOfTheMoment() {
    AlertRouter front = AlertRouter.builder(time).executor(time.executor()).build();
    Watch watch = Watch.builder(time, front)
        .job(JOB, List.of(Rule.probesFailedInARow(2).severity(Severity.SEV3)))
        .executor(time.executor())
        .start();
    Incidents incidents = builder().start();
    incidents.follow(watch);
    watch.probe(JOB, new Health(Health.Status.UNHEALTHY, Duration.ZERO, ""));
    watch.probe(JOB, new Health(Health.Status.UNHEALTHY, Duration.ZERO, ""));
    incidents.send(alert(Severity.SEV3, Phase.OPENED));
    incidents.acknowledge(JOB, "ann");

    live(15);
    for (int i = 0; i < 5; i++) {
      watch.probe(JOB, new Health(Health.Status.UNHEALTHY, Duration.ZERO, ""));
    }
    live(10);
    incidents.update(JOB, "ann", "found the deploy");
    live(15);

    assertThat(channel.minutes()).containsExactly(0L, 0L, 15L, 25L, 30L, 40L);
    assertThat(channel.texts().get(2))
        .contains("open for 15m, acknowledged by ann")
        .contains("(2 health checks in a row have failed); update the incident channel");
    assertThat(channel.texts().get(3)).contains("update by ann: found the deploy");
    assertThat(channel.texts().get(5)).contains("(7 health checks in a row have failed)");
    incidents.close();
    watch.close();
  }

  @Test
  void statusPage_outagePasses30Minutes_remindsOnce() {
    Incidents incidents = builder().service(JOB, "TikTok").start();
    incidents.send(alert(Severity.SEV3, Phase.OPENED));
    incidents.acknowledge(JOB, "ann");
    time.advance(Duration.ofMinutes(30).minusSeconds(1));
    assertThat(channel.texts()).noneMatch(text -> text.contains("status page"));

    live(60);

    assertThat(channel.texts().stream().filter(text -> text.contains("status page")))
        .singleElement()
        .asString()
        .contains("notify TikTok partner contact if available");
    incidents.close();
  }

  @Test
  void act_secondRemedyFails_escalates() {
    Incidents incidents = acknowledged();

    incidents.act(JOB, "ann", "restarted workers", Effect.FAILED);
    incidents.act(JOB, "ann", "rolled back", Effect.WORKED);
    incidents.act(JOB, "ann", "rotated cookies", Effect.FAILED);
    live(0);
    assertThat(lead.alerts()).isEmpty();
    incidents.act(JOB, "ann", "replayed", Effect.FAILED);
    live(0);

    assertThat(lead.texts()).singleElement().asString().contains("2 remedies failed");
    incidents.close();
  }

  @Test
  void run_secondInARowFails_escalatesOnce() {
    Incidents incidents = acknowledged();

    incidents.run(JOB, new RunId("r1"), RunState.FAILED, Counts.zero());
    incidents.run(JOB, new RunId("r2"), RunState.COMPLETED, new Counts(9, 8, 1, 0, 0, 0));
    incidents.run(JOB, new RunId("r3"), RunState.DIED, Counts.zero());
    live(0);
    assertThat(lead.alerts()).isEmpty();
    incidents.run(JOB, new RunId("r4"), RunState.FAILED, new Counts(9, 2, 7, 0, 0, 0));
    incidents.run(JOB, new RunId("r5"), RunState.FAILED, Counts.zero());
    live(15);

    assertThat(lead.texts()).singleElement().asString().contains("2 runs failed in a row");
    assertThat(channel.texts()).last().asString().contains("5 runs since then, 4 of them failed");
    incidents.close();
  }

  @Test
  void open_forTwoHours_escalatesOnce() {
    Incidents incidents = acknowledged();

    time.advance(Duration.ofHours(2).minusSeconds(1));
    assertThat(lead.alerts()).isEmpty();
    live(600);

    assertThat(lead.minutes()).containsExactly(120L);
    assertThat(lead.texts().get(0)).contains("open for 2h");
    incidents.close();
  }

  @Test
  void coolDown_firesAgainWithin_opensTheSameNumber() {
    Incidents incidents = acknowledged();
    incidents.send(alert(Severity.SEV3, Phase.RESOLVED));
    live(29);

    incidents.send(alert(Severity.SEV3, Phase.OPENED));
    live(5);
    Incident again = incidents.open(JOB).orElseThrow();
    assertThat(again.number()).isEqualTo(1);
    assertThat(again.reopenings()).isEqualTo(1);
    assertThat(again.state()).isEqualTo(Incident.State.OPEN);
    assertThat(lead.minutes()).containsExactly(34L);

    incidents.send(alert(Severity.SEV3, Phase.RESOLVED));
    live(30);
    incidents.send(alert(Severity.SEV3, Phase.OPENED));
    assertThat(incidents.open(JOB).orElseThrow().number()).isEqualTo(2);
    incidents.close();
  }

  @Test
  void coolDown_opensAgain_countsFailuresAnew() {
    Incidents incidents = acknowledged();
    incidents.act(JOB, "ann", "restarted", Effect.FAILED);
    incidents.run(JOB, new RunId("r1"), RunState.FAILED, Counts.zero());
    incidents.resolve(JOB, "ann", "over");
    incidents.send(alert(Severity.SEV3, Phase.OPENED));
    incidents.acknowledge(JOB, "ann");

    incidents.act(JOB, "ann", "rolled back", Effect.FAILED);
    incidents.run(JOB, new RunId("r2"), RunState.FAILED, Counts.zero());
    live(0);
    assertThat(lead.alerts()).isEmpty();

    incidents.act(JOB, "ann", "rolled back more", Effect.FAILED);
    live(0);
    assertThat(lead.texts()).singleElement().asString().contains("2 remedies failed");
    incidents.close();
  }

  @Test
  void followUp_nothingDone_remindsBeforeAndAtTheDeadline() {
    Incidents incidents = acknowledged();
    incidents.send(alert(Severity.SEV3, Phase.RESOLVED));
    live(0);
    channel.clear();

    time.advance(Duration.ofDays(7));

    assertThat(channel.minutes()).containsExactly(20 * 60L, 24 * 60L, 40 * 60L, 48 * 60L);
    assertThat(channel.texts().get(0)).contains("post-mortem is due by 2026-03-03T09:00:00Z");
    assertThat(channel.texts().get(3)).contains("root-cause note is due now");
    assertThat(channel.alerts()).allMatch(alert -> !alert.dedupKey().startsWith("prod/"));
    incidents.close();
  }

  @Test
  void followUp_done_remindsNoMore() {
    Incidents incidents = acknowledged();
    incidents.send(alert(Severity.SEV3, Phase.RESOLVED));
    live(0);
    channel.clear();
    assertThat(incidents.all().get(0).owed())
        .containsEntry(Duty.POST_MORTEM, START.plus(Duration.ofHours(24)))
        .containsEntry(Duty.ROOT_CAUSE, START.plus(Duration.ofHours(48)));

    incidents.done(1, Duty.POST_MORTEM, "ann", "https://wiki/pm-1");
    incidents.done(1, Duty.ROOT_CAUSE, "ann", "a bad deploy");
    time.advance(Duration.ofDays(7));

    assertThat(channel.alerts()).isEmpty();
    assertThat(incidents.all().get(0).owed()).isEmpty();
    incidents.close();
  }

  @Test
  void wallClock_isSet_movesNoDeadline() {
    Incidents incidents = builder().start();
    incidents.send(alert(Severity.SEV3, Phase.OPENED));
    live(1);

    time.stepWallClock(Duration.ofHours(3));
    live(3);
    assertThat(lead.alerts()).isEmpty();
    live(1);

    assertThat(lead.texts()).singleElement().asString().doesNotContain("(late by");
    incidents.close();
  }

  @Test
  void advice_ofTheKindThatFails_isInTheMessageAndTheTimeline() {
    Incidents incidents = builder().service(JOB, "api.slack.com").start();
    Occurrence occurrence = new Occurrence(
        "x/1", Phase.OPENED, START, Optional.empty(), Map.of("kinds", "MAPPING_MISSING 7"));

    incidents.send(new Alert("r", Severity.SEV3, JOB, "text", Optional.of(occurrence)));
    live(0);

    assertThat(channel.texts().get(0))
        .contains("export list, correct mappings, rerun those users only");
    assertThat(kinds(incidents.open(JOB).orElseThrow(), Entry.Kind.ADVICE))
        .singleElement()
        .asString()
        .startsWith("No Slack mapping");
    incidents.close();
  }

  @Test
  void jobs_moreThanIncidentsAreKept_passOnAsTheyAre() {
    Incidents incidents = builder().start();

    for (int i = 0; i <= CaseBook.MOST; i++) {
      incidents.send(new Alert("r", Severity.SEV3, "job-" + i, "down"));
    }
    live(0);

    assertThat(incidents.all()).hasSize(CaseBook.MOST);
    assertThat(channel.alerts()).last().extracting(Alert::dedupKey).isEqualTo("job-500/r");
    incidents.resolve("job-7", "ann", "well");
    incidents.send(new Alert("r", Severity.SEV3, "job-500", "down"));
    assertThat(incidents.all()).extracting(Incident::number).doesNotContain(8L).contains(501L);
    incidents.close();
  }

  @Test
  void timeline_manyEntries_keepsTheFirstAndTheLast() {
    Incidents incidents = acknowledged();

    for (int i = 0; i < 1_000; i++) {
      incidents.act(JOB, "ann", "try " + i + " " + "x".repeat(1_000), Effect.OPEN);
    }

    Incident open = incidents.open(JOB).orElseThrow();
    assertThat(open.timeline()).hasSize(200);
    assertThat(open.leftOut()).isEqualTo(802);
    assertThat(open.timeline().get(49).text()).startsWith("try 47 ");
    assertThat(open.timeline().get(199).text()).startsWith("try 999 ").hasSize(500);
    incidents.close();
  }

  @Test
  void manyThreads_openAndResolveAtOnce_oneIncidentPerJobAndNothingLost() throws Exception {
    Incidents incidents = builder().start();
    ExecutorService threads = Executors.newFixedThreadPool(8);

    for (int t = 0; t < 8; t++) {
      int thread = t;
      threads.execute(() -> IntStream.range(0, 200).forEach(i -> {
        incidents.send(new Alert("r", Severity.SEV3, "job-" + i % 20, "down " + thread));
        incidents.replayed("job-" + i % 20, "ann", List.of("id-" + thread + "-" + i));
      }));
    }
    threads.shutdown();
    assertThat(threads.awaitTermination(2, TimeUnit.MINUTES)).isTrue();

    assertThat(incidents.all()).hasSize(20);
    assertThat(incidents.all()).allMatch(it -> it.jobIds().size() == 80);
    assertThat(incidents.all()).allMatch(it -> it.timeline().size() + it.leftOut() == 160);
    incidents.close();
  }

  @Test
  void close_alertComesLater_isRefused() {
    Incidents incidents = builder().start();
    incidents.close();

    assertThatIllegalStateException()
        .isThrownBy(() -> incidents.send(alert(Severity.SEV3, Phase.OPENED)))
        .withMessageContaining("closed");
  }

  @Test
  void badInput_isRefusedByName() {
    Incidents incidents = builder().start();
    incidents.send(alert(Severity.SEV3, Phase.OPENED));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> incidents.acknowledge("other", "ann"))
        .withMessage("job must have an open incident, as [resume-sync] have, was other");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> incidents.acknowledge(JOB, " "))
        .withMessage("who must be non-empty, was \" \"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> incidents.postMortem(7))
        .withMessage("number must be that of an incident that is kept, was 7");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().install("a/b"))
        .withMessageContaining("install must be 1 to 40 letters");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().rounds(0))
        .withMessage("rounds must be at least 1, was 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> incidents.run(JOB, new RunId("r"), RunState.RUNNING, Counts.zero()))
        .withMessageContaining("state must be one of an ended run");
    incidents.close();
  }

  private Incidents acknowledged() {
    Incidents incidents = builder().start();
    incidents.send(alert(Severity.SEV3, Phase.OPENED));
    incidents.acknowledge(JOB, "ann");
    return incidents;
  }

  private static List<String> kinds(Incident incident, Entry.Kind kind) {
    Stream<Entry> entries = incident.timeline().stream().filter(it -> it.kind() == kind);
    return entries.map(Entry::text).toList();
  }

  /** A channel that keeps what it got, and when. */
  static final class Sent {
    private final VirtualTime time;
    private final List<Alert> alerts = new ArrayList<>();
    private final List<Long> minutes = new ArrayList<>();

    Sent(VirtualTime time) {
      this.time = time;
    }

    AlertRouter router() {
      return AlertRouter.builder(time)
          .channel(this::take)
          .executor(time.executor())
          .build();
    }

    private synchronized void take(Alert alert) {
      alerts.add(alert);
      minutes.add(time.elapsed().toMinutes());
    }

    synchronized List<Alert> alerts() {
      return List.copyOf(alerts);
    }

    synchronized List<Long> minutes() {
      return List.copyOf(minutes);
    }

    synchronized List<String> texts() {
      return alerts.stream().map(Alert::text).toList();
    }

    synchronized List<String> phases() {
      return IntStream.range(0, alerts.size())
          .mapToObj(i ->
              minutes.get(i) + " " + alerts.get(i).occurrence().orElseThrow().phase())
          .toList();
    }

    synchronized void clear() {
      alerts.clear();
      minutes.clear();
    }
  }
}
