package io.runbook4j.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.AlertChannel;
import io.runbook4j.spi.alert.Occurrence;
import io.runbook4j.spi.alert.Occurrence.Phase;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.health.Health;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.testkit.VirtualTime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchTest {
  private static final String JOB = "resumes";

  @TempDir
  Path folder;

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-03-02T09:00:00Z"));
  private final List<Alert> all = new ArrayList<>();
  private final List<Alert> pages = new ArrayList<>();

  private AlertRouter router() {
    return AlertRouter.builder(time)
        .channel(named("all", all))
        .channel(named("pager", pages), Severity.SEV3)
        .executor(time.executor())
        .build();
  }

  private static AlertChannel named(String name, List<Alert> into) {
    return new AlertChannel() {
      @Override
      public void send(Alert alert) {
        into.add(alert);
      }

      @Override
      public String name() {
        return name;
      }
    };
  }

  private Watch watch(List<Rule> rules) {
    return Watch.builder(time, router())
        .job(JOB, rules)
        .executor(time.executor())
        .start();
  }

  private Watch persistent(List<Rule> rules) {
    return Watch.builder(time, router())
        .job(JOB, rules)
        .state(folder.resolve("watch.state"))
        .executor(time.executor())
        .start();
  }

  /** Ten events a second of 500 users, of which this share fails. */
  private void live(Watch watch, Duration length, double rate) {
    Random random = new Random(42);
    for (long second = 0; second < length.toSeconds(); second++) {
      for (int i = 0; i < 10; i++) {
        String user = "alice-" + random.nextInt(500);
        if (random.nextDouble() < rate) {
          watch.failed(JOB, user, FailureKind.SERVER_ERROR, time.now());
        } else {
          watch.succeeded(JOB, user, time.now());
        }
      }
      time.advance(Duration.ofSeconds(1));
    }
  }

  /** {@return phase and severity of each} */
  static List<String> story(List<Alert> alerts) {
    return alerts.stream()
        .map(alert ->
            alert.occurrence().map(Occurrence::phase).orElseThrow() + " " + alert.severity())
        .toList();
  }

  @Test
  void totalOutage_fourThresholdsCrossed_isOneIncidentThatRisesAndEnds() {
    Watch watch = watch(RunbookRules.resumeSync());
    live(watch, Duration.ofMinutes(65), 0.001);
    assertThat(all).isEmpty();

    live(watch, Duration.ofMinutes(5), 1);
    assertThat(story(all))
        .containsExactly("OPENED WARNING", "RAISED SEV3", "RAISED SEV2", "RAISED SEV1");
    live(watch, Duration.ofHours(3), 0);

    assertThat(story(all)).endsWith("RAISED SEV1", "RESOLVED SEV1").hasSize(5);
    assertThat(story(pages))
        .containsExactly("RAISED SEV3", "RAISED SEV2", "RAISED SEV1", "RESOLVED SEV1");
    assertThat(all).extracting(Alert::dedupKey).containsOnly(all.get(0).dedupKey());
    Occurrence last = all.get(4).occurrence().orElseThrow();
    assertThat(last.since()).isEqualTo(all.get(0).occurrence().orElseThrow().since());
    assertThat(last.ended()).isPresent();
    assertThat(all.get(3).text()).contains("SERVER_ERROR");
    watch.close();
  }

  @Test
  void absence_nothingEverHappens_firesWithoutASignal() {
    Watch watch = watch(
        List.of(Rule.absenceOf(Rule.Signal.RUN, Duration.ofHours(25)).severity(Severity.SEV3)));

    time.advance(Duration.ofHours(25).minusSeconds(1));
    assertThat(all).isEmpty();
    time.advance(Duration.ofSeconds(11));
    assertThat(story(all)).containsExactly("OPENED SEV3");
    assertThat(all.get(0).text()).contains("no run for 25h 0m; it has to come within 25h");

    watch.run(JOB, Counts.zero());
    time.advance(Duration.ZERO);
    assertThat(story(all)).containsExactly("OPENED SEV3", "RESOLVED SEV3");
    watch.close();
  }

  @Test
  void probes_failedSlowAndThreeInARow_areJudgedAtOnce() {
    Watch watch = watch(RunbookRules.healthChecks());
    Health healthy = new Health(Health.Status.HEALTHY, Duration.ofSeconds(5), "");
    Health slow = new Health(Health.Status.HEALTHY, Duration.ofMillis(5_001), "");
    Health dead = new Health(Health.Status.UNHEALTHY, Duration.ofMillis(10), "");

    for (Health health : List.of(healthy, slow, dead, dead, dead, healthy)) {
      watch.probe(JOB, health);
      time.advance(Duration.ZERO);
    }

    assertThat(story(all))
        .containsExactly("OPENED WARNING", "RAISED SEV3", "RAISED SEV1", "RESOLVED SEV1");
    watch.close();
  }

  @Test
  void corruption_foundAndSaidToBeIntact_isSev1UntilThen() {
    Watch watch = watch(RunbookRules.resumeSync());

    watch.failed(JOB, "", FailureKind.INTEGRITY, time.now());
    time.advance(Duration.ofMinutes(1));
    assertThat(story(all)).containsExactly("OPENED SEV1");

    watch.intact(JOB);
    time.advance(Duration.ZERO);
    assertThat(story(all)).containsExactly("OPENED SEV1", "RESOLVED SEV1");
    watch.close();
  }

  @Test
  void start_stateIsHeldByAnother_isRefusedUntilItCloses() {
    List<Rule> rules = List.of(Rule.corruption());
    Watch watch = persistent(rules);

    assertThatIllegalStateException()
        .isThrownBy(() -> persistent(rules))
        .withMessageContaining("held by another");
    watch.close();
    persistent(rules).close();
  }

  @Test
  void alerts_whileItFires_saysWhatToDoAboutTheKindOfTheService() {
    Watch watch = watch(List.of(Rule.failuresInARow(3)));
    watch.service(JOB, "youtube.googleapis.com");

    fail(watch, FailureKind.RATE_LIMITED);

    String advice = Triage.defaults()
        .advice(FailureKind.RATE_LIMITED, "youtube")
        .orElseThrow()
        .toString();
    assertThat(all)
        .singleElement()
        .extracting(Alert::text)
        .asString()
        .endsWith("RATE_LIMITED 3; " + advice);
    watch.close();
  }

  @Test
  void alerts_resolved_sayNoMoreWhatToDo() {
    Watch watch = watch(List.of(Rule.corruption()));
    watch.corruption(JOB, "two rows differ");
    time.advance(Duration.ZERO);

    watch.intact(JOB);
    time.advance(Duration.ZERO);

    String advice =
        Triage.defaults().advice(FailureKind.INTEGRITY, "").orElseThrow().toString();
    assertThat(all).hasSize(2).extracting(Alert::text).first().asString().endsWith(advice);
    assertThat(all.get(1).text()).isEqualTo("job resumes: resolved; no rule fires any more");
    watch.close();
  }

  @Test
  void alerts_ofAHostsTable_sayWhatItsRowSays() {
    Triage.Advice own = new Triage.Advice("Time-outs", "the VPN is down", "call the network team");
    Watch watch = Watch.builder(time, router())
        .job(JOB, List.of(Rule.failuresInARow(3)))
        .triage(Triage.builder().add(FailureKind.TIMEOUT, "", own).build())
        .executor(time.executor())
        .start();

    fail(watch, FailureKind.TIMEOUT);

    assertThat(all).singleElement().extracting(Alert::text).asString().endsWith("; " + own);
    watch.close();
  }

  @Test
  void alerts_throughIncidentsThatAdvise_sayItOnce() {
    Incidents incidents = Incidents.builder(time, router())
        .executor(time.executor())
        .service(JOB, "youtube")
        .start();
    AlertRouter toIncidents =
        AlertRouter.builder(time).channel(incidents).executor(time.executor()).build();
    Watch watch = Watch.builder(time, toIncidents)
        .job(
            JOB,
            List.of(
                Rule.failuresInARow(2),
                Rule.failuresInARow(3).name("three").severity(Severity.SEV3)))
        .executor(time.executor())
        .start();

    fail(watch, FailureKind.RATE_LIMITED);

    String ofAll =
        Triage.defaults().advice(FailureKind.RATE_LIMITED, "").orElseThrow().toString();
    String ofYoutube = Triage.defaults()
        .advice(FailureKind.RATE_LIMITED, "youtube")
        .orElseThrow()
        .toString();
    assertThat(all)
        .isNotEmpty()
        .allSatisfy(
            alert -> assertThat(alert.text()).containsOnlyOnce(ofYoutube).doesNotContain(ofAll));
    watch.close();
    incidents.close();
  }

  private void fail(Watch watch, FailureKind kind) {
    for (int i = 0; i < 3; i++) {
      watch.failed(JOB, "", kind, time.now());
    }
    time.advance(Duration.ofMinutes(1));
  }

  @Test
  void lowTraffic_allFail_pages() {
    Watch watch = watch(RunbookRules.resumeSync());
    for (int i = 0; i < 12; i++) {
      watch.failed(JOB, "", FailureKind.SERVER_ERROR, time.now());
      time.advance(Duration.ofHours(2));
    }

    assertThat(story(pages)).contains("OPENED SEV3");
    watch.close();
  }

  @Test
  void repeat_worstRuleIsResolvedAndALowerOneStays_saysWhatStillFires() {
    Watch watch = watch(List.of(
        Rule.probesFailedInARow(1).severity(Severity.SEV1),
        Rule.gaugeShareOver("used", "all", 0.8).severity(Severity.SEV3)));
    watch.gauge(JOB, "all", 100);
    watch.gauge(JOB, "used", 90);
    time.advance(Duration.ZERO);
    watch.probe(JOB, new Health(Health.Status.UNHEALTHY, Duration.ZERO, ""));
    time.advance(Duration.ZERO);
    watch.probe(JOB, new Health(Health.Status.HEALTHY, Duration.ZERO, ""));

    time.advance(Duration.ofHours(9));

    assertThat(story(all))
        .containsExactly("OPENED SEV3", "RAISED SEV1", "REPEATED SEV3", "REPEATED SEV3");
    watch.close();
  }

  @Test
  void gaugeShare_somethingOfNothing_isOverEveryShare() {
    Watch watch = watch(List.of(Rule.gaugeShareOver("stale", "entries", 0.25)));
    watch.gauge(JOB, "entries", 0);
    watch.gauge(JOB, "stale", 0);
    time.advance(Duration.ofMinutes(1));
    assertThat(all).isEmpty();

    watch.gauge(JOB, "stale", 26);
    time.advance(Duration.ofMinutes(1));
    watch.gauge(JOB, "stale", 0);
    time.advance(Duration.ofMinutes(1));

    assertThat(story(all)).containsExactly("OPENED WARNING", "RESOLVED WARNING");
    assertThat(all.get(0).text())
        .startsWith("job " + JOB + ": stale is 26 and entries 0; the limit is 25 %");
    watch.close();
  }

  @Test
  void gaugeShare_wholeFallsToNothing_keepsFiring() {
    Watch watch = watch(List.of(Rule.gaugeShareOver("stale", "entries", 0.25)));
    watch.gauge(JOB, "entries", 100);
    watch.gauge(JOB, "stale", 26);
    time.advance(Duration.ofMinutes(1));

    watch.gauge(JOB, "entries", 0);
    time.advance(Duration.ofMinutes(1));

    assertThat(story(all)).containsExactly("OPENED WARNING");
    watch.close();
  }

  @Test
  void restart_wallClockWentBack_keepsWindowAndState() {
    List<Rule> rules =
        List.of(Rule.failureRate(0.07, Duration.ofMinutes(30)).severity(Severity.SEV3));
    Watch before = persistent(rules);
    live(before, Duration.ofMinutes(10), 1);
    before.close();
    time.stepWallClock(Duration.ofHours(-1));

    Watch after = persistent(rules);
    time.advance(Duration.ofSeconds(20));

    Watch.Status status = after.statuses(JOB).get(0);
    assertThat(status.state()).isEqualTo(Watch.State.FIRING);
    assertThat(status.value()).isEqualTo(1);
    assertThat(status.firingSince().orElseThrow()).isBefore(time.now());
    live(after, Duration.ofMinutes(31), 0);
    assertThat(story(all)).containsExactly("OPENED SEV3", "RESOLVED SEV3");
    after.close();
  }

  @Test
  void restart_jobIsAddedOnlyAfterASave_hasItsState() {
    List<Rule> rules = List.of(Rule.corruption());
    Watch before = persistent(rules);
    before.corruption(JOB, "versions go back");
    time.advance(Duration.ZERO);
    before.close();

    Watch after = Watch.builder(time, router())
        .job("another", rules)
        .state(folder.resolve("watch.state"))
        .executor(time.executor())
        .start();
    time.advance(Duration.ofMinutes(2));
    after.close();
    Watch last = persistent(rules);

    assertThat(last.statuses(JOB).get(0).state()).isEqualTo(Watch.State.FIRING);
    assertThat(story(all)).containsExactly("OPENED SEV1");
    last.close();
  }

  @Test
  void restart_findingIsLongerThanAFileTakes_isKeptCut() {
    List<Rule> rules = List.of(Rule.corruption());
    Watch before = persistent(rules);
    before.corruption(JOB, "row ".repeat(20_000));
    time.advance(Duration.ZERO);
    before.close();

    Watch after = persistent(rules);
    time.advance(Duration.ofMinutes(1));

    assertThat(story(all)).containsExactly("OPENED SEV1");
    assertThat(all.get(0).occurrence().orElseThrow().details().get("finding")).hasSize(500);
    assertThat(after.statuses(JOB).get(0).state()).isEqualTo(Watch.State.FIRING);
    after.close();
  }

  @Test
  void add_nameIsLongerThanAFileTakes_isRefused() {
    String longest = "n".repeat(500);
    List<Rule> rules = List.of(Rule.corruption().name(longest));
    Watch watch = watch(rules);
    watch.add(longest, rules);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> watch.add(longest + "n", rules))
        .withMessageContaining("job must be 1 to 500 characters");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Rule.corruption().name(longest + "n"))
        .withMessageContaining("name must be 1 to 500 characters");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Rule.gaugeShareOver(longest + "n", "all", 0.1))
        .withMessageContaining("part must be 1 to 500 characters");
    watch.close();
  }

  @Test
  void restart_whileFiring_doesNotPageTwiceAndResolvesLater() {
    List<Rule> rules = List.of(
        Rule.failureRate(0.07, Duration.ofMinutes(30)).severity(Severity.SEV3),
        Rule.failureRate(0.25, Duration.ofMinutes(15)).severity(Severity.SEV1));
    Watch before = persistent(rules);
    live(before, Duration.ofMinutes(10), 1);
    before.close();
    int told = all.size();
    time.advance(Duration.ofMinutes(3).plusSeconds(7));

    Watch after = persistent(rules);
    live(after, Duration.ofMinutes(2), 1);

    assertThat(story(all)).containsExactly("OPENED SEV1");
    assertThat(all).hasSize(told);
    assertThat(after.statuses(JOB))
        .filteredOn(it -> it.state() == Watch.State.FIRING)
        .hasSize(2);
    live(after, Duration.ofHours(3), 0);
    assertThat(story(all)).endsWith("RESOLVED SEV1").hasSize(told + 1);
    after.close();
  }

  @Test
  void restart_afterHalfAnHour_agesTheWindow() {
    List<Rule> rules = List.of(Rule.failureRate(0.5, Duration.ofMinutes(15)).clearBelow(1));
    Watch before = persistent(rules);
    live(before, Duration.ofMinutes(10), 1);
    before.close();

    time.advance(Duration.ofMinutes(30));
    Watch after = persistent(rules);
    time.advance(Duration.ofSeconds(11));

    assertThat(after.statuses(JOB).get(0).state()).isEqualTo(Watch.State.INACTIVE);
    assertThat(story(all)).containsExactly("OPENED WARNING", "RESOLVED WARNING");
    after.close();
  }

  @Test
  void restart_whilePending_doesNotCountTheTimeDown() {
    List<Rule> rules =
        List.of(Rule.gaugeShareOver("used", "limit", 0.8).pendingFor(Duration.ofMinutes(10)));
    Watch before = persistent(rules);
    before.gauge(JOB, "limit", 100);
    before.gauge(JOB, "used", 90);
    time.advance(Duration.ofMinutes(4));
    before.close();
    time.advance(Duration.ofMinutes(30));

    Watch after = persistent(rules);
    time.advance(Duration.ofMinutes(5).plusSeconds(50));
    assertThat(all).isEmpty();
    time.advance(Duration.ofSeconds(30));

    assertThat(story(all)).containsExactly("OPENED WARNING");
    after.close();
  }

  @Test
  void restart_afterTheWallClockWasSet_keepsTheWindow() {
    List<Rule> rules = List.of(Rule.failureRate(0.25, Duration.ofMinutes(15)));
    Watch before = persistent(rules);
    live(before, Duration.ofMinutes(5), 1);
    time.stepWallClock(Duration.ofHours(1).plusSeconds(3));
    time.advance(Duration.ofSeconds(10));
    before.close();

    Watch after = persistent(rules);
    live(after, Duration.ofMinutes(1), 0);

    assertThat(after.statuses(JOB).get(0).value()).isBetween(0.80, 0.90);
    after.close();
  }

  @Test
  void stateFile_holdsNoUser() throws IOException {
    Watch watch = persistent(RunbookRules.resumeSync());
    live(watch, Duration.ofMinutes(1), 0.5);
    watch.close();

    for (String name : List.of("watch.state", "watch.state.key")) {
      String bytes =
          new String(Files.readAllBytes(folder.resolve(name)), StandardCharsets.ISO_8859_1);
      assertThat(bytes).doesNotContain("alice");
    }
  }

  @Test
  void stateFile_anyByteDamaged_beginsAnewAndKeepsTheDamagedOne() throws IOException {
    Path state = folder.resolve("watch.state");
    persistent(RunbookRules.resumeSync()).close();
    byte[] whole = Files.readAllBytes(state);
    Random random = new Random(5);
    for (int i = 0; i < 50; i++) {
      byte[] damaged = whole.clone();
      int at = i == 0 ? 0 : 8 + random.nextInt(whole.length - 8);
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(state, damaged);

      persistent(RunbookRules.resumeSync()).close();

      assertThat(folder.resolve("watch.state.damaged")).hasBinaryContent(damaged);
    }
  }

  @Test
  void stateFile_cutAnywhere_beginsAnew() throws IOException {
    Path state = folder.resolve("watch.state");
    persistent(RunbookRules.resumeSync()).close();
    byte[] whole = Files.readAllBytes(state);
    for (int length = 0; length < whole.length; length += 1 + whole.length / 40) {
      Files.write(state, Arrays.copyOf(whole, length));

      persistent(RunbookRules.resumeSync()).close();

      assertThat(folder.resolve("watch.state.damaged")).hasSize(length);
    }
  }

  @Test
  void stateFile_ofANewerFormat_isRefusedAndLeftAlone() throws IOException {
    Path state = folder.resolve("watch.state");
    persistent(RunbookRules.resumeSync()).close();
    byte[] newer = Files.readAllBytes(state);
    newer[7] = 9;
    Files.write(state, newer);

    assertThatIllegalStateException()
        .isThrownBy(() -> persistent(RunbookRules.resumeSync()))
        .withMessageContaining("format 9")
        .withMessageContaining("up to 3");
    assertThat(state).hasBinaryContent(newer);
    newer[7] = 3;
    Files.write(state, newer);
    persistent(RunbookRules.resumeSync()).close();
  }

  @Test
  void wallClock_steppedBothWays_movesNothing() {
    for (Duration step : List.of(
        Duration.ofHours(1), Duration.ofHours(-1), Duration.ofHours(25), Duration.ofHours(-25))) {
      all.clear();
      Watch watch = watch(List.of(
          Rule.failureRate(0.25, Duration.ofMinutes(15)),
          Rule.absenceOf(Rule.Signal.SUCCESS, Duration.ofMinutes(10))));
      live(watch, Duration.ofMinutes(5), 0.5);
      assertThat(story(all)).containsExactly("OPENED WARNING");

      time.stepWallClock(step);
      time.advance(Duration.ofSeconds(10));
      live(watch, Duration.ofMinutes(5), 0.5);

      assertThat(watch.oddities()).isEqualTo(new Watch.Oddities(0, 0, 1, 0));
      assertThat(story(all)).as("step " + step).containsExactly("OPENED WARNING");
      live(watch, Duration.ofMinutes(20), 0);
      assertThat(story(all)).containsExactly("OPENED WARNING", "RESOLVED WARNING");
      watch.close();
    }
  }

  @Test
  void events_farTooLateAndFromTheFuture_areCountedAsSuch() {
    Watch watch = watch(List.of(Rule.failureRate(0.25, Duration.ofMinutes(15))));

    watch.failed(JOB, "", FailureKind.NETWORK, time.now().minus(Duration.ofDays(2)));
    watch.failed(JOB, "", FailureKind.NETWORK, time.now().plus(Duration.ofDays(2)));

    assertThat(watch.oddities()).isEqualTo(new Watch.Oddities(1, 1, 0, 0));
    watch.close();
  }

  @Test
  void quiet_afterAnOutage_resolvesAfterTheWindowNotAtOnce() {
    Watch watch = watch(List.of(Rule.failureRate(0.25, Duration.ofMinutes(15))));
    live(watch, Duration.ofMinutes(5), 1);
    assertThat(story(all)).containsExactly("OPENED WARNING");

    time.advance(Duration.ofMinutes(29)); // the window is empty from 15 min on
    assertThat(all).hasSize(1);
    time.advance(Duration.ofMinutes(2));

    assertThat(story(all)).containsExactly("OPENED WARNING", "RESOLVED WARNING");
    watch.close();
  }

  @Test
  void gauges_staleCache_warnsAboveTenAndPagesAboveTwentyFive() {
    Watch watch = watch(RunbookRules.cacheFreshness());
    watch.gauge(JOB, "entries", 200);

    for (double stale : new double[] {20, 21, 50, 51, 45, 39, 15}) {
      watch.gauge(JOB, "stale", stale);
      time.advance(Duration.ZERO);
    }

    assertThat(story(all)).containsExactly("OPENED WARNING", "RAISED SEV3", "RESOLVED SEV3");
    watch.close();
  }

  @Test
  void notRecovered_troubleOfFifteenMinutes_isToldOnceItIsSev3() {
    Watch watch = watch(List.of(
        Rule.probesFailedInARow(1).severity(Severity.SEV3),
        Rule.notRecoveredIn(Duration.ofMinutes(15)).severity(Severity.SEV1)));
    watch.probe(JOB, new Health(Health.Status.UNHEALTHY, Duration.ZERO, ""));

    time.advance(Duration.ofMinutes(14).plusSeconds(50));
    assertThat(story(all)).containsExactly("OPENED SEV3");
    time.advance(Duration.ofSeconds(20));

    assertThat(story(all)).containsExactly("OPENED SEV3", "RAISED SEV1");
    watch.close();
  }

  @Test
  void signals_ofAnUnknownJobOrBadGauge_nameIt() {
    Watch watch = watch(RunbookRules.photoSync());

    assertThatIllegalArgumentException()
        .isThrownBy(() -> watch.succeeded("photoz", "", time.now()))
        .withMessageContaining("[resumes]")
        .withMessageEndingWith("was photoz");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> watch.gauge(JOB, "depth", Double.NaN))
        .withMessage("value of gauge depth must be finite, was NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> watch.add(JOB, RunbookRules.resumeSync()))
        .withMessageContaining("must be those that job resumes is watched with");
    watch.add(JOB, RunbookRules.photoSync());
    watch.close();
  }

  @Test
  void run_thatGoesOn_isRefused() {
    Watch watch = watch(RunbookRules.photoSync());

    assertThatIllegalArgumentException()
        .isThrownBy(() -> watch.run(JOB, RunState.RUNNING, Counts.zero()))
        .withMessage("state must be one of an ended run, was RUNNING");
    watch.close();
  }

  @Test
  void phase_ofEveryAlert_fitsItsEnd() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new Occurrence("id", Phase.RESOLVED, time.now(), Optional.empty(), Map.of()))
        .withMessageContaining("was Optional.empty and RESOLVED");
  }
}
