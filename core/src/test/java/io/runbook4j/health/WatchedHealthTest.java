package io.runbook4j.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.runbook4j.alert.AlertRouter;
import io.runbook4j.alert.Rule;
import io.runbook4j.alert.Watch;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.health.Health;
import io.runbook4j.spi.health.Health.Status;
import io.runbook4j.spi.health.HealthProbe;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.testkit.VirtualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Health, service levels and capacity feed a watch by themselves. */
class WatchedHealthTest {
  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-01-05T09:00:00Z"));
  private final List<Alert> told = new CopyOnWriteArrayList<>();
  private final Watch watch = Watch.builder(
          time,
          AlertRouter.builder(time).channel(told::add).executor(time.executor()).build())
      .executor(time.executor())
      .start();

  @TempDir
  private Path folder;

  @AfterEach
  void close() {
    watch.close();
    time.runToIdle();
  }

  private HealthCheck check(HealthCheck.Builder builder) {
    HealthCheck check = builder
        .time(time)
        .executor(time.executor())
        .interval(Duration.ofMinutes(1))
        .build();
    check.start();
    return check;
  }

  private static HealthProbe answering(Status status, Duration latency) {
    return () -> new Health(status, latency, "as told");
  }

  private static final HealthProbe DOWN = answering(Status.UNHEALTHY, Duration.ofMillis(10));

  private void live(Duration duration) {
    time.advance(duration);
  }

  @Test
  void probe_failsOnceAndThreeTimes_isToldAtOnceAndThenCritical() {
    try (HealthCheck check = check(HealthCheck.builder().probe("crm", DOWN).watch(watch))) {
      live(Duration.ofSeconds(30));
      assertThat(told).extracting(Alert::severity).containsExactly(Severity.SEV3);

      live(Duration.ofSeconds(90));
      assertThat(check.readiness().httpStatus()).isEqualTo(503);
    }

    assertThat(told).extracting(Alert::severity).containsExactly(Severity.SEV3, Severity.SEV1);
    assertThat(told).extracting(Alert::job).containsOnly("health/crm");
    assertThat(told.get(1).rule()).isEqualTo("health-checks-failed-3-in-a-row");
  }

  @Test
  void probe_fails_alertSaysHowOftenAndWhy() {
    try (HealthCheck check = check(HealthCheck.builder().probe("crm", DOWN).watch(watch))) {
      live(Duration.ofMinutes(2));
      assertThat(check.readiness().httpStatus()).isEqualTo(503);
    }

    assertThat(told).first().satisfies(alert -> {
      assertThat(alert.text())
          .startsWith("job health/crm: 1 health check has failed; reason: as told");
      assertThat(alert.occurrence().orElseThrow().details()).containsEntry("reason", "as told");
    });
    assertThat(told)
        .last()
        .satisfies(alert -> assertThat(alert.text())
            .startsWith("job health/crm: 3 health checks in a row have failed; reason: as told"));
  }

  @Test
  void probe_throwsAnErrorOfTheMachine_isToldAndAskedAgain() {
    HealthProbe endless = () -> {
      throw new OutOfMemoryError("as if");
    };
    List<Throwable> thrown = new CopyOnWriteArrayList<>();
    HealthCheck.Builder builder = HealthCheck.builder()
        .probe("crm", endless)
        .watch(watch)
        .time(time)
        .executor(task -> time.executor().execute(() -> {
          try {
            task.run();
          } catch (VirtualMachineError e) {
            thrown.add(e);
          }
        }));

    try (HealthCheck check = builder.build()) {
      check.start();
      live(Duration.ofSeconds(150));
      assertThat(check.readiness().httpStatus()).isEqualTo(503);
    }

    assertThat(thrown).hasSize(3).hasOnlyElementsOfType(OutOfMemoryError.class);
    assertThat(told).extracting(Alert::severity).containsExactly(Severity.SEV3, Severity.SEV1);
  }

  @Test
  void probe_isWellAgain_reasonOfBeforeIsForgotten() {
    Rule slow = Rule.probeSlowerThan(Duration.ofSeconds(5));
    watch.add("health/crm", List.of(slow));
    watch.probe("health/crm", new Health(Status.UNHEALTHY, Duration.ofMillis(10), "no route"));
    watch.probe("health/crm", new Health(Status.HEALTHY, Duration.ofSeconds(6), "fine"));
    live(Duration.ofSeconds(1));

    assertThat(told)
        .singleElement()
        .satisfies(alert -> assertThat(alert.text()).doesNotContain("no route", "fine"));
  }

  @Test
  void probe_twoServicesFailInTurns_areNotThreeInARow() {
    HealthCheck.Builder two = HealthCheck.builder().probe("crm", DOWN).probe("chat", DOWN);

    try (HealthCheck check = check(two.watch(watch))) {
      live(Duration.ofSeconds(90)); // two answers of each
      assertThat(check.readiness().httpStatus()).isEqualTo(503);
    }

    assertThat(told).extracting(Alert::job).containsExactlyInAnyOrder("health/crm", "health/chat");
    assertThat(told).extracting(Alert::severity).containsOnly(Severity.SEV3);
  }

  @Test
  void probe_slowerThan5000Ms_isAWarning() {
    HealthProbe slow = answering(Status.HEALTHY, Duration.ofMillis(5_001));
    HealthProbe quick = answering(Status.HEALTHY, Duration.ofSeconds(5));

    try (HealthCheck check =
        check(HealthCheck.builder().probe("slow", slow).probe("quick", quick).watch(watch))) {
      live(Duration.ofMinutes(3));
      assertThat(check.readiness().httpStatus()).isEqualTo(200);
    }

    assertThat(told).singleElement().satisfies(alert -> {
      assertThat(alert.job()).isEqualTo("health/slow");
      assertThat(alert.severity()).isEqualTo(Severity.WARNING);
    });
  }

  @Test
  void probe_advisoryFails_isNoAlert() {
    try (HealthCheck check =
        check(HealthCheck.builder().advisory("limits", DOWN).watch(watch))) {
      live(Duration.ofMinutes(5));
      assertThat(check.readiness().httpStatus()).isEqualTo(200);
    }

    assertThat(told).isEmpty();
  }

  @Test
  void start_probeIsWatchedByOtherRules_isRefused() {
    watch.add("health/crm", List.of(Rule.probesFailedInARow(7)));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> check(HealthCheck.builder().probe("crm", DOWN).watch(watch)))
        .withMessageContaining("health/crm");
  }

  private ServiceLevels levels() {
    return ServiceLevels.builder(folder.resolve("levels.json"))
        .time(time)
        .executor(time.executor())
        .watch(watch, "checkout")
        .open();
  }

  /** An operation each 10 seconds for an hour, of which 6 in 100 take so long. */
  private void operations(Duration slow) {
    try (ServiceLevels levels = levels()) {
      for (int i = 0; i < 360; i++) {
        levels.succeeded(i % 100 < 6 ? slow : Duration.ofMillis(80));
        live(Duration.ofSeconds(10));
      }
    }
  }

  @Test
  void levels_p95Of2000Ms_isAWarning() {
    operations(Duration.ofSeconds(2));

    assertThat(told).singleElement().satisfies(alert -> {
      assertThat(alert.rule()).isEqualTo("latency-p95-2s-60m");
      assertThat(alert.severity()).isEqualTo(Severity.WARNING);
      assertThat(alert.job()).isEqualTo("checkout");
    });
  }

  @Test
  void levels_p95Of1999Ms_isNone() {
    operations(Duration.ofMillis(1_999));

    assertThat(told).isEmpty();
  }

  @Test
  void levels_fiveOfAHundredOperationsFail_areJudgedAsEvents() {
    try (ServiceLevels levels = levels()) {
      for (int i = 0; i < 1_200; i++) {
        if (i % 20 == 0) {
          levels.failed(Duration.ofMillis(80));
        } else {
          levels.succeeded(Duration.ofMillis(80));
        }
        live(Duration.ofSeconds(1));
      }
    }

    assertThat(told).extracting(Alert::severity).contains(Severity.SEV3);
    assertThat(told).extracting(Alert::job).containsOnly("checkout");
  }

  @Test
  void levels_kindOfAFailureIsTold_isInTheAlert() {
    try (ServiceLevels levels = levels()) {
      for (int i = 0; i < 100; i++) {
        levels.failed(Duration.ofMillis(80), FailureKind.TIMEOUT);
        live(Duration.ofSeconds(10));
      }
    }

    assertThat(told)
        .isNotEmpty()
        .allSatisfy(
            alert -> assertThat(alert.text()).contains("TIMEOUT").doesNotContain("UNKNOWN"));
  }

  @Test
  void close_probeIsUnderWay_pagesNobody() {
    HealthProbe slow = () -> {
      time.sleep(Duration.ofMillis(200));
      return new Health(Status.HEALTHY, Duration.ofMillis(200), "fine");
    };
    HealthCheck check = check(HealthCheck.builder().probe("crm", slow).watch(watch));
    live(Duration.ofMillis(100));

    check.close();
    live(Duration.ofMinutes(1));

    assertThat(told).isEmpty();
  }

  @Test
  void capacity_above80Percent_warnsUntilItIsFilledUp() {
    Capacity.Gauge calls =
        Capacity.over(Duration.ofDays(1), time, watch).gauge("crm/daily calls", 1_000);

    calls.record(800);
    live(Duration.ofMinutes(1));
    assertThat(told).isEmpty();
    assertThat(calls.usage().isWarning()).isFalse();

    calls.record(801);
    live(Duration.ofMinutes(1));
    assertThat(calls.usage().isWarning()).isTrue();
    assertThat(told).singleElement().satisfies(alert -> {
      assertThat(alert.job()).isEqualTo("limits/crm/daily calls");
      assertThat(alert.severity()).isEqualTo(Severity.WARNING);
      assertThat(alert.text()).contains("801 of 1000");
    });

    calls.reset();
    live(Duration.ofMinutes(1));
    assertThat(told).hasSize(2).last().matches(Alert::isResolved);
  }

  @Test
  void capacity_limitIsRaised_endsTheWarning() {
    Capacity capacity = Capacity.over(Duration.ofDays(1), time, watch);
    capacity.gauge("storage", 1_000).record(900);
    live(Duration.ofMinutes(1));

    capacity.gauge("storage", 2_000).record(900);
    live(Duration.ofMinutes(1));

    assertThat(told).extracting(Alert::isResolved).containsExactly(false, true);
  }
}
