package io.runbook4j.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.runbook4j.ledger.MemoryLedger;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.Priority;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.ItemResult;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkBegun;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkDone;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkIntent;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkTiming;
import io.runbook4j.spi.ledger.LedgerEntry.RunFinished;
import io.runbook4j.spi.ledger.LedgerEntry.RunStarted;
import io.runbook4j.spi.ledger.LedgerEntry.Span;
import io.runbook4j.spi.ledger.Position;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunOrigin;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The runbooks' thresholds, word for word. */
class RunbookRulesTest {
  private static final Instant START = Instant.parse("2026-03-02T00:00:00Z");

  /** {@return a back test in which so many of 10,000 events failed in the last so many minutes} */
  private static BackTest resumeSync(int failed, int minutes) {
    BackTest test = BackTest.of("resumes", RunbookRules.resumeSync());
    test.until(START);
    Instant at = START.plus(Duration.ofMinutes(minutes)).minusSeconds(10);
    for (int i = 0; i < 10_000; i++) {
      if (i < failed) {
        test.failed("", FailureKind.TIMEOUT, at);
      } else {
        test.succeeded("", at);
      }
    }
    test.until(at.plusSeconds(60));
    return test;
  }

  @ParameterizedTest
  @CsvSource({
    "199, ''",
    "200, WARNING",
    "499, WARNING",
    "500, SEV3",
    "999, SEV3",
    "1000, SEV2",
    "2499, SEV2",
    "2500, SEV1"
  })
  void resumeSync_shareOfTenThousand_isOfThisSeverity(int failed, String severity) {
    List<Alert> alerts = resumeSync(failed, 60).alerts();

    String highest =
        alerts.isEmpty() ? "" : alerts.get(alerts.size() - 1).severity().name();
    assertThat(highest).isEqualTo(severity);
  }

  @Test
  void resumeSync_fiveThousandUsersWithinADay_isSev2() {
    BackTest test = BackTest.of("resumes", RunbookRules.resumeSync());
    Instant at = START;
    for (int i = 0; i < 5_000 * 100; i++) { // 1 % fails: no rate is met
      at = at.plusMillis(150);
      if (i % 100 == 0) {
        assertThat(test.alerts()).isEmpty();
        test.failed("user-" + i / 100, FailureKind.TIMEOUT, at);
      } else {
        test.succeeded("", at);
      }
    }
    test.until(at.plusSeconds(60));

    assertThat(test.alerts()).singleElement().satisfies(alert -> {
      assertThat(alert.rule()).isEqualTo("affected-users-5000-24h");
      assertThat(alert.severity()).isEqualTo(Severity.SEV2);
    });
  }

  @Test
  void affectedUsersOfUtcDay_atMidnight_beginsAnew() {
    BackTest test = BackTest.of(
        "resumes",
        List.of(Rule.affectedUsersOfUtcDay(10), Rule.affectedUsers(10, Duration.ofHours(24))));
    Instant at = START.plus(Duration.ofHours(23));
    for (int i = 0; i < 12; i++) {
      at = at.plus(Duration.ofMinutes(10));
      test.failed("u" + i, FailureKind.TIMEOUT, at);
    }
    test.until(at.plus(Duration.ofHours(1)));

    assertThat(test.firings())
        .extracting(firing -> firing.rule().name())
        .containsExactly("affected-users-10-24h");
  }

  @Test
  void failureTrend_threeHealthyWeeks_staysSilent() {
    BackTest test = BackTest.of("resumes", List.of(Rule.failureTrend(0.005)));
    Random random = new Random(17);
    Instant at = START;
    for (int i = 0; i < 3 * 7 * 24 * 2_200; i++) {
      at = at.plusNanos(3_600_000_000_000L / 2_200);
      if (random.nextDouble() < 0.01) {
        test.failed("", FailureKind.TIMEOUT, at);
      } else {
        test.succeeded("", at);
      }
    }

    assertThat(test.firings()).as("by chance, at 1 %% and 2,200 events an hour").isEmpty();
  }

  @Test
  void failureTrend_rateDoubles_fires() {
    BackTest test = BackTest.of("resumes", List.of(Rule.failureTrend(0.005)));
    Instant at = START;
    for (int i = 0; i < 3 * 10_000; i++) {
      at = at.plusMillis(360);
      if (i % (i < 20_000 ? 100 : 50) == 0) {
        test.failed("", FailureKind.TIMEOUT, at);
      } else {
        test.succeeded("", at);
      }
    }
    test.until(at);

    assertThat(test.firings()).hasSize(1);
    assertThat(test.firings().get(0).from()).isAfter(START.plus(Duration.ofMinutes(150)));
  }

  /** The table of minutes to detect, at a baseline of 0.5 %. */
  @ParameterizedTest
  @CsvSource({
    "0.02, 60, 0.03, 36",
    "0.02, 60, 0.08, 12",
    "0.02, 60, 1, 0.9",
    "0.07, 30, 0.08, 26",
    "0.07, 30, 0.3, 6.6",
    "0.05, 1440, 0.08, 864",
    "0.05, 1440, 1, 65",
    "0.25, 15, 0.3, 12.5",
    "0.25, 15, 1, 3.7"
  })
  void timeToDetect_rates_areTheTables(double share, int window, double rate, double minutes) {
    Duration time = Rule.failureRate(share, Duration.ofMinutes(window))
        .timeToDetect(rate, 0.005)
        .orElseThrow();

    assertThat(time.toMillis() / 60_000.0).isCloseTo(minutes, within(0.02 * minutes + 0.05));
  }

  @Test
  void timeToDetect_belowTheThreshold_isNever() {
    Rule rule = Rule.failureRate(0.07, Duration.ofMinutes(30));

    assertThat(rule.timeToDetect(0.06, 0.005)).isEmpty();
    assertThat(rule.timeToReset(1, 0.06)).isEmpty(); // it clears below 5.6 %
  }

  @Test
  void timeToReset_publishedAndSimulated_agree() {
    Rule rule = Rule.failureRate(0.07, Duration.ofMinutes(30)).clearBelow(1);
    BackTest test = BackTest.of("resumes", List.of(rule));
    for (int second = 0; second < 7_200; second++) {
      Instant at = START.plusSeconds(second);
      if (second < 3_600 || second % 200 == 0) {
        test.failed("", FailureKind.TIMEOUT, at);
      } else {
        test.succeeded("", at);
      }
    }

    Duration published = rule.timeToReset(1, 0.005).orElseThrow();
    Instant until = test.firings().get(0).until().orElseThrow();
    assertThat(published).isBetween(Duration.ofMinutes(27), Duration.ofMinutes(29));
    assertThat(
            Duration.between(START.plusSeconds(3_600), until).minus(published).abs())
        .isLessThan(Duration.ofSeconds(20));
  }

  @Test
  void memoryBytes_ofAllPresets_isBounded() {
    assertThat(Rule.failureRate(0.07, Duration.ofMinutes(30)).memoryBytes()).isLessThan(10_000);
    assertThat(Rule.affectedUsers(5_000, Duration.ofHours(24)).memoryBytes())
        .isBetween(2_000_000L, 2_150_000L);
    RunbookRules.serviceObjectives()
        .forEach(rule -> assertThat(rule.memoryBytes()).isLessThan(200_000));
  }

  @Test
  void priorities_ofSeverities_haveTheRunbooksResponseTimes() {
    assertThat(Severity.SEV1.priority()).isEqualTo(Priority.P0);
    assertThat(Priority.P0.responseTime()).isZero();
    assertThat(Severity.SEV2.priority().responseTime()).isEqualTo(Duration.ofMinutes(30));
    assertThat(Severity.SEV3.priority().responseTime()).isEqualTo(Duration.ofHours(2));
    assertThat(Severity.WARNING.priority().responseTime()).isEqualTo(Duration.ofHours(24));
  }

  @Test
  void ledger_recordedRun_isReplayed() {
    MemoryLedger ledger = MemoryLedger.create();
    RunId run = RunId.at(START, new Random(1));
    List<String> keys = IntStream.range(0, 40).mapToObj(i -> "k" + i).toList();
    Outcome failed = Outcome.failed(Failure.of(FailureKind.SERVER_ERROR, "503"));
    ledger.record(
        run,
        List.of(
            new RunStarted(START, run, "photos", RunOrigin.full()),
            new ChunkBegun(
                START.plusSeconds(1),
                new ChunkIntent(1, "key", keys, List.of(new Span(1, 40))),
                Position.start()),
            new ChunkDone(
                START.plusSeconds(2),
                1,
                IntStream.range(0, 10)
                    .mapToObj(i -> new ItemResult(i, failed, false))
                    .toList(),
                ItemResult.othersSucceeded(),
                new ChunkTiming(Duration.ZERO, Duration.ofSeconds(3))),
            new RunFinished(
                START.plusSeconds(3),
                RunState.COMPLETED,
                "done",
                new Counts(40, 30, 10, 0, 0, 0),
                List.of())));
    BackTest test = BackTest.of(
        "photos",
        List.of(
            Rule.failuresInRunOver(5),
            Rule.failureRate(0.25, Duration.ofMinutes(15)),
            Rule.failureRate(0.26, Duration.ofMinutes(15)),
            Rule.affectedUsers(10, Duration.ofHours(1))));

    test.ledger(ledger, 10);
    test.until(START.plus(Duration.ofMinutes(5)));

    assertThat(test.firings())
        .extracting(firing -> firing.rule().name())
        .containsExactly(
            "failures-in-run-over-5", "failure-rate-25pct-15m", "affected-users-10-60m");
  }
}
