package io.runbook4j.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.alert.Incident.Effect;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.AlertChannel;
import io.runbook4j.spi.alert.Occurrence;
import io.runbook4j.spi.alert.Occurrence.Phase;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.health.Health;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.testkit.VirtualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IncidentRestartTest {
  private static final Instant START = Instant.parse("2026-03-02T09:00:00Z");
  private static final String JOB = "photos";

  @TempDir
  Path folder;

  private int files;

  /** One life of the process after the other, over the same state. */
  private final class Lives {
    private final VirtualTime time = VirtualTime.startingAt(START);
    private final List<String> story = new ArrayList<>();
    private final boolean crashes;
    private AtomicBoolean isDead = new AtomicBoolean();
    private Path state;
    private Incidents incidents;

    Lives(boolean crashes) {
      this.crashes = crashes;
      this.state = folder.resolve(++files + ".state");
      this.incidents = begin();
    }

    private Incidents begin() {
      isDead = new AtomicBoolean();
      return Incidents.builder(time, router("channel", isDead))
          .escalateTo("lead", router("lead", isDead))
          .state(state)
          .executor(time.executor())
          .start();
    }

    private AlertRouter router(String name, AtomicBoolean dead) {
      AlertChannel channel = alert -> {
        if (!dead.get()) {
          story.add(time.elapsed().toMinutes() + " " + name + " " + alert.text());
        }
      };
      return AlertRouter.builder(time)
          .channel(channel)
          .executor(time.executor())
          .build();
    }

    /** A crash leaves the file as it is: the next life gets a copy, the last goes on unheard. */
    void end() {
      isDead.set(true);
      if (!crashes) {
        incidents.close();
        return;
      }
      Path copy = folder.resolve(++files + ".state");
      try {
        Files.copy(state, copy, StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      incidents.close();
      state = copy;
    }

    void restart(Duration down) {
      end();
      time.advance(down);
      incidents = begin();
      time.advance(Duration.ZERO);
    }

    void alert(Severity severity, Phase phase) {
      Optional<Instant> end = phase == Phase.RESOLVED ? Optional.of(time.now()) : Optional.empty();
      Occurrence occurrence = new Occurrence("photos/1", phase, START, end, Map.of());
      incidents.send(new Alert("r", severity, JOB, "too much", Optional.of(occurrence)));
      time.advance(Duration.ZERO);
    }

    /** What happens in each minute. */
    void minute(long minute) {
      switch ((int) minute) {
        case 0 -> alert(Severity.SEV3, Phase.OPENED);
        case 17 -> alert(Severity.SEV2, Phase.RAISED);
        case 22 -> incidents.acknowledge(JOB, "ann");
        case 40 -> incidents.act(JOB, "ann", "restarted", Effect.FAILED);
        case 52 -> incidents.act(JOB, "ann", "rolled back", Effect.FAILED);
        case 60, 70 -> incidents.run(JOB, new RunId("r" + minute), RunState.FAILED, Counts.zero());
        case 80 -> incidents.update(JOB, "ann", "found it");
        case 131 -> alert(Severity.SEV2, Phase.RESOLVED);
        default -> {}
      }
      time.advance(Duration.ZERO);
    }
  }

  private List<String> story(boolean crashes, long restartAt, long minutes) {
    Lives lives = new Lives(crashes);
    for (long minute = 0; minute < minutes; minute++) {
      lives.minute(minute);
      if (minute == restartAt) {
        lives.restart(Duration.ZERO);
      }
      lives.time.advance(Duration.ofMinutes(1));
    }
    lives.end();
    return lives.story;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void restart_atAnyMinute_changesNothing(boolean crashes) {
    List<String> undisturbed = story(crashes, -1, 140);
    assertThat(undisturbed).hasSize(24);

    // each minute in which the timers differ from those before; later they only come again
    for (long at = 0; at < 140; at += at < 34 ? 1 : 9) {
      long until = at < 34 ? 52 : 140;
      List<String> told = story(crashes, at, until);
      // after a crash the newest may come twice
      assertThat(crashes ? told.stream().distinct() : told.stream())
          .as("restart at minute %d", at)
          .containsExactlyInAnyOrderElementsOf(undisturbed.stream()
              .filter(line -> Long.parseLong(line.split(" ", -1)[0]) < until)
              .toList());
    }
  }

  @Test
  void restart_afterTheEnd_keepsWhatIsOwed() {
    List<String> undisturbed = story(true, -1, 52 * 60);

    for (long hour : new long[] {3, 23, 41}) {
      assertThat(story(true, hour * 60, 52 * 60))
          .as("restart at hour %d", hour)
          .containsExactlyInAnyOrderElementsOf(undisturbed);
    }
    assertThat(undisturbed).last().asString().contains("root-cause note is due now");
  }

  @Test
  void restart_afterThreeHoursDown_doesWhatWasDueOnceInOrderAndSaysHowLate() {
    Lives lives = new Lives(true);
    lives.minute(0);
    lives.time.advance(Duration.ofMinutes(1));

    lives.story.clear();
    lives.restart(Duration.ofHours(3));

    assertThat(lives.story).hasSize(4).allMatch(line -> line.startsWith("181 "));
    assertThat(lives.story.get(0)).contains("lead", "not acknowledged", "(late by 2h 56m)");
    assertThat(lives.story.stream().filter(line -> line.contains("channel")))
        .satisfiesExactly(
            line -> assertThat(line).contains("update the incident", "(late by 2h 46m)"),
            line -> assertThat(line).contains("status page", "(late by 2h 31m)"));
    assertThat(lives.story.stream().filter(line -> line.contains("open for 2h (late by 1h 1m)")))
        .hasSize(1);
    lives.time.advance(Duration.ofMinutes(5));
    assertThat(lives.story).last().asString().startsWith("186 channel").doesNotContain("(late");
    lives.end();
  }

  @Test
  void restart_someOfTheTroubleHadEnded_theNextAsBadIsSaid() {
    Lives lives = new Lives(true);
    lives.incidents.send(new Alert("run-stopped", Severity.SEV3, JOB, "no credential"));
    lives.alert(Severity.SEV1, Phase.OPENED);
    lives.alert(Severity.SEV1, Phase.RESOLVED);
    lives.restart(Duration.ZERO);
    lives.story.clear();

    lives.alert(Severity.SEV1, Phase.OPENED);

    assertThat(lives.story).singleElement().asString().contains("raised: too much");
    lives.end();
  }

  @Test
  void restart_deliveryWasPending_isDelivered() {
    Lives lives = new Lives(true);
    Occurrence occurrence = new Occurrence("p/1", Phase.OPENED, START, Optional.empty(), Map.of());

    lives.incidents.send(new Alert("r", Severity.SEV1, JOB, "down", Optional.of(occurrence)));
    lives.restart(Duration.ZERO);

    assertThat(lives.story).singleElement().asString().contains("opened: down");
    lives.end();
  }

  /** {@return the incidents, and a watch without a state that tells them and that they follow} */
  private static Watch watched(Lives lives) {
    Watch watch = Watch.builder(
            lives.time,
            AlertRouter.builder(lives.time)
                .channel(lives.incidents)
                .executor(lives.time.executor())
                .build())
        .job(JOB, RunbookRules.healthChecks())
        .executor(lives.time.executor())
        .start();
    lives.incidents.follow(watch);
    return watch;
  }

  private static void probe(Watch watch, Health.Status status) {
    watch.probe(JOB, new Health(status, Duration.ZERO, ""));
  }

  /** {@return incidents that remember trouble of which their watch, begun anew, does not} */
  private Lives restartedInTrouble() {
    Lives lives = new Lives(false);
    try (Watch watch = watched(lives)) {
      probe(watch, Health.Status.UNHEALTHY);
      lives.time.advance(Duration.ofMinutes(1));
      lives.end();
    }
    lives.incidents = lives.begin();
    return lives;
  }

  @Test
  void restart_theWatchKnowsNothingOfItAndNoRuleFires_isOverAfterAnUpdateInterval() {
    Lives lives = restartedInTrouble();
    try (Watch watch = watched(lives)) {
      lives.time.advance(Duration.ofMinutes(14));
      assertThat(lives.incidents.open(JOB)).isPresent();

      lives.time.advance(Duration.ofMinutes(2));

      assertThat(lives.incidents.open(JOB)).isEmpty();
      assertThat(lives.story).last().asString().contains("resolved after 16m");
      assertThat(watch.statuses(JOB)).isNotEmpty();
    }
    lives.end();
  }

  @Test
  void restart_theWatchKnowsNothingOfItAndTheTroubleGoesOn_isOverAnIntervalAfterIt() {
    Lives lives = restartedInTrouble();
    try (Watch watch = watched(lives)) {
      lives.time.advance(Duration.ofMinutes(10));
      probe(watch, Health.Status.UNHEALTHY);
      lives.time.advance(Duration.ofMinutes(40));
      assertThat(lives.incidents.open(JOB)).isPresent();

      probe(watch, Health.Status.HEALTHY);
      lives.time.advance(Duration.ofMinutes(16));

      assertThat(lives.incidents.open(JOB)).isEmpty();
    }
    lives.end();
  }

  @Test
  void restart_theWatchKnowsNothingOfSomeOfIt_theNextAsBadIsSaid() {
    Lives lives = new Lives(false);
    lives.incidents.send(new Alert("run-stopped", Severity.SEV3, JOB, "no credential"));
    lives.incidents.acknowledge(JOB, "ann");
    try (Watch watch = watched(lives)) {
      probe(watch, Health.Status.UNHEALTHY);
      lives.time.advance(Duration.ofMinutes(1));
      lives.end();
    }
    lives.incidents = lives.begin();
    try (Watch watch = watched(lives)) {
      lives.time.advance(Duration.ofMinutes(16)); // the incidents have dropped what it told
      lives.story.clear();

      probe(watch, Health.Status.UNHEALTHY);
      lives.time.advance(Duration.ZERO);

      assertThat(lives.story).singleElement().asString().contains("raised: job photos");
    }
    lives.end();
  }

  @ParameterizedTest
  @ValueSource(strings = {"nagios-4711", JOB + "/4711"})
  void follow_occurrenceThatAnotherThanTheWatchTells_isLeftToIt(String id) {
    Lives lives = new Lives(false);
    try (Watch watch = watched(lives)) {
      Occurrence occurrence = new Occurrence(id, Phase.OPENED, START, Optional.empty(), Map.of());
      lives.incidents.send(new Alert("r", Severity.SEV3, JOB, "too much", Optional.of(occurrence)));

      lives.time.advance(Duration.ofHours(2));

      assertThat(lives.incidents.open(JOB)).isPresent();
      assertThat(watch.statuses(JOB)).isNotEmpty();
    }
    lives.end();
  }

  @Test
  void state_ofADamagedFile_isSetAside() throws IOException {
    Lives lives = new Lives(false);
    lives.minute(0);
    lives.end();
    byte[] bytes = Files.readAllBytes(lives.state);
    bytes[bytes.length / 2] ^= 1;
    Files.write(lives.state, bytes);

    lives.incidents = lives.begin();
    lives.time.advance(Duration.ZERO);

    assertThat(lives.incidents.all()).isEmpty();
    assertThat(folder.resolve("1.state.damaged")).exists();
    lives.end();
    assertThat(lives.story).anyMatch(told -> told.contains("was damaged"));
  }

  @Test
  void numbers_afterARestart_goOn() {
    Lives lives = new Lives(false);
    lives.minute(0);
    lives.incidents.resolve(JOB, "ann", "well");
    lives.restart(Duration.ofDays(1));

    lives.alert(Severity.SEV3, Phase.OPENED);

    assertThat(lives.incidents.open(JOB).orElseThrow().dedupKey()).isEqualTo("runbook4j/photos/2");
    lives.end();
  }
}
