package io.runbook4j.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Item;
import io.runbook4j.spi.sync.Target;
import io.runbook4j.testkit.CallFault;
import io.runbook4j.testkit.Idempotency;
import io.runbook4j.testkit.SimulatedService;
import io.runbook4j.testkit.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class TargetContractTest {
  private static final int ALL = 15;

  private static SimulatedService.Builder service() {
    return SimulatedService.builder(VirtualTime.startingAt(Instant.parse("2026-01-05T09:00:00Z")))
        .idempotency(Idempotency.BY_IDEMPOTENCY_KEY)
        .verifying()
        .maxChunk(3)
        .failing(FailureKind.INVALID, "bad");
  }

  abstract static class Checked extends TargetContract<String> {
    @Override
    protected Target<String> target() {
      return service().build().target();
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
  }

  static class Honest extends Checked {
    private final SimulatedService service = built();

    SimulatedService built() {
      return service().build();
    }

    @Override
    protected Target<String> target() {
      return service.target();
    }

    @Override
    protected OptionalInt effects(String key) {
      return OptionalInt.of(service.timesApplied(key));
    }

    @Override
    protected Optional<Target<String>> expired() {
      return Optional.of(
          service().callFault(1, CallFault.AUTHENTICATION).build().target());
    }

    @Override
    protected Optional<Target<String>> throttled(Duration retryAfter) {
      return Optional.of(chunk -> ChunkResult.refused(
          Failure.of(FailureKind.RATE_LIMITED, "slow down").withRetryAfter(retryAfter)));
    }

    @Override
    protected Optional<Target<String>> unanswering() {
      return Optional.of(
          service().callFault(1, CallFault.LOST_AFTER_APPLYING).build().target());
    }
  }

  @Test
  void honest_target_passesAll() {
    ContractRun run = ContractRun.of(Honest.class);

    assertThat(run.failed()).isEmpty();
    assertThat(run.skipped()).isEmpty();
    assertThat(run.passed()).isEqualTo(ALL);
  }

  static final class Bare extends TargetContract<String> {
    @Override
    protected Target<String> target() {
      return chunk -> ChunkResult.succeeded();
    }

    @Override
    protected List<Item<String>> sampleItems() {
      return List.of(new Item<>("a", "1"), new Item<>("b", "2"));
    }
  }

  @Test
  void missingCapabilities_areSkippedVisibly() {
    ContractRun run = ContractRun.of(Bare.class);

    assertThat(run.failed()).isEmpty();
    assertThat(run.passed()).isEqualTo(5);
    assertThat(run.skipped()).hasSize(ALL - 5);
  }

  static final class SilentOrInventing extends Checked {
    @Override
    protected Target<String> target() {
      return chunk -> {
        ChunkResult.Builder result = ChunkResult.builder();
        chunk.keys().stream().skip(1).forEach(result::succeeded);
        return result.succeeded("invented").build();
      };
    }
  }

  @Test
  void itemNotReported_isFound() {
    assertThat(ContractRun.of(SilentOrInventing.class).failed())
        .contains("apply_goodItems_reportsEachAndNoOther", "apply_oneItem_reportsIt");
  }

  static final class Inventing extends Checked {
    @Override
    protected Target<String> target() {
      return chunk -> {
        ChunkResult.Builder result = ChunkResult.builder();
        chunk.keys().forEach(result::succeeded);
        return result.succeeded("invented").build();
      };
    }
  }

  @Test
  void inventedKeyAndEverythingGood_areFound() {
    assertThat(ContractRun.of(Inventing.class).failed())
        .contains(
            "apply_goodItems_reportsEachAndNoOther",
            "apply_oneItem_reportsIt",
            "apply_badItem_failsWithAKind",
            "apply_badItemAmongGood_failsTheBadOne");
    assertThat(ContractRun.of(Inventing.class).message("apply_oneItem_reportsIt"))
        .contains("keys that apply reported though they were not in its chunk", "invented");
  }

  static final class KindUnknown extends Checked {
    @Override
    protected Target<String> target() {
      return service().failing(FailureKind.UNKNOWN, "bad").build().target();
    }
  }

  @Test
  void failureWithoutAKind_isFound() {
    assertThat(ContractRun.of(KindUnknown.class).failed())
        .containsExactly("apply_badItemAmongGood_failsTheBadOne", "apply_badItem_failsWithAKind");
  }

  static final class RetriesByItself extends Checked {
    @Override
    protected Optional<Target<String>> throttled(Duration retryAfter) {
      Target<String> service =
          service().callFault(1, CallFault.RATE_LIMITED).build().target();
      return Optional.of(chunk -> {
        ChunkResult first = service.apply(chunk);
        return first.isWholeCall() ? service.apply(chunk) : first;
      });
    }
  }

  static final class ForgetsTheWait extends Checked {
    @Override
    protected Optional<Target<String>> throttled(Duration retryAfter) {
      return Optional.of(chunk -> {
        throw new FailureException(Failure.of(FailureKind.RATE_LIMITED, "slow down"));
      });
    }
  }

  static final class CallsItAnError extends Checked {
    @Override
    protected Optional<Target<String>> throttled(Duration retryAfter) {
      return Optional.of(service().callFault(1, CallFault.SERVER_ERROR).build().target());
    }
  }

  @Test
  void throttlingHidden_isFound() {
    for (Class<?> wrong :
        List.of(RetriesByItself.class, ForgetsTheWait.class, CallsItAnError.class)) {
      assertThat(ContractRun.of(wrong).failed())
          .as(wrong.getSimpleName())
          .containsExactly("apply_throttled_reportsTheWait");
    }
  }

  static final class SaysNothingApplied extends Checked {
    @Override
    protected Optional<Target<String>> unanswering() {
      return Optional.of(service().callFault(1, CallFault.NETWORK).build().target());
    }
  }

  static final class SaysApplied extends Checked {
    @Override
    protected Optional<Target<String>> unanswering() {
      return Optional.of(service().build().target());
    }
  }

  @Test
  void lostAnswerGuessed_isFound() {
    for (Class<?> wrong : List.of(SaysNothingApplied.class, SaysApplied.class)) {
      assertThat(ContractRun.of(wrong).failed())
          .as(wrong.getSimpleName())
          .containsExactly("apply_unanswered_leavesItemsInDoubt");
    }
  }

  static final class NotIdempotentAfterAll extends Checked {
    @Override
    protected Target<String> target() {
      Set<String> taken = new HashSet<>();
      return new Target<>() {
        @Override
        public ChunkResult apply(Chunk<String> chunk) {
          return taken.addAll(chunk.keys())
              ? ChunkResult.succeeded()
              : ChunkResult.refused(Failure.of(FailureKind.CONFLICT, "exists"));
        }

        @Override
        public boolean isIdempotent() {
          return true;
        }
      };
    }
  }

  @Test
  void falseIdempotency_isFound() {
    assertThat(ContractRun.of(NotIdempotentAfterAll.class).failed())
        .contains("apply_sameChunkTwice_succeedsTwice");
  }

  static final class VerifiesWrongly extends Checked {
    @Override
    protected Target<String> target() {
      return new Target<>() {
        @Override
        public ChunkResult apply(Chunk<String> chunk) {
          return ChunkResult.succeeded();
        }

        @Override
        public Optional<Map<String, Verdict>> verify(List<String> keys) {
          return Optional.of(Map.of(keys.get(0), Verdict.ABSENT));
        }
      };
    }
  }

  static final class VerifiesOthers extends Checked {
    @Override
    protected Target<String> target() {
      return new Target<>() {
        @Override
        public ChunkResult apply(Chunk<String> chunk) {
          return ChunkResult.succeeded();
        }

        @Override
        public Optional<Map<String, Verdict>> verify(List<String> keys) {
          return Optional.of(Map.of("other", Verdict.APPLIED));
        }
      };
    }
  }

  @Test
  void wrongVerdicts_areFound() {
    for (Class<?> wrong : List.of(VerifiesWrongly.class, VerifiesOthers.class)) {
      assertThat(ContractRun.of(wrong).failed())
          .as(wrong.getSimpleName())
          .contains("verify_appliedAndUnknown_tellsThemApart");
    }
  }
}
