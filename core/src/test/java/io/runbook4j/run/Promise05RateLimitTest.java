package io.runbook4j.run;

import static io.runbook4j.spi.sync.FailureKind.INVALID;
import static io.runbook4j.spi.sync.FailureKind.SERVER_ERROR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.runbook4j.backoff.BackOff;
import io.runbook4j.chunk.ChunkSize;
import io.runbook4j.chunk.ChunkSizer.SizeChange;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.LedgerEntry.LimitMet;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Target;
import io.runbook4j.testkit.CallFault;
import io.runbook4j.testkit.ServiceCall;
import io.runbook4j.testkit.SimulatedService;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Promise 5: a rate limit is the service's, not the call's. */
class Promise05RateLimitTest {
  private static final Duration BACK_OFF = Duration.ofSeconds(30);
  private static final Failure LIMITED = Failure.of(FailureKind.RATE_LIMITED, "slow down");

  private final Scene scene = new Scene();
  private final List<Instant> calls = new ArrayList<>();

  @Test
  void run_anotherRunIsLimited_waitsWithIt() {
    Duration latency = Duration.ofSeconds(1);
    SimulatedService service = scene
        .service()
        .latency(latency, latency)
        .callFault(5, CallFault.RATE_LIMITED)
        .build();
    Runner runner = scene.runner();
    for (String name : List.of("one", "two")) {
      SyncJob<String> job = SyncJob.<String>named(name)
          .from(Scene.source(100))
          .to(service.target())
          .chunkSize(ChunkSize.fixed(10))
          .backOff(BackOff.between(BACK_OFF, BACK_OFF))
          .build();
      scene.time.executor().execute(() -> runner.run(job));
    }

    scene.time.runToIdle();

    Instant closed = service.calls().get(4).at().plus(latency);
    assertThat(service.calls()).hasSize(21);
    assertThat(service.calls().stream().map(ServiceCall::at))
        .as("calls while the limiter is closed")
        .noneMatch(at -> at.isAfter(closed) && at.isBefore(closed.plus(BACK_OFF)));
    assertThat(service.appliedKeys()).hasSize(100).allMatch(key -> service.timesApplied(key) == 2);
  }

  @Test
  void run_limitedAgainAndAgain_halvesTheChunkDownToItsMinimum() {
    RunReport report = scene.runner().run(limited(4, LIMITED).build());

    assertThat(report.sizeChanges().stream().filter(change -> change.to() < change.from()))
        .extracting(SizeChange::from, SizeChange::to)
        .containsExactly(tuple(40, 20), tuple(20, 10));
    assertThat(report.sizeChanges().get(0).cause()).contains("RATE_LIMITED");
    assertThat(report.counts()).isEqualTo(new Counts(1_000, 1_000, 0, 0, 0, 0));
  }

  @Test
  void run_cleanChunksFollow_growsStepByStepToWhatItWas() {
    RunReport report =
        scene.runner().run(limited(1, LIMITED).from(Scene.source(10_000)).build());

    List<SizeChange> growth =
        report.sizeChanges().subList(1, report.sizeChanges().size());
    assertThat(growth).hasSizeGreaterThan(5).allSatisfy(change -> {
      assertThat(change.to() - change.from()).isBetween(1, 15);
      assertThat(change.cause()).contains("clean chunks in a row");
    });
    assertThat(growth.get(growth.size() - 1).to()).isEqualTo(160);
  }

  @Test
  void run_everyItemOfEveryChunkFails_doesNotGrow() {
    RunReport report = scene
        .runner()
        .run(Scene.policies()
            .from(Scene.source(3_000))
            .to(chunk -> allFailed(chunk, SERVER_ERROR))
            .chunkSize(ChunkSize.adaptive(10, 160))
            .on(SERVER_ERROR, Reaction.fail())
            .build());

    assertThat(report.counts()).isEqualTo(new Counts(3_000, 0, 3_000, 0, 0, 0));
    assertThat(report.sizeChanges()).isEmpty();
  }

  @Test
  void run_oneItemOfEveryChunkHasToBeRetried_doesNotGrow() {
    Set<String> failed = new HashSet<>();
    RunReport report = scene
        .runner()
        .run(limited(0, LIMITED)
            .to(chunk -> chunk.size() < 40 || !failed.add(chunk.keys().get(0))
                ? ChunkResult.succeeded()
                : ChunkResult.builder()
                    .failed(chunk.keys().get(0), Failure.of(SERVER_ERROR, "busy"))
                    .othersSucceeded()
                    .build())
            .retryBackOff(BackOff.between(Duration.ofDays(1), Duration.ofDays(1)))
            .build());

    assertThat(report.counts()).isEqualTo(new Counts(1_000, 1_000, 0, 0, 0, 0));
    assertThat(report.sizeChanges()).isEmpty();
  }

  @Test
  void run_limitedBetweenChunksInWhichEverythingIsBusy_losesItsPatience() {
    assertThat(limitedEverySecondTime(SERVER_ERROR).reason())
        .contains("rate limited 3 times in a row");
  }

  @Test
  void run_limitedBetweenChunksInWhichEverythingIsRefused_wasNotLimitedInARow() {
    RunReport report = limitedEverySecondTime(INVALID);

    assertThat(report.counts()).isEqualTo(new Counts(1_000, 0, 1_000, 0, 0, 0));
    assertThat(report.sizeChanges())
        .as("nothing shows that the service bears more")
        .isEmpty();
  }

  private RunReport limitedEverySecondTime(FailureKind otherwise) {
    return scene
        .runner()
        .run(Scene.policies()
            .from(Scene.source(1_000))
            .to(chunk -> {
              calls.add(scene.time.now());
              return calls.size() % 2 == 1
                  ? ChunkResult.refused(LIMITED)
                  : allFailed(chunk, otherwise);
            })
            .patience(3)
            .build());
  }

  @Test
  void run_oneTimeoutAndTheTargetFindsNothingApplied_halvesTheChunkOnce() {
    SimulatedService service =
        scene.service().verifying().callFault(1, CallFault.LOST_BEFORE_APPLYING).build();

    RunReport report = scene
        .runner()
        .run(Scene.policies()
            .from(Scene.source(200))
            .to(service.target())
            .chunkSize(ChunkSize.adaptive(10, 160))
            .build());

    assertThat(report.counts()).isEqualTo(new Counts(200, 200, 0, 0, 0, 0));
    assertThat(report.sizeChanges().stream().filter(change -> change.to() < change.from()))
        .extracting(SizeChange::from, SizeChange::to)
        .containsExactly(tuple(40, 20));
  }

  @Test
  void run_fixedChunkSize_staysAsItIs() {
    RunReport report =
        scene.runner().run(limited(4, LIMITED).chunkSize(ChunkSize.fixed(10)).build());

    assertThat(report.sizeChanges()).isEmpty();
    assertThat(report.chunks()).allMatch(chunk -> chunk.size() == 10);
  }

  @Test
  void run_retryAfterIsLonger_waitsAsLongAsTheServiceAsks() {
    Duration asked = Duration.ofMinutes(7);
    RunReport report =
        scene.runner().run(limited(1, LIMITED.withRetryAfter(asked)).build());

    assertThat(Duration.between(calls.get(0), calls.get(1)))
        .isBetween(asked, asked.plusSeconds(11));
    assertThat(report.limits()).hasSize(1);
    assertThat(report.limits().get(0).asked()).contains(asked);
    assertThat(report.totals().waited()).isGreaterThanOrEqualTo(asked);
  }

  @Test
  void run_backOffIsLonger_waitsAsLongAsTheJobWants() {
    scene.runner().run(limited(1, LIMITED.withRetryAfter(Duration.ofSeconds(1))).build());

    assertThat(Duration.between(calls.get(0), calls.get(1)))
        .isBetween(BACK_OFF, BACK_OFF.plusSeconds(4));
  }

  @Test
  void run_retryAfterIsAboveAnHour_isNotCutShort() {
    Duration asked = Duration.ofHours(3);

    scene.runner().run(limited(1, LIMITED.withRetryAfter(asked)).build());

    assertThat(Duration.between(calls.get(0), calls.get(1)))
        .isBetween(asked, asked.plusSeconds(11));
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT3H", "P4D"})
  void run_backOffIsAboveAnHour_isNotCutShort(Duration backOff) {
    scene
        .runner()
        .run(limited(1, LIMITED).backOff(BackOff.between(backOff, backOff)).build());

    assertThat(Duration.between(calls.get(0), calls.get(1)))
        .isBetween(backOff, backOff.plusSeconds(60));
  }

  @Test
  void run_neverLetIn_stopsWhenItsPatienceEnds() {
    RunReport report =
        scene.runner().run(limited(Integer.MAX_VALUE, LIMITED).patience(3).build());

    assertThat(report.state()).isEqualTo(RunState.STOPPED);
    assertThat(report.reason()).contains("rate limited 3 times in a row");
    assertThat(calls).hasSize(3);
    assertThat(report.counts().notReached()).isEqualTo(report.counts().read());
  }

  @Test
  void run_limitedAgainAfterEachSuccess_keepsItsPatience() {
    RunReport report = scene
        .runner()
        .run(limited(0, LIMITED)
            .to(chunk -> {
              calls.add(scene.time.now());
              return calls.size() % 2 == 1 ? ChunkResult.refused(LIMITED) : ChunkResult.succeeded();
            })
            .patience(2)
            .build());

    assertThat(report.state()).isEqualTo(RunState.COMPLETED);
    assertThat(report.limits()).hasSizeGreaterThan(2);
  }

  @Test
  void run_serverErrorWithRetryAfter_keepsEveryChunkAway() {
    Duration asked = Duration.ofMinutes(10);
    Failure down = Failure.of(SERVER_ERROR, "maintenance").withRetryAfter(asked);

    scene.runner().run(limited(1, down).build());

    assertThat(Duration.between(calls.get(0), calls.get(1)))
        .isBetween(asked, asked.plusSeconds(11));
  }

  @Test
  void run_limitedBetweenRetries_costsNoAttempt() {
    List<FailureKind> answers = List.of(
        FailureKind.RATE_LIMITED,
        FailureKind.RATE_LIMITED,
        FailureKind.SERVER_ERROR,
        FailureKind.RATE_LIMITED);

    RunReport report = scene
        .runner()
        .run(Scene.policies()
            .from(Scene.source(10))
            .to(answering(answers))
            .on(FailureKind.SERVER_ERROR, Reaction.retry(1))
            .build());

    assertThat(report.counts()).isEqualTo(new Counts(10, 10, 0, 0, 0, 0));
  }

  @Test
  void resume_limitedBefore_costsNoAttempt() {
    List<FailureKind> answers = List.of(
        FailureKind.RATE_LIMITED,
        FailureKind.RATE_LIMITED,
        FailureKind.SERVER_ERROR,
        FailureKind.RATE_LIMITED);
    SyncJob.Builder<String> policies = Scene.policies()
        .from(Scene.source(10))
        .to(answering(answers))
        .on(FailureKind.SERVER_ERROR, Reaction.retry(1));
    RunReport early = scene.runner().run(policies.patience(2).build());

    RunReport report = scene.runner().resume(policies.patience(12).build(), early.runId());

    assertThat(early.state()).isEqualTo(RunState.STOPPED);
    assertThat(report.counts()).isEqualTo(new Counts(10, 10, 0, 0, 0, 0));
  }

  @Test
  void run_singleItemsAreLimited_waitsAndSendsOnlyThoseAgain() {
    SimulatedService service =
        scene.service().failingTimes(2, FailureKind.RATE_LIMITED, "k3", "k4").build();

    RunReport report = scene
        .runner()
        .run(Scene.policies()
            .from(Scene.source(10))
            .to(service.target())
            .backOff(BackOff.between(BACK_OFF, BACK_OFF))
            .build());

    assertThat(report.counts()).isEqualTo(new Counts(10, 10, 0, 0, 0, 0));
    assertThat(service.calls())
        .extracting(ServiceCall::keys)
        .containsExactly(Scene.keys(10), Scene.keys(3, 5), Scene.keys(3, 5));
    assertThat(scene.time.elapsed()).isGreaterThanOrEqualTo(BACK_OFF.multipliedBy(2));
  }

  @Test
  void resume_limiterWasClosed_staysClosedInTheNextProcess() {
    SyncJob<String> job =
        limited(1, LIMITED.withRetryAfter(Duration.ofMinutes(9))).patience(1).build();
    RunReport early = scene.runner().run(job);
    Instant until = scene.ledger.entries(early.runId()).stream()
        .filter(LimitMet.class::isInstance)
        .map(entry -> ((LimitMet) entry).until())
        .findFirst()
        .orElseThrow();

    RunReport report = scene.runner().resume(job, early.runId());

    assertThat(until).isAfterOrEqualTo(calls.get(0).plus(Duration.ofMinutes(9)));
    assertThat(calls.get(1)).isAfterOrEqualTo(until);
    assertThat(report.state()).isEqualTo(RunState.COMPLETED);
  }

  private static ChunkResult allFailed(Chunk<String> chunk, FailureKind kind) {
    ChunkResult.Builder result = ChunkResult.builder();
    chunk.keys().forEach(key -> result.failed(key, Failure.of(kind, "one by one")));
    return result.build();
  }

  /** {@return 1,000 items in adaptive chunks, and a service that refuses its first few calls} */
  private SyncJob.Builder<String> limited(int times, Failure failure) {
    return Scene.policies()
        .from(Scene.source(1_000))
        .to(chunk -> {
          calls.add(scene.time.now());
          return calls.size() <= times ? ChunkResult.refused(failure) : ChunkResult.succeeded();
        })
        .chunkSize(ChunkSize.adaptive(10, 160))
        .backOff(BackOff.between(BACK_OFF, BACK_OFF));
  }

  /** {@return a target that refuses its first calls in these ways} */
  private Target<String> answering(List<FailureKind> answers) {
    return chunk -> {
      calls.add(scene.time.now());
      return calls.size() <= answers.size()
          ? ChunkResult.refused(Failure.of(answers.get(calls.size() - 1), "refused"))
          : ChunkResult.succeeded();
    };
  }
}
