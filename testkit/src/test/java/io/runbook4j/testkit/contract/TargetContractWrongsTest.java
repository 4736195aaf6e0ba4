package io.runbook4j.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Item;
import io.runbook4j.spi.sync.Target;
import io.runbook4j.testkit.CallFault;
import io.runbook4j.testkit.Idempotency;
import io.runbook4j.testkit.SimulatedService;
import io.runbook4j.testkit.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Mistakes that show under several threads, an interrupt, a count of effects or a time limit. */
final class TargetContractWrongsTest {
  private static final String AT_ONCE = "apply_severalThreadsAtOnce_reportsEachItem";
  private static final String BAD = "apply_badItem_failsWithAKind";
  private static final String BAD_AMONG_GOOD = "apply_badItemAmongGood_failsTheBadOne";
  private static final String EFFECT = "apply_reportedAsApplied_hasTakenEffect";
  private static final String EFFECT_ONCE = "apply_sameChunkTwice_takesEffectOnce";
  private static final String INTERRUPT = "apply_interrupted_keepsTheInterrupt";
  private static final String REFRESH = "refreshCredential_expired_letsTheNextCallPass";

  private static SimulatedService.Builder service() {
    return SimulatedService.builder(VirtualTime.builder().build())
        .failing(FailureKind.INVALID, "bad");
  }

  /** A service that works, for a target in front of it to be wrong. */
  abstract static class Checked extends TargetContract<String> {
    private final SimulatedService service = built();

    SimulatedService built() {
      return service().build();
    }

    /** What the target does with a chunk, and how the service would answer. */
    ChunkResult apply(Chunk<String> chunk, Target<String> honest) throws InterruptedException {
      return honest.apply(chunk);
    }

    @Override
    protected Target<String> target() throws Exception {
      return new Target<>() {
        @Override
        public ChunkResult apply(Chunk<String> chunk) throws InterruptedException {
          return Checked.this.apply(chunk, service.target());
        }

        @Override
        public boolean isIdempotent() {
          return service.target().isIdempotent();
        }
      };
    }

    @Override
    protected List<Item<String>> sampleItems() {
      return List.of(
          new Item<>("a", "1"), new Item<>("b", "2"), new Item<>("c", "3"), new Item<>("d", "4"));
    }

    @Override
    protected Optional<Item<String>> badItem() {
      return Optional.of(new Item<>("bad", "?"));
    }

    @Override
    protected OptionalInt effects(String key) {
      return OptionalInt.of(service.timesApplied(key));
    }
  }

  /** Answers from a field, which two calls at once share. */
  static class SharesAField extends Checked {
    private final CyclicBarrier two = new CyclicBarrier(2);
    private volatile Chunk<String> current = Chunk.of("none", List.of("none"), List.of(""));

    @Override
    ChunkResult apply(Chunk<String> chunk, Target<String> honest) throws InterruptedException {
      current = chunk;
      meetAnother(chunk);
      return honest.apply(answered(chunk));
    }

    Chunk<String> answered(Chunk<String> chunk) {
      return current;
    }

    private void meetAnother(Chunk<String> chunk) {
      if (chunk.idempotencyKey().startsWith("contract-at-once")) {
        try {
          two.await(30, TimeUnit.SECONDS);
        } catch (Exception e) {
          throw new IllegalStateException("no other call came meanwhile", e);
        }
      }
    }
  }

  static final class MeetsAnother extends SharesAField {
    @Override
    Chunk<String> answered(Chunk<String> chunk) {
      return chunk;
    }
  }

  @Test
  void notSafeForManyThreads_isFound() {
    assertThat(ContractRun.of(SharesAField.class).failed()).containsExactly(AT_ONCE);
    assertThat(ContractRun.of(MeetsAnother.class).failed()).isEmpty();
  }

  static final class NeverApplies extends Checked {
    @Override
    protected Optional<Item<String>> badItem() {
      return Optional.empty();
    }

    @Override
    ChunkResult apply(Chunk<String> chunk, Target<String> honest) {
      return ChunkResult.succeeded();
    }
  }

  @Test
  void successWithoutEffect_isFound() {
    ContractRun run = ContractRun.of(NeverApplies.class);

    assertThat(run.failed()).containsExactly(EFFECT);
    assertThat(run.message(EFFECT)).contains("\"a\", which was reported as applied");
  }

  /** Says that it is idempotent; its service heeds no idempotency key. */
  static final class AppliesTwice extends Checked {
    @Override
    SimulatedService built() {
      return service().idempotency(Idempotency.BY_IDEMPOTENCY_KEY).build();
    }

    @Override
    ChunkResult apply(Chunk<String> chunk, Target<String> honest) throws InterruptedException {
      return honest.apply(Chunk.of(
          chunk.idempotencyKey() + System.identityHashCode(chunk), chunk.keys(), chunk.values()));
    }
  }

  @Test
  void secondEffect_isFound() {
    ContractRun run = ContractRun.of(AppliesTwice.class);

    assertThat(run.failed()).containsExactly(EFFECT_ONCE);
    assertThat(run.message(EFFECT_ONCE)).contains("a target that says it is idempotent");
  }

  static final class SwallowsTheInterrupt extends Checked {
    @Override
    ChunkResult apply(Chunk<String> chunk, Target<String> honest) throws InterruptedException {
      return Thread.interrupted()
          ? ChunkResult.unanswered(Failure.of(FailureKind.CANCELLED, "interrupted"))
          : honest.apply(chunk);
    }
  }

  static final class ThrowsTheInterrupt extends Checked {
    @Override
    ChunkResult apply(Chunk<String> chunk, Target<String> honest) throws InterruptedException {
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted");
      }
      return honest.apply(chunk);
    }
  }

  static class WrapsTheInterrupt extends Checked {
    boolean looked() {
      return Thread.interrupted();
    }

    @Override
    ChunkResult apply(Chunk<String> chunk, Target<String> honest) throws InterruptedException {
      if (looked()) {
        throw new IllegalStateException("interrupted");
      }
      return honest.apply(chunk);
    }
  }

  static final class WrapsAndKeepsTheInterrupt extends WrapsTheInterrupt {
    @Override
    boolean looked() {
      return Thread.currentThread().isInterrupted();
    }
  }

  @Test
  void interruptSwallowed_isFound() {
    assertThat(ContractRun.of(SwallowsTheInterrupt.class).failed()).containsExactly(INTERRUPT);
    assertThat(ContractRun.of(WrapsTheInterrupt.class).failed()).containsExactly(INTERRUPT);
    assertThat(ContractRun.of(ThrowsTheInterrupt.class).failed()).isEmpty();
    assertThat(ContractRun.of(WrapsAndKeepsTheInterrupt.class).failed()).isEmpty();
  }

  static class RefusesTheChunk extends Checked {
    FailureKind kind() {
      return FailureKind.SERVER_ERROR;
    }

    @Override
    ChunkResult apply(Chunk<String> chunk, Target<String> honest) throws InterruptedException {
      return chunk.keys().contains("bad")
          ? ChunkResult.refused(Failure.of(kind(), "a bad item"))
          : honest.apply(chunk);
    }
  }

  static final class RefusesTheChunkForItsData extends RefusesTheChunk {
    @Override
    FailureKind kind() {
      return FailureKind.INVALID;
    }
  }

  @Test
  void chunkRefusedForABadItem_isFoundUnlessTheRunBisectsIt() {
    ContractRun run = ContractRun.of(RefusesTheChunk.class);

    assertThat(run.failed()).containsExactlyInAnyOrder(BAD, BAD_AMONG_GOOD);
    assertThat(run.message(BAD_AMONG_GOOD)).contains("the run does not bisect", "SERVER_ERROR");
    assertThat(ContractRun.of(RefusesTheChunkForItsData.class).failed()).isEmpty();
  }

  static final class FailsTheGoodWithTheBad extends Checked {
    @Override
    ChunkResult apply(Chunk<String> chunk, Target<String> honest) throws InterruptedException {
      if (!chunk.keys().contains("bad")) {
        return honest.apply(chunk);
      }
      ChunkResult.Builder result = ChunkResult.builder();
      chunk.keys().forEach(key -> result.failed(key, Failure.of(FailureKind.INVALID, "bad item")));
      return result.build();
    }
  }

  @Test
  void goodItemFailedWithTheBadOne_isFound() {
    ContractRun run = ContractRun.of(FailsTheGoodWithTheBad.class);

    assertThat(run.failed()).containsExactly(BAD_AMONG_GOOD);
    assertThat(run.message(BAD_AMONG_GOOD)).contains("the good item \"a\"", "INVALID");
  }

  abstract static class Expired extends Checked {
    private final boolean unrefreshable;
    private final UnaryOperator<ChunkResult> answer;

    Expired(boolean unrefreshable, UnaryOperator<ChunkResult> answer) {
      this.unrefreshable = unrefreshable;
      this.answer = answer;
    }

    @Override
    protected Optional<Target<String>> expired() {
      SimulatedService.Builder builder = service().callFault(1, CallFault.AUTHENTICATION);
      Target<String> honest =
          (unrefreshable ? builder.unrefreshable() : builder).build().target();
      return Optional.of(new Target<>() {
        @Override
        public ChunkResult apply(Chunk<String> chunk) throws InterruptedException {
          return answer.apply(honest.apply(chunk));
        }

        @Override
        public boolean refreshCredential() throws InterruptedException {
          return honest.refreshCredential();
        }
      });
    }
  }

  static final class CannotRefresh extends Expired {
    CannotRefresh() {
      super(true, result -> result);
    }
  }

  static final class CallsItPermission extends Expired {
    CallsItPermission() {
      super(
          false,
          result -> result.isWholeCall()
              ? ChunkResult.refused(Failure.of(FailureKind.PERMISSION, "401"))
              : result);
    }
  }

  static final class Refreshes extends Expired {
    Refreshes() {
      super(false, result -> result);
    }
  }

  @Test
  void credentialNotRefreshed_isFound() {
    assertThat(ContractRun.of(CannotRefresh.class).failed()).containsExactly(REFRESH);
    assertThat(ContractRun.of(CallsItPermission.class).failed()).containsExactly(REFRESH);
    assertThat(ContractRun.of(Refreshes.class).failed()).isEmpty();
  }

  static final class AnswersNull extends Checked {
    @Override
    @SuppressWarnings("NullAway") // an author without a checker
    ChunkResult apply(Chunk<String> chunk, Target<String> honest) {
      return null;
    }
  }

  static final class OffersNoItems extends Checked {
    @Override
    protected List<Item<String>> sampleItems() {
      return List.of();
    }
  }

  @Test
  void nullAndNoItems_areNamedInWords() {
    assertThat(ContractRun.of(AnswersNull.class).message("apply_oneItem_reportsIt"))
        .contains("the result of apply, which must not be null");
    assertThat(ContractRun.of(OffersNoItems.class).message("apply_oneItem_reportsIt"))
        .contains("the 0 sampleItems(), of which two are needed");
  }

  @Timeout(
      value = 200,
      unit = TimeUnit.MILLISECONDS,
      threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  static final class Blocks extends Checked {
    static final CountDownLatch END = new CountDownLatch(1);

    @Override
    ChunkResult apply(Chunk<String> chunk, Target<String> honest) {
      boolean ended = false;
      while (!ended) {
        try {
          END.await();
          ended = true;
        } catch (InterruptedException e) {
          ended = false; // heeds nothing
        }
      }
      return ChunkResult.succeeded();
    }
  }

  @Test
  @Timeout(60)
  void blockingTarget_endsWithTheTimeLimit() {
    ContractRun run = ContractRun.of(Blocks.class);
    Blocks.END.countDown();

    assertThat(run.failed()).contains("apply_oneItem_reportsIt", AT_ONCE);
    assertThat(run.message("apply_oneItem_reportsIt")).contains("timed out");
  }

  /** Waits on its virtual clock in each call, when it is made, and before. */
  static final class Slow extends Checked {
    private final VirtualTime time = VirtualTime.builder().build();

    @BeforeEach
    void waitAndLeave() throws InterruptedException {
      time.sleep(Duration.ofSeconds(1));
      time.leave();
    }

    @Override
    protected Target<String> target() throws Exception {
      time.sleep(Duration.ofSeconds(1));
      return super.target();
    }

    @Override
    ChunkResult apply(Chunk<String> chunk, Target<String> honest) throws InterruptedException {
      time.sleep(Duration.ofHours(1));
      return honest.apply(chunk);
    }
  }

  @Test
  @Timeout(60)
  void targetThatWaitsOnAVirtualTime_passes() {
    assertThat(ContractRun.of(Slow.class).failed()).isEmpty();
  }
}
