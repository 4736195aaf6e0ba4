package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.limit.RetryBudget;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Target;
import io.runbook4j.testkit.CallFault;
import io.runbook4j.testkit.SimulatedService;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Promise 8: retries are bounded, by attempts for each item and by a budget for the service. */
class Promise08RetriesTest {
  private final Scene scene = new Scene();

  @ParameterizedTest
  @CsvSource({
    "PERMISSION, 1", "MAPPING_MISSING, 1", "NOT_FOUND, 1", "INVALID, 1", "TOO_LARGE, 1",
        "INTEGRITY, 1",
    "CANCELLED, 1", "UNKNOWN, 1", "CONFLICT, 2", "SERVER_ERROR, 4", "NETWORK, 4", "TIMEOUT, 4"
  })
  void run_itemFailsEachTime_isSentAsOftenAsItsKindAllows(FailureKind kind, int times) {
    SimulatedService service = scene.service().failing(kind, "k3").build();

    RunReport report = scene.runner().run(Scene.job(30, service));

    assertThat(service.timesSent("k3")).isEqualTo(times);
    assertThat(report.counts()).isEqualTo(new Counts(30, 29, 1, 0, 0, 0));
    assertThat(report.totals().retriedItems()).isEqualTo(times - 1);
  }

  @Test
  void run_itemsAreSentAgainForWhateverCause_countsEachTime() {
    SimulatedService service = scene
        .service()
        .failingTimes(2, FailureKind.RATE_LIMITED, "k3", "k4")
        .callFault(1, CallFault.RATE_LIMITED)
        .callFault(2, CallFault.AUTHENTICATION)
        .build();

    RunReport report = scene.runner().run(Scene.job(30, service));

    assertThat(report.counts()).isEqualTo(new Counts(30, 30, 0, 0, 0, 0));
    long sent = service.calls().stream().mapToLong(call -> call.keys().size()).sum();
    assertThat(report.totals().retriedItems()).isEqualTo(sent - 30).isEqualTo(10 + 10 + 2 + 2);
  }

  @ParameterizedTest
  @CsvSource({"CONFLICT, 1", "SERVER_ERROR, 3", "NETWORK, 3", "TIMEOUT, 3"})
  void run_itemRecoversAtItsLastTry_succeeds(FailureKind kind, int failures) {
    SimulatedService service =
        scene.service().failingTimes(failures, kind, "k3").build();

    RunReport report = scene.runner().run(Scene.job(30, service));

    assertThat(report.counts()).isEqualTo(new Counts(30, 30, 0, 0, 0, 0));
  }

  @Test
  void run_jobChangesTheReaction_followsIt() {
    SimulatedService service =
        scene.service().failing(FailureKind.SERVER_ERROR, "k3").build();
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(30))
        .to(service.target())
        .on(FailureKind.SERVER_ERROR, Reaction.fail())
        .build();

    scene.runner().run(job);

    assertThat(service.timesSent("k3")).isEqualTo(1);
  }

  @Test
  void resume_itemHadAttemptsBefore_countsThem() {
    SimulatedService service =
        scene.service().failing(FailureKind.SERVER_ERROR, "k3").build();
    SyncJob<String> job = Scene.job(60, service);
    RunReport early = scene.runner(new StopAfter(7)).run(job);

    RunReport report = scene.runner().resume(job, early.runId());

    assertThat(early.counts().notReached()).isEqualTo(1);
    assertThat(report.counts()).isEqualTo(new Counts(60, 59, 1, 0, 0, 0));
    assertThat(service.timesSent("k3")).isEqualTo(4);
  }

  @Test
  void run_outage_retriesOnlyTheBudgetsShareOfTheCalls() {
    SimulatedService service =
        scene.service().outage(Duration.ZERO, Duration.ofDays(1)).build();
    Runner runner = scene.runners().retryBudget(() -> RetryBudget.of(0.2, 10)).build();

    RunReport report = runner.run(Scene.job(1_000, service));

    assertThat(report.state()).isEqualTo(RunState.COMPLETED);
    assertThat(report.counts()).isEqualTo(new Counts(1_000, 0, 1_000, 0, 0, 0));
    assertThat(service.calls().size()).as("100 first calls, 10 + 20 % retries").isBetween(110, 130);
    assertThat(report.reasons().toString()).contains("the retry budget is used up", "SERVER_ERROR");
  }

  @Test
  void run_outageInWhichNothingCanBeVerified_repeatsVerificationsWithinTheBudgetOnly() {
    int[] verifications = {0};
    Target<String> down = new Target<>() {
      @Override
      public ChunkResult apply(Chunk<String> chunk) {
        return ChunkResult.unanswered(Failure.of(FailureKind.NETWORK, "connection reset"));
      }

      @Override
      public Optional<Map<String, Verdict>> verify(List<String> keys) {
        verifications[0]++;
        throw new FailureException(Failure.of(FailureKind.TIMEOUT, "no answer"));
      }
    };
    RetryBudget budget = RetryBudget.of(0.2, 10);
    Runner runner = scene.runners().retryBudget(() -> budget).build();

    RunReport report =
        runner.run(Scene.policies().from(Scene.source(1_000)).to(down).build());

    assertThat(report.counts()).isEqualTo(new Counts(1_000, 0, 0, 0, 1_000, 0));
    assertThat(verifications[0]).as("100 first looks, 10 + 20 % more").isBetween(110, 130);
    assertThat(budget.available()).isZero();
    assertThat(report.reasons().toString())
        .contains("connection reset", "not verified again: the retry budget is used up");
  }

  @Test
  void run_itemComesWithRetryAfter_isTriedAgainNoEarlier() {
    Duration asked = Duration.ofMinutes(10);
    List<Instant> calls = new ArrayList<>();
    Target<String> target = chunk -> {
      calls.add(scene.time.now());
      return calls.size() > 1
          ? ChunkResult.succeeded()
          : ChunkResult.builder()
              .failed("k3", Failure.of(FailureKind.SERVER_ERROR, "busy").withRetryAfter(asked))
              .othersSucceeded()
              .build();
    };

    scene.runner().run(Scene.policies().from(Scene.source(10)).to(target).build());

    assertThat(Duration.between(calls.get(0), calls.get(1))).isGreaterThanOrEqualTo(asked);
  }

  @Test
  void run_noBudget_retriesNothing() {
    SimulatedService service =
        scene.service().outage(Duration.ZERO, Duration.ofDays(1)).build();
    Runner runner = scene.runners().retryBudget(() -> RetryBudget.of(0, 0)).build();

    runner.run(Scene.job(1_000, service));

    assertThat(service.calls()).hasSize(100);
  }

  @Test
  void run_anotherRunUsedUpTheBudget_sharesItByService() {
    SimulatedService service =
        scene.service().outage(Duration.ZERO, Duration.ofDays(1)).build();
    Runner runner = scene.runners().retryBudget(() -> RetryBudget.of(0, 10)).build();

    runner.run(Scene.job(100, service));
    scene.time.advance(Duration.ofMinutes(1));
    runner.run(Scene.job(100, service));

    assertThat(service.calls()).hasSize(10 + 10 + 10);
  }

  @Test
  void run_retryIsRateLimited_costsTheBudgetOnceMore() {
    List<FailureKind> answers =
        List.of(FailureKind.SERVER_ERROR, FailureKind.RATE_LIMITED, FailureKind.SERVER_ERROR);
    int[] calls = {0};
    Target<String> target = chunk -> calls[0] < answers.size()
        ? ChunkResult.refused(Failure.of(answers.get(calls[0]++), "refused"))
        : ChunkResult.succeeded();
    RetryBudget budget = RetryBudget.of(0.5, 1);
    Runner runner = scene.runners().retryBudget(() -> budget).build();

    RunReport report =
        runner.run(Scene.policies().from(Scene.source(10)).to(target).build());

    assertThat(calls[0]).as("the first call, and the one retry that there was").isEqualTo(2);
    assertThat(budget.available()).isZero();
    assertThat(report.counts()).isEqualTo(new Counts(10, 0, 10, 0, 0, 0));
  }

  @Test
  void run_shortOutage_recoversWithinTheRetries() {
    SimulatedService service =
        scene.service().outage(Duration.ZERO, Duration.ofSeconds(1)).build();

    RunReport report = scene.runner().run(Scene.job(50, service));

    assertThat(report.counts()).isEqualTo(new Counts(50, 50, 0, 0, 0, 0));
  }
}
