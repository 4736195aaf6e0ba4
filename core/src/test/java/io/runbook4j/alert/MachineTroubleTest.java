package io.runbook4j.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.health.Health;
import io.runbook4j.spi.time.Signal;
import io.runbook4j.spi.time.Time;
import io.runbook4j.testkit.VirtualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine that runs out of threads or memory for a moment: whoever watches is there after it. */
class MachineTroubleTest {
  private static final Health DEAD = new Health(Health.Status.UNHEALTHY, Duration.ZERO, "");

  @TempDir
  Path folder;

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-03-02T09:00:00Z"));
  private final List<Alert> chat = new ArrayList<>();
  private final List<Alert> pager = new ArrayList<>();
  private final AtomicInteger refusals = new AtomicInteger();

  /** Has no thread as often as it is to refuse. */
  private final Executor scarce = task -> {
    if (refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new OutOfMemoryError("unable to create native thread");
    }
    time.executor().execute(task);
  };

  private final AlertRouter router = AlertRouter.builder(time)
      .channel(chat::add)
      .channel(pager::add)
      .executor(scarce)
      .build();

  private Watch watch(Time clock) {
    return Watch.builder(clock, router)
        .job("one", RunbookRules.healthChecks())
        .job("two", RunbookRules.healthChecks())
        .executor(time.executor())
        .start();
  }

  @Test
  void send_noThreadForOneChannel_theOthersAreTold() {
    refusals.set(1);

    assertThatCode(() -> router.send(new Alert("rule", Severity.SEV1, "one", "down")))
        .doesNotThrowAnyException();
    time.advance(Duration.ZERO);

    assertThat(chat).isEmpty();
    assertThat(pager).hasSize(1);
    assertThat(router.pending())
        .singleElement()
        .satisfies(it -> assertThat(it.problem()).contains("native thread"));
  }

  @Test
  void watch_noThreadForAnAlert_tellsTheRestAndWatchesOn() {
    try (Watch watch = watch(time)) {
      refusals.set(1);
      watch.probe("one", DEAD);
      watch.probe("two", DEAD);
      time.advance(Duration.ofMinutes(1));
      assertThat(pager).extracting(Alert::job).containsExactlyInAnyOrder("one", "two");

      watch.probe("one", new Health(Health.Status.HEALTHY, Duration.ZERO, ""));
      time.advance(Duration.ofMinutes(1));

      assertThat(pager).hasSize(3).last().matches(Alert::isResolved);
    }
  }

  @Test
  void watch_noThreadForItsOnlyAlert_deliversItAtALaterLook() {
    try (Watch watch = watch(time)) {
      refusals.set(3);
      watch.probe("one", DEAD);

      time.advance(Duration.ofSeconds(30));

      assertThat(chat).hasSize(1);
      assertThat(pager).hasSize(1);
      assertThat(router.pending()).isEmpty();
      assertThat(watch.statuses("one")).isNotEmpty();
    }
  }

  @Test
  void incidents_noThreadForTheirOnlyAlert_deliverItAtALaterLook() {
    try (Incidents incidents =
        Incidents.builder(time, router).executor(time.executor()).start()) {
      refusals.set(2);
      incidents.send(new Alert("rule", Severity.WARNING, "one", "slow"));

      time.advance(Duration.ofMinutes(1));

      assertThat(pager).hasSize(1);
    }
  }

  @Test
  void watch_noThreadForAsLongAsItIsTried_listsTheAlertAsUndelivered() {
    try (Watch watch = watch(time)) {
      refusals.set(Integer.MAX_VALUE);
      watch.probe("one", DEAD);
      time.advance(Duration.ofMinutes(59));
      assertThat(router.undelivered()).isEmpty();
      assertThat(router.pending()).hasSize(2);

      time.advance(Duration.ofMinutes(2));

      assertThat(router.pending()).isEmpty();
      assertThat(router.undelivered())
          .hasSize(2)
          .allSatisfy(it -> assertThat(it.problem()).contains("native thread"));
      assertThat(watch.statuses("one")).isNotEmpty();
    }
  }

  @Test
  void watch_oneLookHasNoMemory_judgesAtTheNext() {
    Troubled clock = new Troubled(time, new AtomicInteger());
    try (Watch watch = watch(clock)) {
      time.advance(Duration.ofMinutes(1));
      clock.troubles().set(1);
      time.advance(Duration.ofMinutes(1));

      watch.probe("one", DEAD);
      time.advance(Duration.ofMinutes(1));

      assertThat(pager).hasSize(1);
    }
  }

  @Test
  void incidents_oneLookHasNoMemory_mindTheirDeadlinesAfterIt() {
    Troubled clock = new Troubled(time, new AtomicInteger());
    try (Incidents incidents =
        Incidents.builder(clock, router).executor(time.executor()).start()) {
      incidents.send(new Alert("rule", Severity.SEV1, "one", "down"));
      time.advance(Duration.ofMinutes(1));
      clock.troubles().set(1);

      time.advance(Duration.ofMinutes(5));

      assertThat(pager)
          .extracting(Alert::text)
          .last()
          .asString()
          .contains("not acknowledged within 5m");
    }
  }

  @Test
  void watch_noMemoryForItsState_tellsAllTheSameAndSavesAtTheNextLook() {
    Starved clock = new Starved(time, StateFile.class, new AtomicInteger());
    Path state = folder.resolve("watch.state");
    try (Watch watch = Watch.builder(clock, router)
        .job("one", RunbookRules.healthChecks())
        .state(state)
        .executor(time.executor())
        .start()) {
      clock.troubles().set(1);
      watch.probe("one", DEAD);
      time.advance(Duration.ZERO);
      assertThat(pager).hasSize(1);
      assertThat(state).doesNotExist();

      time.advance(Duration.ofSeconds(10));

      assertThat(state).exists();
    }
  }

  @Test
  void watch_noMemoryToHandItOn_tellsEverythingAtTheNextLook() {
    Starved clock = new Starved(time, Delivery.class, new AtomicInteger());
    AlertRouter starved = AlertRouter.builder(clock)
        .channel(chat::add)
        .channel(pager::add)
        .executor(time.executor())
        .build();
    try (Watch watch = Watch.builder(time, starved)
        .job("one", RunbookRules.healthChecks())
        .job("two", RunbookRules.healthChecks())
        .executor(time.executor())
        .start()) {
      clock.troubles().set(1);
      watch.probe("one", DEAD);
      watch.probe("two", DEAD);

      time.advance(Duration.ofMinutes(1));

      assertThat(chat).extracting(Alert::job).containsExactly("one", "two");
      assertThat(pager).extracting(Alert::job).containsExactly("one", "two");
    }
  }

  /** A clock that, so many times, has no memory left for a class that asks it. */
  private record Starved(VirtualTime time, Class<?> who, AtomicInteger troubles) implements Time {
    @Override
    public Instant now() {
      return time.now();
    }

    @Override
    public long nanoTime() {
      if (isAsking() && troubles.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        throw new OutOfMemoryError("Java heap space");
      }
      return time.nanoTime();
    }

    private boolean isAsking() {
      return StackWalker.getInstance()
          .walk(frames -> frames.anyMatch(it -> it.getClassName().equals(who.getName())));
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
      time.sleep(duration);
    }

    @Override
    public Signal newSignal() {
      return time.newSignal();
    }
  }

  /** A wall clock that, so many times, cannot be read. */
  private record Troubled(VirtualTime time, AtomicInteger troubles) implements Time {
    @Override
    public Instant now() {
      if (troubles.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        throw new OutOfMemoryError("Java heap space");
      }
      return time.now();
    }

    @Override
    public long nanoTime() {
      return time.nanoTime();
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
      time.sleep(duration);
    }

    @Override
    public Signal newSignal() {
      return time.newSignal();
    }
  }
}
