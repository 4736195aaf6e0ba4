package io.runbook4j.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.AlertChannel;
import io.runbook4j.spi.alert.Occurrence;
import io.runbook4j.spi.alert.Occurrence.Phase;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.health.Health;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.testkit.VirtualTime;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a watch and its router know still after a restart. */
class RestartTest {
  private static final String JOB = "resumes";
  private static final Health DEAD = new Health(Health.Status.UNHEALTHY, Duration.ZERO, "");

  @TempDir
  Path folder;

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-03-02T09:00:00Z"));
  private final List<Alert> sent = new ArrayList<>();
  private Path state;
  private boolean channelIsBroken;
  private List<Rule> rules = RunbookRules.healthChecks();
  private AlertRouter router;
  private Watch watch;

  @BeforeEach
  void begin() {
    state = folder.resolve("watch.state");
    start();
  }

  private void start() {
    AlertChannel pager = new AlertChannel() {
      @Override
      public void send(Alert alert) {
        if (channelIsBroken) {
          throw new IllegalStateException("503");
        }
        sent.add(alert);
      }

      @Override
      public String name() {
        return "pager";
      }
    };
    router = AlertRouter.builder(time)
        .channel(pager)
        .executor(time.executor())
        .giveUpAfter(Duration.ofMinutes(1))
        .build();
    watch = Watch.builder(time, router)
        .job(JOB, rules)
        .state(state)
        .executor(time.executor())
        .start();
  }

  private void restart(Duration down) {
    watch.close();
    time.advance(down);
    start();
  }

  /** What a killed process leaves: the file as it is, which the next life has a copy of. */
  private void kill() throws IOException {
    Path copy = folder.resolve("copy.state");
    Files.copy(state, copy);
    watch.close();
    state = copy;
    start();
  }

  private List<Phase> phases() {
    return sent.stream().map(it -> it.occurrence().orElseThrow().phase()).toList();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void silence_restartInTheMiddle_holdsUntilItsEnd(boolean isKilled) throws IOException {
    router.silence(JOB, time.now().plus(Duration.ofHours(1)));
    time.advance(Duration.ZERO);
    if (isKilled) {
      kill();
    }
    restart(Duration.ofMinutes(20));

    watch.probe(JOB, DEAD);
    time.advance(Duration.ofMinutes(39));
    assertThat(sent).isEmpty();
    time.advance(Duration.ofMinutes(2));

    assertThat(phases()).containsExactly(Phase.OPENED);
    watch.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void silence_overOrEndedBeforeTheRestart_isForgotten(boolean isEnded) {
    router.silence(JOB, isEnded ? Instant.MAX : time.now().plus(Duration.ofMinutes(5)));
    if (isEnded) {
      router.endSilence(JOB);
    }
    restart(Duration.ofMinutes(6));

    assertThat(router.state().silences()).isEmpty();
    watch.probe(JOB, DEAD);
    time.advance(Duration.ZERO);
    assertThat(phases()).containsExactly(Phase.OPENED);
    watch.close();
  }

  @Test
  void page_told_leavesBeforeTheDiskIsWritten() {
    watch.close();
    state = folder.resolve("new.state");
    List<Boolean> isWritten = new ArrayList<>();
    AlertRouter atOnce = AlertRouter.builder(time)
        .channel(alert -> isWritten.add(Files.exists(state)))
        .executor(Runnable::run)
        .build();
    watch = Watch.builder(time, atOnce)
        .job(JOB, rules)
        .state(state)
        .executor(time.executor())
        .start();

    watch.probe(JOB, DEAD);
    time.advance(Duration.ZERO);

    assertThat(isWritten).containsExactly(false);
    assertThat(state).exists();
    watch.close();
  }

  @Test
  void page_killedSoonAfterItHasArrived_isNotSentAgain() throws IOException {
    watch.probe(JOB, DEAD);
    time.advance(Duration.ofSeconds(20));

    kill();
    time.advance(Duration.ofMinutes(1));

    assertThat(phases()).containsExactly(Phase.OPENED);
    watch.close();
  }

  @Test
  void silence_forEver_isReadAgain() {
    router.silence(JOB, Instant.MAX);
    restart(Duration.ofDays(400));

    assertThat(router.state().silences()).containsExactly(Map.entry(JOB, Instant.MAX));
    watch.close();
  }

  @Test
  void silence_setBeforeTheWatchStarts_isNotReplacedByTheOneThatWasKept() {
    router.silence(JOB, time.now().plus(Duration.ofHours(9)));
    watch.close();
    AlertRouter next = AlertRouter.builder(time).executor(time.executor()).build();
    Instant end = time.now().plus(Duration.ofMinutes(5));
    next.silence(JOB, end);

    Watch.builder(time, next)
        .job(JOB, rules)
        .state(state)
        .executor(time.executor())
        .start()
        .close();

    assertThat(next.state().silences()).containsExactly(Map.entry(JOB, end));
  }

  @Test
  void undelivered_restartedTwiceOrKilled_isListedOnceWithItsProblem() throws IOException {
    channelIsBroken = true;
    watch.probe(JOB, DEAD);
    time.advance(Duration.ofMinutes(5));
    List<AlertRouter.Undelivered> before = router.undelivered();
    assertThat(before).singleElement().matches(it -> it.problem().contains("503"));

    kill();
    restart(Duration.ofHours(2));
    restart(Duration.ofHours(2));

    assertThat(router.undelivered()).isEqualTo(before);
    watch.close();
  }

  @Test
  void restore_keptByTwo_takesWhatWasUndeliveredOnce() {
    Alert alert = new Alert("rule", Severity.SEV2, JOB, "text");
    RouterState kept = new RouterState(
        List.of(), List.of(new AlertRouter.Undelivered(alert, "pager", "503")), Map.of());

    router.restore(kept);
    router.restore(kept);

    assertThat(router.undelivered()).isEqualTo(kept.undelivered());
    watch.close();
  }

  @Test
  void undeliveredOfIncidents_afterARestart_isListed() {
    AlertRouter people = people();
    Incidents before = incidents(people);
    before.send(new Alert("rule", Severity.WARNING, JOB, "text"));
    time.advance(Duration.ofHours(3));
    assertThat(people.undelivered()).hasSize(1);
    before.close();

    AlertRouter later = people();
    incidents(later).close();

    assertThat(later.undelivered()).isEqualTo(people.undelivered());
    watch.close();
  }

  private AlertRouter people() {
    return AlertRouter.builder(time)
        .channel(alert -> {
          throw new IllegalStateException("503");
        })
        .executor(time.executor())
        .build();
  }

  private Incidents incidents(AlertRouter people) {
    return Incidents.builder(time, people)
        .state(folder.resolve("incidents.state"))
        .executor(time.executor())
        .start();
  }

  @Test
  void streak_overJustBeforeTheRestart_isJudged() {
    watch.close();
    state = folder.resolve("streak.state");
    rules = List.of(Rule.failuresInARow(3));
    start();
    for (int i = 0; i < 3; i++) {
      watch.failed(JOB, "", FailureKind.NETWORK, time.now());
    }
    watch.succeeded(JOB, "", time.now());

    restart(Duration.ZERO);
    time.advance(Duration.ofSeconds(30));

    assertThat(phases()).containsExactly(Phase.OPENED, Phase.RESOLVED);
    watch.close();
  }

  @Test
  void stateOfFormat1_isReadButForItsUsers() throws IOException {
    watch.close();
    state = folder.resolve("old.state");
    copy("watch-format-1.state", state);
    copy("watch-format-1.state.key", folder.resolve("old.state.key"));
    rules = List.of(
        Rule.failureRate(0.25, Duration.ofMinutes(15)),
        Rule.affectedUsers(5, Duration.ofHours(1)),
        Rule.gaugeShareOver("used", "limit", 0.8).pendingFor(Duration.ofHours(1)));
    time.advance(Duration.ofMinutes(4)); // it was written 200 s after the start
    start();
    time.advance(Duration.ZERO);

    assertThat(watch.statuses(JOB))
        .extracting(Watch.Status::state)
        .containsExactly(Watch.State.FIRING, Watch.State.FIRING, Watch.State.PENDING);
    assertThat(phases()).containsExactly(Phase.OPENED); // it was on its way
    time.advance(Duration.ofMinutes(5));
    assertThat(watch.statuses(JOB)).extracting(Watch.Status::value).containsExactly(1.0, 0.0, 0.9);
    restart(Duration.ZERO); // with a job in it that nobody asked for, still of format 1
    watch.add("photos", List.of(Rule.probesFailedInARow(3)));
    watch.close();
  }

  @Test
  void stateOfFormat2_outageWasTold_theNextOneIsToldLikeIt() throws IOException {
    watch.close();
    state = folder.resolve("old.state");
    copy("watch-format-2.state", state);
    copy("watch-format-2.state.key", folder.resolve("old.state.key"));
    rules = List.of(
        Rule.failureRate(0.05, Duration.ofHours(24)).severity(Severity.SEV3),
        Rule.failureRate(0.25, Duration.ofMinutes(15)).severity(Severity.SEV1));
    time.advance(Duration.ofHours(2)); // it was written an hour after an outage told as SEV1
    start();
    time.advance(Duration.ofMinutes(1));
    sent.clear(); // it may have been on its way

    for (int i = 0; i < 1_000; i++) {
      watch.failed(JOB, "", FailureKind.NETWORK, time.now());
    }
    time.advance(Duration.ofMinutes(1));

    assertThat(phases()).containsExactly(Phase.RAISED);
    assertThat(sent).extracting(Alert::severity).containsExactly(Severity.SEV1);
    watch.close();
  }

  @Test
  void incidentsOfFormat1_areRead() throws IOException {
    copy("incidents-format-1.state", folder.resolve("incidents.state"));

    Incidents incidents = incidents(people());

    assertThat(incidents.all())
        .singleElement()
        .satisfies(it -> assertThat(it.job()).isEqualTo("photos"));
    incidents.close();
    watch.close();
  }

  @Test
  void incidentsOfFormat2_areRead() throws IOException {
    copy("incidents-format-2.state", folder.resolve("incidents.state"));

    Incidents incidents = incidents(people());

    assertThat(incidents.open("photos")).isPresent();
    incidents.close();
    watch.close();
  }

  private static void copy(String resource, Path to) throws IOException {
    try (InputStream in = RestartTest.class.getResourceAsStream(resource)) {
      Files.copy(Optional.ofNullable(in).orElseThrow(), to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  @Test
  void routerState_writtenAndRead_isTheSame() throws IOException {
    Alert alert = new Alert(
        "r",
        Severity.INFO,
        JOB,
        "t\u00e4xt",
        Optional.of(new Occurrence("id", Phase.OPENED, time.now(), Optional.empty(), Map.of())));
    RouterState whole = new RouterState(
        List.of(new AlertRouter.Undelivered(alert, "pager", "")),
        List.of(new AlertRouter.Undelivered(alert, "log", "503")),
        Map.of("a", Instant.MIN, "b", Instant.ofEpochSecond(7, 9)));
    var bytes = new ByteArrayOutputStream();

    whole.write(new DataOutputStream(bytes));

    var in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
    assertThat(RouterState.read(in, 2)).isEqualTo(whole);
    watch.close();
  }
}
