package io.runbook4j.alert;

import static io.runbook4j.alert.WatchTest.story;
import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.Occurrence;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.testkit.VirtualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trouble that comes while the rule over a day still fires for the trouble before. */
class SecondTroubleTest {
  private static final String JOB = "resumes";

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-03-02T09:00:00Z"));
  private final List<Alert> all = new ArrayList<>();
  private final List<Alert> pages = new ArrayList<>();
  private final AlertRouter router = AlertRouter.builder(time)
      .channel(all::add)
      .channel(pages::add, Severity.SEV1)
      .executor(time.executor())
      .repeatEvery(Duration.ofDays(7))
      .build();
  private Watch watch = watch().start();

  @TempDir
  Path folder;

  private Watch.Builder watch() {
    return Watch.builder(time, router)
        .job(JOB, RunbookRules.resumeSync())
        .executor(time.executor());
  }

  @AfterEach
  void close() {
    watch.close();
  }

  /** An event each second. */
  private void live(Duration length, boolean isOutage) {
    for (long second = 0; second < length.toSeconds(); second++) {
      if (isOutage) {
        watch.failed(JOB, "ann", FailureKind.SERVER_ERROR, time.now());
      } else {
        watch.succeeded(JOB, "ann", time.now());
      }
      time.advance(Duration.ofSeconds(1));
    }
  }

  private void outage(Duration length) {
    live(length, true);
  }

  private void calm(Duration length) {
    live(length, false);
  }

  @Test
  void outage_hoursAfterAnother_isToldLikeTheFirstAndEndsForAllWhoHeard() {
    calm(Duration.ofMinutes(30));
    outage(Duration.ofMinutes(40));
    calm(Duration.ofHours(3));
    assertThat(story(pages)).containsExactly("RAISED SEV1");

    outage(Duration.ofMinutes(40));
    assertThat(story(pages)).containsExactly("RAISED SEV1", "RAISED SEV1");

    calm(Duration.ofHours(30));
    assertThat(story(pages)).containsExactly("RAISED SEV1", "RAISED SEV1", "RESOLVED SEV1");
    assertThat(all).extracting(Alert::dedupKey).containsOnly(all.get(0).dedupKey());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 15}) // minutes after the restart: it falls before, or only then
  void outage_afterARestart_isToldLikeTheFirst(long minutes) {
    watch.close();
    watch = watch().state(folder.resolve("watch.state")).start();
    calm(Duration.ofMinutes(30));
    outage(Duration.ofMinutes(40));
    calm(Duration.ofHours(1).minusMinutes(minutes));
    watch.close();
    watch = watch().state(folder.resolve("watch.state")).start();
    calm(Duration.ofMinutes(5 + minutes));
    assertThat(story(pages)).containsExactly("RAISED SEV1");

    outage(Duration.ofMinutes(40));

    assertThat(story(pages)).containsExactly("RAISED SEV1", "RAISED SEV1");
  }

  @Test
  void outage_thatComesAndGoes_isOnePage() {
    calm(Duration.ofMinutes(30));
    for (int i = 0; i < 6; i++) {
      outage(Duration.ofMinutes(10));
      calm(Duration.ofMinutes(25));
    }

    assertThat(story(pages)).containsExactly("RAISED SEV1");
  }

  @Test
  void corruption_duringAnOutageAndLongAfter_isToldEachTime() {
    calm(Duration.ofMinutes(30));
    outage(Duration.ofMinutes(10));
    pages.clear();

    watch.corruption(JOB, "hash mismatch in snapshots: 40");
    time.advance(Duration.ZERO);

    assertThat(pages).singleElement().satisfies(alert -> {
      assertThat(alert.rule()).isEqualTo("corruption");
      assertThat(alert.occurrence().orElseThrow().phase()).isEqualTo(Occurrence.Phase.RAISED);
      assertThat(alert.text()).contains("hash mismatch in snapshots: 40");
    });

    calm(Duration.ofHours(3));
    watch.corruption(JOB, "orphans in snapshots: 3");
    time.advance(Duration.ZERO);
    assertThat(pages).hasSize(2).last().extracting(Alert::text).asString().contains("orphans");
  }

  @Test
  void corruption_aThousandFindingsOfOneRun_isToldOnce() {
    for (int i = 0; i < 1_000; i++) {
      watch.failed(JOB, "ann", FailureKind.INTEGRITY, time.now());
      time.advance(Duration.ofSeconds(1));
    }

    assertThat(pages).extracting(Alert::rule).containsExactly("corruption");
  }

  @Test
  void corruption_foundIntactAndThenAgain_isToldAgain() {
    watch.corruption(JOB, "one");
    time.advance(Duration.ofMinutes(1));
    watch.intact(JOB);
    time.advance(Duration.ofMinutes(1));
    watch.corruption(JOB, "two");
    time.advance(Duration.ZERO);

    assertThat(story(pages)).containsExactly("OPENED SEV1", "RESOLVED SEV1", "OPENED SEV1");
  }

  @Test
  void corruption_aDayAgo_isNotBehindWhatFiresNow() {
    watch.corruption(JOB, "hash mismatch in snapshots: 40");
    time.advance(Duration.ofHours(25));
    all.clear();

    outage(Duration.ofMinutes(20));

    assertThat(all).isNotEmpty().allSatisfy(alert -> {
      assertThat(alert.text()).doesNotContain("hash mismatch");
      assertThat(alert.occurrence().orElseThrow().details()).doesNotContainKey("finding");
    });
    watch.corruption(JOB, "orphans in snapshots: 3");
    time.advance(Duration.ZERO);
    assertThat(all).last().extracting(Alert::text).asString().contains("1 findings of corrupt");
  }

  @Test
  void warning_ofAJobWithFewEvents_isGiven() {
    for (int event = 0; event < 480; event++) { // an hour of them, 4 % of which fail
      if (event % 25 == 0) {
        watch.failed(JOB, "ann", FailureKind.SERVER_ERROR, time.now());
      } else {
        watch.succeeded(JOB, "ann", time.now());
      }
      time.advance(Duration.ofMillis(7_500));
    }

    assertThat(story(all)).containsExactly("OPENED WARNING");
    assertThat(all.get(0).rule()).startsWith("failure-rate-2pct-");
  }

  @Test
  void affectedUsers_ofAJobWithManyHealthyOnes_areCountedAllTheSame() {
    for (int user = 0; user < 120_000; user++) {
      watch.succeeded(JOB, "well-" + user, time.now());
    }
    for (int user = 0; user < 6_000; user++) {
      watch.failed(JOB, "ill-" + user, FailureKind.NETWORK, time.now());
    }
    time.advance(Duration.ofMinutes(1));

    assertThat(watch.statuses(JOB))
        .filteredOn(status -> status.rule().name().startsWith("affected-users"))
        .singleElement()
        .satisfies(status -> {
          assertThat(status.value()).isEqualTo(6_000);
          assertThat(status.state()).isEqualTo(Watch.State.FIRING);
        });
    assertThat(watch.oddities().fullUserTables()).isZero();
  }

  @Test
  void userFailureRate_moreHealthyUsersThanAreCounted_seesThoseWhoFail() {
    watch.add("many", List.of(Rule.userFailureRate(0.05, Duration.ofHours(1))));
    for (int user = 0; user < 120_000; user++) {
      watch.succeeded("many", "well-" + user, time.now());
    }
    for (int user = 0; user < 20_000; user++) {
      watch.failed("many", "ill-" + user, FailureKind.NETWORK, time.now());
    }
    time.advance(Duration.ofMinutes(1));

    assertThat(watch.statuses("many").get(0).value()).isBetween(0.19, 0.21);
    assertThat(watch.statuses("many").get(0).state()).isEqualTo(Watch.State.FIRING);
    assertThat(watch.oddities().fullUserTables()).isEqualTo(1);
  }

  @Test
  void signals_ofImpossibleTimes_areCountedAsOdd() {
    watch.succeeded(JOB, "", Instant.MAX);
    watch.succeeded(JOB, "", Instant.MIN);
    watch.latency(JOB, Duration.ofSeconds(Long.MAX_VALUE), time.now());

    assertThat(watch.oddities().futureClamped()).isEqualTo(1);
    assertThat(watch.oddities().lateDropped()).isEqualTo(1);
  }
}
