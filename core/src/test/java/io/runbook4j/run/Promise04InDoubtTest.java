package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runbook4j.backoff.BackOff;
import io.runbook4j.limit.RetryBudget;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.ItemRecord;
import io.runbook4j.spi.ledger.ItemState;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import io.runbook4j.spi.sync.Target;
import io.runbook4j.testkit.CallFault;
import io.runbook4j.testkit.CrashMoment;
import io.runbook4j.testkit.CrashSwitch;
import io.runbook4j.testkit.Idempotency;
import io.runbook4j.testkit.SimulatedCrash;
import io.runbook4j.testkit.SimulatedService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Promise 4: in doubt is said, not guessed. */
class Promise04InDoubtTest {
  private static final Set<CallFault> LOST = EnumSet.of(
      CallFault.LOST_BEFORE_APPLYING,
      CallFault.LOST_AFTER_APPLYING,
      CallFault.BROKEN_AFTER_APPLYING,
      CallFault.CRASH_BEFORE_APPLYING,
      CallFault.CRASH_WHILE_APPLYING,
      CallFault.CRASH_AFTER_APPLYING);
  private static final Failure TIMEOUT = Failure.of(FailureKind.TIMEOUT, "no answer");

  private final Scene scene = new Scene();

  /**
   * What happens to the second of three chunks.
   *
   * @param policy what the job wants
   * @param verifying whether the target can look
   * @param idempotency whether the target bears a second time
   * @param fault how the answer was lost
   */
  record Case(InDoubt policy, boolean verifying, Idempotency idempotency, CallFault fault) {
    boolean isVerified() {
      return verifying && (policy == InDoubt.RESOLVE || policy == InDoubt.VERIFY);
    }

    boolean isReapplied() {
      boolean harmless = idempotency != Idempotency.NONE;
      return policy == InDoubt.REAPPLY || (policy == InDoubt.RESOLVE && !verifying && harmless);
    }

    boolean isParked() {
      return !isVerified() && !isReapplied();
    }

    boolean mayApplyTwice() {
      return isReapplied() && idempotency == Idempotency.NONE;
    }
  }

  static Stream<Case> cases() {
    return Stream.of(InDoubt.values())
        .flatMap(policy -> Stream.of(true, false)
            .flatMap(verifying -> Stream.of(Idempotency.NONE, Idempotency.BY_IDEMPOTENCY_KEY)
                .flatMap(idempotency ->
                    LOST.stream().map(fault -> new Case(policy, verifying, idempotency, fault)))));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void run_answerOfTheSecondChunkIsLost_isVerifiedReappliedOrParked(Case lost) {
    SimulatedService service = service(lost).callFault(2, lost.fault()).build();

    liveToTheEnd(CrashSwitch.create(), lost, service);

    assertSettled(lost, service);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void resume_diedBetweenApplyingAndRecording_isVerifiedReappliedOrParked(Case lost) {
    SimulatedService service = service(lost).build();
    // Records: the beginning of the run and of chunk 1 are two, then one for each chunk's result.
    CrashSwitch life = CrashSwitch.create().crashAtRecord(4, CrashMoment.BEFORE);

    liveToTheEnd(life, lost, service);

    assertSettled(lost, service);
  }

  private SimulatedService.Builder service(Case lost) {
    SimulatedService.Builder service = scene.service().idempotency(lost.idempotency());
    return lost.verifying() ? service.verifying() : service;
  }

  private void liveToTheEnd(CrashSwitch life, Case lost, SimulatedService service) {
    scene.live(life, policies(lost.policy()), Scene.source(30), service);
    if (!scene.isCompleted()) {
      scene.live(CrashSwitch.create(), policies(lost.policy()), Scene.source(30), service);
    }
  }

  private static SyncJob.Builder<String> policies(InDoubt policy) {
    return Scene.policies()
        .inDoubt(policy)
        .retryBackOff(BackOff.between(Duration.ofMillis(10), Duration.ofMillis(20)));
  }

  private void assertSettled(Case lost, SimulatedService service) {
    int doubtful = lost.isParked() ? 10 : 0;
    assertThat(scene.newest().state()).isEqualTo(RunState.COMPLETED);
    assertThat(scene.newest().counts()).isEqualTo(new Counts(30, 30 - doubtful, 0, 0, doubtful, 0));
    assertThat(inDoubt()).isEqualTo(lost.isParked() ? Scene.keys(10, 20) : List.of());
    for (String key : Scene.keys(30)) {
      int most = lost.mayApplyTwice() ? 2 : 1;
      int least = inDoubt().contains(key) ? 0 : 1;
      assertThat(service.timesApplied(key)).as(key).isBetween(least, most);
    }
    if (lost.isReapplied()) {
      assertThat(service.calls().stream().filter(call -> call.keys().contains("k10")))
          .as("the calls of one chunk carry one idempotency key")
          .hasSize(2)
          .extracting(call -> call.idempotencyKey())
          .containsOnly(service.calls().get(1).idempotencyKey());
    }
  }

  private List<String> inDoubt() {
    return scene
        .ledger
        .items(scene.newest().run(), ItemFilter.all().states(ItemState.IN_DOUBT))
        .stream()
        .map(ItemRecord::key)
        .toList();
  }

  @Test
  void run_everyReapplicationIsLostToo_parksTheChunkAfterAFew() {
    int[] calls = {0};
    RunReport report = scene
        .runner()
        .run(policies(InDoubt.REAPPLY)
            .from(Scene.source(10))
            .to(chunk -> {
              calls[0]++;
              return ChunkResult.unanswered(TIMEOUT);
            })
            .build());

    assertThat(report.counts()).isEqualTo(new Counts(10, 0, 0, 0, 10, 0));
    assertThat(calls[0]).isEqualTo(4);
  }

  @Test
  void run_someItemsAreInDoubt_verifiesOnlyThose() {
    PartlyInDoubt target = new PartlyInDoubt(Map.of(
        "k1", Target.Verdict.APPLIED, "k2", Target.Verdict.ABSENT, "k3", Target.Verdict.UNKNOWN));

    RunReport report = scene
        .runner()
        .run(policies(InDoubt.RESOLVE).from(Scene.source(10)).to(target).build());

    assertThat(target.asked).isEqualTo(List.of(List.of("k1", "k2", "k3", "k4")));
    assertThat(target.sent).isEqualTo(List.of(Scene.keys(10), List.of("k2")));
    assertThat(report.counts()).isEqualTo(new Counts(10, 8, 0, 0, 2, 0));
    assertThat(inDoubt()).containsExactly("k3", "k4");
  }

  @Test
  void run_someItemsAreInDoubtAndPolicyParks_parksOnlyThose() {
    PartlyInDoubt target = new PartlyInDoubt(Map.of());

    RunReport report = scene
        .runner()
        .run(policies(InDoubt.PARK).from(Scene.source(10)).to(target).build());

    assertThat(target.asked).isEmpty();
    assertThat(report.counts()).isEqualTo(new Counts(10, 6, 0, 0, 4, 0));
  }

  @Test
  void run_targetThrowsWithoutSayingWhy_leavesTheChunkInDoubtAndGoesOn() {
    RunReport report = scene
        .runner()
        .run(policies(InDoubt.RESOLVE)
            .from(Scene.source(30))
            .to(chunk -> {
              if (chunk.keys().contains("k12")) {
                throw new IllegalStateException("connection pool shut down");
              }
              return ChunkResult.succeeded();
            })
            .build());

    assertThat(report.counts()).isEqualTo(new Counts(30, 20, 0, 0, 10, 0));
    assertThat(report.reasons().get(0).text()).contains("in doubt", "connection pool shut down");
    assertThat(report.next()).anyMatch(step -> step.startsWith("10 in doubt"));
  }

  @Test
  void run_targetReturnsNull_leavesTheChunkInDoubt() {
    RunReport report = scene
        .runner()
        .run(policies(InDoubt.RESOLVE)
            .from(Scene.source(10))
            .to(chunk -> nothing())
            .build());

    assertThat(report.counts()).isEqualTo(new Counts(10, 0, 0, 0, 10, 0));
    assertThat(report.reasons().get(0).text())
        .isEqualTo("in doubt: the target's apply returned null, must be a ChunkResult");
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // what a careless target does
  private static <R> R nothing() {
    return null;
  }

  @Test
  void run_verificationFailsForAWhile_asksAgain() {
    int[] asked = {0};
    Target<String> target = new Target<>() {
      @Override
      public ChunkResult apply(Chunk<String> chunk) {
        return ChunkResult.unanswered(TIMEOUT);
      }

      @Override
      public Optional<Map<String, Verdict>> verify(List<String> keys) {
        if (++asked[0] < 3) {
          throw new io.runbook4j.spi.sync.FailureException(
              Failure.of(FailureKind.SERVER_ERROR, "down"));
        }
        return Optional.of(Map.of("k0", Verdict.APPLIED));
      }
    };

    RunReport report = scene
        .runner()
        .run(policies(InDoubt.RESOLVE).from(Scene.source(1)).to(target).build());

    assertThat(report.counts()).isEqualTo(new Counts(1, 1, 0, 0, 0, 0));
    assertThat(asked[0]).isEqualTo(3);
  }

  @Test
  void rerunFailed_itemsInDoubt_sendsOnlyThoseThatWereNotApplied() {
    SimulatedService service =
        scene.service().verifying().callFault(2, CallFault.LOST_AFTER_APPLYING).build();
    RunReport report = scene
        .runner()
        .run(policies(InDoubt.PARK).from(Scene.source(30)).to(service.target()).build());

    RunReport rerun = scene
        .runner()
        .rerunFailed(
            policies(InDoubt.VERIFY).from(Scene.source(30)).to(service.target()).build(),
            report.runId(),
            ItemFilter.all().states(ItemState.IN_DOUBT));

    assertThat(rerun.counts()).isEqualTo(new Counts(10, 10, 0, 0, 0, 0));
    assertThat(service.calls()).hasSize(3);
    assertThat(service.timesApplied("k15")).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"1, true", "2, true", "3, true", "4, true", "1, false", "2, false", "3, false"})
  void resume_rerunDiedBeforeItAskedAboutAll_asksOnlyAboutTheOthers(int record, boolean ofOneRun) {
    SimulatedService service = scene
        .service()
        .verifying()
        .callFault(2, CallFault.LOST_AFTER_APPLYING)
        .callFault(3, CallFault.LOST_AFTER_APPLYING)
        .build();
    RunReport report = scene
        .runner()
        .run(policies(InDoubt.PARK).from(Scene.source(30)).to(service.target()).build());
    SyncJob<String> job =
        policies(InDoubt.VERIFY).from(Scene.source(30)).to(service.target()).build();
    ItemFilter doubtful = ItemFilter.all().states(ItemState.IN_DOUBT);
    CrashSwitch life = CrashSwitch.create().crashAtRecord(record, CrashMoment.AFTER);
    Runner dying = scene.runners().ledger(life.wrap(scene.ledger)).build();
    assertThatThrownBy(() -> {
          if (ofOneRun) {
            dying.rerunFailed(job, report.runId(), doubtful);
          } else {
            dying.rerunOutstanding(job, doubtful);
          }
        })
        .isInstanceOf(SimulatedCrash.class);
    scene.ledger.close();

    RunReport rerun = scene.runner().resume(job, scene.newest().run());

    assertThat(rerun.counts()).isEqualTo(new Counts(20, 20, 0, 0, 0, 0));
    assertThat(service.calls()).hasSize(3);
  }

  @Test
  void rerunFailed_itemsInDoubtAndTheTargetCannotLook_sendsThem() {
    SimulatedService service =
        scene.service().callFault(2, CallFault.LOST_BEFORE_APPLYING).build();
    SyncJob<String> job =
        policies(InDoubt.RESOLVE).from(Scene.source(30)).to(service.target()).build();
    RunReport report = scene.runner().run(job);

    RunReport rerun = scene
        .runner()
        .rerunFailed(job, report.runId(), ItemFilter.all().states(ItemState.IN_DOUBT));

    assertThat(report.counts().inDoubt()).isEqualTo(10);
    assertThat(rerun.counts()).isEqualTo(new Counts(10, 10, 0, 0, 0, 0));
    assertThat(service.timesApplied("k15")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 100})
  void rerunFailed_itemsInDoubtAndNobodySaysWhetherTheyAreKnown_leavesThemInDoubt(int retries) {
    int[] sent = new int[1];
    Target<String> down = new Target<>() {
      @Override
      public ChunkResult apply(Chunk<String> chunk) {
        sent[0]++;
        return ChunkResult.unanswered(Failure.of(FailureKind.NETWORK, "connection reset"));
      }

      @Override
      public Optional<Map<String, Verdict>> verify(List<String> keys) {
        throw new FailureException(Failure.of(FailureKind.SERVER_ERROR, "down"));
      }
    };
    SyncJob<String> job =
        policies(InDoubt.VERIFY).from(Scene.source(10)).to(down).build();
    RunReport report = scene.runner().run(job);

    RunReport rerun = scene
        .runners()
        .retryBudget(() -> RetryBudget.of(0, retries))
        .build()
        .rerunFailed(job, report.runId(), ItemFilter.all().states(ItemState.IN_DOUBT));

    assertThat(rerun.counts()).isEqualTo(new Counts(10, 0, 0, 0, 10, 0));
    assertThat(sent[0]).isEqualTo(1);
  }

  @Test
  void rerunFailed_itemsInDoubtAndTheTargetDoesNotKnowThem_sendsThem() {
    PartlyInDoubt target = new PartlyInDoubt(Map.of("k1", Target.Verdict.APPLIED));
    SyncJob<String> job =
        policies(InDoubt.RESOLVE).from(Scene.source(10)).to(target).build();
    RunReport report = scene.runner().run(job);

    RunReport rerun = scene
        .runner()
        .rerunFailed(job, report.runId(), ItemFilter.all().states(ItemState.IN_DOUBT));

    assertThat(report.counts().inDoubt()).isEqualTo(3);
    assertThat(rerun.counts()).isEqualTo(new Counts(3, 3, 0, 0, 0, 0));
    assertThat(target.sent.get(1)).containsExactly("k2", "k3", "k4");
  }

  /** Does not know of four items of its first chunk, and answers questions about them. */
  private static final class PartlyInDoubt implements Target<String> {
    private final Map<String, Verdict> verdicts;
    final List<List<String>> sent = new ArrayList<>();
    final List<List<String>> asked = new ArrayList<>();

    PartlyInDoubt(Map<String, Verdict> verdicts) {
      this.verdicts = verdicts;
    }

    @Override
    public ChunkResult apply(Chunk<String> chunk) {
      sent.add(List.copyOf(chunk.keys()));
      ChunkResult.Builder result = ChunkResult.builder();
      if (sent.size() == 1) {
        Scene.keys(1, 5).forEach(key -> result.outcome(key, Outcome.inDoubt(TIMEOUT)));
      }
      return result.othersSucceeded().build();
    }

    @Override
    public Optional<Map<String, Verdict>> verify(List<String> keys) {
      asked.add(List.copyOf(keys));
      return Optional.of(verdicts);
    }
  }
}
