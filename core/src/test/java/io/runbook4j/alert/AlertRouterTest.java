package io.runbook4j.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.runbook4j.backoff.BackOff;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.AlertChannel;
import io.runbook4j.spi.alert.Occurrence;
import io.runbook4j.spi.alert.Occurrence.Phase;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.health.Health;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.testkit.VirtualTime;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AlertRouterTest {
  private static final Health DEAD = new Health(Health.Status.UNHEALTHY, Duration.ZERO, "");
  private static final Health WELL = new Health(Health.Status.HEALTHY, Duration.ZERO, "");

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-03-02T09:00:00Z"));
  private final List<Alert> sent = new ArrayList<>();
  private final AtomicInteger calls = new AtomicInteger();

  private AlertRouter.Builder router() {
    return AlertRouter.builder(time)
        .backOff(BackOff.between(Duration.ofSeconds(10), Duration.ofSeconds(10)))
        .giveUpAfter(Duration.ofMinutes(1))
        .executor(time.executor());
  }

  private AlertChannel broken() {
    return alert -> {
      calls.incrementAndGet();
      throw new IllegalStateException("503");
    };
  }

  private Alert alert(String id, Phase phase) {
    Optional<Instant> end = phase == Phase.RESOLVED ? Optional.of(time.now()) : Optional.empty();
    return new Alert(
        "rule",
        Severity.SEV2,
        "job",
        "text",
        Optional.of(new Occurrence(id, phase, time.now(), end, Map.of("value", "3"))));
  }

  @Test
  void send_executorRefusesAtFirst_keepsTheAlertAndDeliversItWithTheNext() {
    AtomicInteger tasks = new AtomicInteger();
    AlertRouter router = router()
        .channel(sent::add)
        .executor(task -> {
          if (tasks.incrementAndGet() == 1) {
            throw new RejectedExecutionException("full");
          }
          time.executor().execute(task);
        })
        .build();

    router.send(alert("1", Phase.OPENED));
    assertThat(router.pending())
        .singleElement()
        .satisfies(it -> assertThat(it.problem()).contains("RejectedExecutionException: full"));
    router.send(alert("2", Phase.OPENED));
    time.runToIdle();

    assertThat(sent).hasSize(2);
  }

  @Test
  void send_channelFails_returnsAtOnceAndTriesUntilItGivesUp() {
    AlertRouter router = router().channel(broken()).channel(sent::add).build();
    Duration before = time.elapsed();

    router.send(alert("a", Phase.OPENED));
    assertThat(time.elapsed()).isEqualTo(before);
    time.advance(Duration.ofSeconds(59));
    assertThat(calls).hasValue(6);
    assertThat(router.undelivered()).isEmpty();
    time.advance(Duration.ofMinutes(10));

    assertThat(calls).hasValue(7);
    assertThat(sent).hasSize(1);
    assertThat(router.undelivered())
        .singleElement()
        .satisfies(it -> assertThat(it.problem()).contains("503"));
  }

  @Test
  void send_channelRefusesOneAlertForGood_losesThatOneAndGoesOnAtOnce() {
    AlertRouter router = router()
        .channel(alert -> {
          if (alert.dedupKey().equals("bad")) {
            calls.incrementAndGet();
            throw new FailureException(Failure.of(FailureKind.INVALID, "HTTP 400"));
          }
          sent.add(alert);
        })
        .build();

    router.send(alert("bad", Phase.OPENED));
    router.send(alert("good", Phase.OPENED));
    time.runToIdle();

    assertThat(calls).hasValue(1);
    assertThat(sent).extracting(Alert::dedupKey).containsExactly("good");
    assertThat(router.undelivered())
        .singleElement()
        .satisfies(it -> assertThat(it.problem()).contains("HTTP 400"));
  }

  @Test
  void send_channelIsNotThereForAWhile_triesAgain() {
    AlertRouter router = router()
        .channel(alert -> {
          if (calls.incrementAndGet() < 3) {
            throw new FailureException(Failure.of(FailureKind.NOT_FOUND, "HTTP 404"));
          }
          sent.add(alert);
        })
        .build();

    router.send(alert("a", Phase.OPENED));
    time.advance(Duration.ofMinutes(1));

    assertThat(sent).hasSize(1);
    assertThat(router.undelivered()).isEmpty();
  }

  @Test
  void restore_lambdasAsChannels_findTheirAlertsByTheirOrder() {
    List<Alert> second = new ArrayList<>();
    AlertRouter before = router().channel(sent::add).channel(broken()).build();
    before.send(alert("a", Phase.OPENED));
    time.advance(Duration.ofSeconds(5));
    RouterState kept = before.state();
    assertThat(kept.pending()).hasSize(1);
    sent.clear();

    AlertRouter next = router().channel(sent::add).channel(second::add).build();
    next.restore(kept);
    time.runToIdle();

    assertThat(kept.pending().get(0).channel()).doesNotContain("/");
    assertThat(second).extracting(Alert::dedupKey).containsExactly("a");
    assertThat(sent).isEmpty();
  }

  @Test
  void restore_twoChannelsOfOneName_findTheirOwnAlerts() {
    List<Alert> second = new ArrayList<>();
    AlertRouter before =
        router().channel(named(sent::add)).channel(named(broken())).build();
    before.send(alert("a", Phase.OPENED));
    time.advance(Duration.ofSeconds(5));
    RouterState kept = before.state();
    sent.clear();

    AlertRouter next =
        router().channel(named(sent::add)).channel(named(second::add)).build();
    next.restore(kept);
    time.runToIdle();

    assertThat(second).extracting(Alert::dedupKey).containsExactly("a");
    assertThat(sent).isEmpty();
  }

  private static AlertChannel named(AlertChannel channel) {
    return new AlertChannel() {
      @Override
      public void send(Alert alert) throws InterruptedException {
        channel.send(alert);
      }

      @Override
      public String name() {
        return "pagerduty@events.pagerduty.com";
      }
    };
  }

  @Test
  void restore_channelIsNoMore_listsItsAlertAsUndelivered() {
    RouterState kept = new RouterState(
        List.of(new AlertRouter.Undelivered(alert("a", Phase.OPENED), "gone", "")),
        List.of(),
        Map.of());

    AlertRouter next = router().channel(sent::add).build();
    next.restore(kept);
    time.runToIdle();

    assertThat(sent).isEmpty();
    assertThat(next.undelivered()).singleElement().satisfies(it -> {
      assertThat(it.channel()).isEqualTo("gone");
      assertThat(it.problem()).contains("no channel has this name");
    });
  }

  @Test
  void send_channelRecovers_delivers() {
    AlertRouter router = router()
        .channel(alert -> {
          if (calls.incrementAndGet() < 4) {
            throw new IllegalStateException("429");
          }
          sent.add(alert);
        })
        .build();

    router.send(alert("a", Phase.OPENED));
    time.advance(Duration.ofMinutes(5));

    assertThat(sent).hasSize(1);
    assertThat(router.undelivered()).isEmpty();
  }

  @Test
  void send_newerAlertOfTheOccurrenceWaits_onlyTheNewestIsTried() {
    AlertRouter router = router()
        .channel(alert -> {
          if (calls.incrementAndGet() < 3) {
            throw new IllegalStateException("429");
          }
          sent.add(alert);
        })
        .build();

    for (Phase phase : List.of(Phase.OPENED, Phase.RAISED, Phase.REPEATED, Phase.RESOLVED)) {
      router.send(alert("a", phase));
      time.advance(Duration.ofSeconds(1));
    }
    router.send(alert("b", Phase.OPENED));
    time.advance(Duration.ofMinutes(5));

    assertThat(sent)
        .extracting(it -> it.occurrence().orElseThrow().phase())
        .containsExactly(Phase.RESOLVED, Phase.OPENED);
    assertThat(router.undelivered()).isEmpty();
  }

  @Test
  void send_channelAsksToWait_waitsThatLong() {
    AlertRouter router = router()
        .channel(alert -> {
          if (calls.incrementAndGet() == 1) {
            throw new FailureException(
                Failure.of(FailureKind.RATE_LIMITED, "429").withRetryAfter(Duration.ofSeconds(25)));
          }
          sent.add(alert);
        })
        .build();

    router.send(alert("a", Phase.OPENED));
    time.advance(Duration.ofSeconds(24));
    assertThat(calls).hasValue(1);
    time.advance(Duration.ofSeconds(1));

    assertThat(sent).hasSize(1);
  }

  @Test
  void send_acknowledgementWaits_isNotReplacedByWhatComesAfter() {
    AlertRouter router = router()
        .channel(alert -> {
          if (calls.incrementAndGet() < 3) {
            throw new IllegalStateException("429");
          }
          sent.add(alert);
        })
        .build();

    for (Phase phase :
        List.of(Phase.OPENED, Phase.ACKNOWLEDGED, Phase.REPEATED, Phase.REPEATED, Phase.RAISED)) {
      router.send(alert("a", phase));
      time.advance(Duration.ofSeconds(1));
    }
    time.advance(Duration.ofMinutes(5));

    assertThat(phases()).containsExactly(Phase.ACKNOWLEDGED, Phase.RAISED);
  }

  @Test
  void send_queueFull_theOldestIsUndelivered() {
    AlertRouter router = router().channel(broken()).queue(2).build();

    for (String id : List.of("flying", "b", "c", "d")) {
      router.send(alert(id, Phase.OPENED));
      time.advance(Duration.ofSeconds(1));
    }

    assertThat(router.undelivered()).extracting(it -> it.alert().dedupKey()).containsExactly("b");
  }

  @Test
  void close_channelStillBroken_triesOnceMoreAndKeepsTheRest() {
    AlertRouter router = router().channel(broken()).build();
    router.send(alert("a", Phase.OPENED));
    router.send(alert("b", Phase.OPENED));
    time.advance(Duration.ofSeconds(1));

    router.close();

    assertThat(router.undelivered())
        .extracting(it -> it.alert().dedupKey())
        .containsExactly("a", "b");
    router.send(alert("c", Phase.OPENED));
    assertThat(router.undelivered()).hasSize(3);
  }

  @Test
  void silence_whileItFires_isToldAfterwards() {
    AlertRouter router = router().channel(sent::add).build();
    Watch watch = watch(router);
    router.silence("job", time.now().plus(Duration.ofHours(1)));

    watch.probe("job", DEAD);
    time.advance(Duration.ofMinutes(59));
    assertThat(sent).isEmpty();
    time.advance(Duration.ofMinutes(2));

    assertThat(phases()).containsExactly(Phase.OPENED);
    router.silence("job", time.now().plus(Duration.ofHours(1)));
    watch.probe("job", WELL);
    time.advance(Duration.ZERO);
    assertThat(phases()).containsExactly(Phase.OPENED, Phase.RESOLVED);
    watch.close();
  }

  @Test
  void silence_alertOfARunOrAHost_saysNothingNewButWhatEnds() {
    AlertRouter router = router().channel(sent::add).build();
    router.silence("job", time.now().plus(Duration.ofHours(1)));

    router.send(new Alert("run-stopped", Severity.SEV3, "job", "no credential"));
    router.send(new Alert("run-stopped", Severity.SEV3, "other", "no credential"));
    for (Phase phase : List.of(Phase.OPENED, Phase.RAISED, Phase.REPEATED)) {
      router.send(alert("a", phase));
    }
    time.advance(Duration.ZERO);
    assertThat(sent).extracting(Alert::job).containsExactly("other");
    sent.clear();

    router.send(alert("b", Phase.ACKNOWLEDGED));
    router.send(alert("c", Phase.RESOLVED));
    time.advance(Duration.ofHours(1));
    router.send(alert("a", Phase.REPEATED));
    time.advance(Duration.ZERO);

    assertThat(phases()).containsExactly(Phase.ACKNOWLEDGED, Phase.RESOLVED, Phase.REPEATED);
    assertThat(router.undelivered()).isEmpty();
  }

  @Test
  void silence_troubleComesAndGoes_saysNothing() {
    AlertRouter router = router().channel(sent::add).build();
    Watch watch = watch(router);
    router.silence("job", time.now().plus(Duration.ofHours(1)));

    watch.probe("job", DEAD);
    watch.probe("job", WELL);
    time.advance(Duration.ofHours(2));

    assertThat(sent).isEmpty();
    watch.close();
  }

  @Test
  void repeat_stillFiring_isToldAtTheInterval() {
    AlertRouter router =
        router().channel(sent::add).repeatEvery(Duration.ofHours(4)).build();
    Watch watch = watch(router);

    watch.probe("job", DEAD);
    time.advance(Duration.ofHours(9));

    assertThat(phases()).containsExactly(Phase.OPENED, Phase.REPEATED, Phase.REPEATED);
    assertThat(sent).extracting(Alert::dedupKey).containsOnly(sent.get(0).dedupKey());
    watch.close();
  }

  @Test
  void send_channelThrowsAnErrorOfTheMachine_losesThatAlertAndNotTheNext() {
    List<Throwable> thrown = new ArrayList<>();
    AlertRouter router = router()
        .executor(task -> time.executor().execute(() -> {
          try {
            task.run();
          } catch (StackOverflowError e) {
            thrown.add(e);
          }
        }))
        .channel(alert -> {
          if (calls.incrementAndGet() == 1) {
            throw new StackOverflowError("in a template");
          }
          sent.add(alert);
        })
        .build();

    router.send(alert("a", Phase.OPENED));
    router.send(alert("b", Phase.OPENED));
    time.advance(Duration.ofSeconds(1));

    assertThat(thrown).hasSize(1);
    assertThat(sent).extracting(Alert::dedupKey).containsExactly("b");
    assertThat(router.undelivered()).singleElement().satisfies(it -> {
      assertThat(it.alert().dedupKey()).isEqualTo("a");
      assertThat(it.problem()).contains("in a template");
    });
    assertThat(router.pending()).isEmpty();
  }

  @Test
  void close_channelHangsAndThenFails_losesTheAlertOnce() {
    AlertRouter router = router()
        .closeWithin(Duration.ofSeconds(5))
        .channel(alert -> {
          time.sleep(Duration.ofHours(1));
          throw new IllegalStateException("too late");
        })
        .build();
    router.send(alert("a", Phase.OPENED));
    time.advance(Duration.ofSeconds(1));

    router.close();
    assertThat(router.pending()).isEmpty();
    time.advance(Duration.ofHours(2));

    assertThat(router.undelivered()).hasSize(1);
  }

  @Test
  void pending_writtenAndRead_isTheSame() throws Exception {
    List<AlertRouter.Undelivered> pending = List.of(
        new AlertRouter.Undelivered(alert("a", Phase.RESOLVED), "pager", ""),
        new AlertRouter.Undelivered(new Alert("r", Severity.INFO, "j", "t\u00e4xt"), "log", ""));
    var bytes = new ByteArrayOutputStream();

    AlertCodec.writeAll(new DataOutputStream(bytes), pending);

    assertThat(
            AlertCodec.readAll(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()))))
        .isEqualTo(pending);
  }

  @Test
  void builder_badValues_nameThem() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> router().queue(0))
        .withMessage("queue must be at least 1, was 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> router().repeatEvery(Duration.ZERO))
        .withMessage("repeatEvery must be positive, was PT0S");
  }

  private Watch watch(AlertRouter router) {
    return Watch.builder(time, router)
        .job("job", RunbookRules.healthChecks())
        .executor(time.executor())
        .start();
  }

  private List<Phase> phases() {
    return sent.stream().map(it -> it.occurrence().orElseThrow().phase()).toList();
  }
}
