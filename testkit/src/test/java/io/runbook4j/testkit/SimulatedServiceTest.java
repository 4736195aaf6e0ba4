package io.runbook4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import io.runbook4j.spi.sync.Target.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SimulatedServiceTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-01-05T09:00:00Z"));
  private final SimulatedService.Builder builder = SimulatedService.builder(time);

  @Test
  void apply_noFaults_appliesAllAndRemembers() throws Exception {
    SimulatedService service = builder.build();

    ChunkResult result = service.target().apply(chunk("k1", "a", "b"));

    assertThat(result.reported().keySet()).containsExactly("a", "b");
    assertThat(result.outcome("a")).contains(Outcome.succeeded());
    assertThat(service.appliedKeys()).containsExactly("a", "b");
    assertThat(service.appliedUnder("a")).containsExactly("k1");
    assertThat(service.timesApplied("c")).isZero();
    assertThat(service.calls()).singleElement().satisfies(call -> {
      assertThat(call.at()).isEqualTo(time.now());
      assertThat(call.keys()).containsExactly("a", "b");
      assertThat(call.idempotencyKey()).isEqualTo("k1");
      assertThat(call.answer()).contains(result);
    });
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void limit_callsAtAnyTimes_neverAcceptsMoreInAnyWindow(long seed) throws Exception {
    SimulatedService service =
        builder.limit(50, MINUTE).limit(7, Duration.ofSeconds(2)).build();
    SplittableRandom chance = new SplittableRandom(seed);

    for (int i = 0; i < 3000; i++) {
      service.target().apply(chunk("k" + i, "item"));
      time.sleep(Duration.ofMillis(chance.nextLong(900)));
    }

    assertThat(service.worstAcceptedWindow(MINUTE)).as("seed %d", seed).isEqualTo(50);
    assertThat(service.worstAcceptedWindow(Duration.ofSeconds(2))).isLessThanOrEqualTo(7);
    assertThat(service.worstWindow(MINUTE)).isGreaterThan(100);
  }

  @Test
  void limit_retryAfterHonoured_nextCallIsAccepted() throws Exception {
    SimulatedService service = builder.limit(3, MINUTE).build();
    for (int i = 0; i < 3; i++) {
      service.target().apply(chunk("k" + i, "item"));
      time.sleep(Duration.ofMillis(1500));
    }

    Failure failure = failure(service.target().apply(chunk("k3", "item")), "item");
    time.sleep(failure.retryAfter().orElseThrow());

    assertThat(failure.kind()).isEqualTo(FailureKind.RATE_LIMITED);
    assertThat(failure.retryAfter()).contains(Duration.ofSeconds(56)); // 55.5 s, never too short
    assertThat(service.timesApplied("item")).isEqualTo(3);
    assertThat(service.target().apply(chunk("k4", "item")).outcome("item"))
        .contains(Outcome.succeeded());
  }

  @Test
  void countRefusedCalls_hammering_neverOpensAgain() throws Exception {
    SimulatedService service = builder.limit(2, MINUTE).countRefusedCalls().build();

    for (int i = 0; i < 100; i++) {
      service.target().apply(chunk("k" + i, "item"));
      time.sleep(Duration.ofSeconds(10));
    }

    assertThat(service.timesApplied("item")).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {59_999, 60_000})
  void worstWindow_callsAMinuteApart_leavesItsEndOut(int millis) throws Exception {
    SimulatedService service = builder.build();
    service.target().apply(chunk("k1", "a"));
    time.sleep(Duration.ofMillis(millis));
    service.target().apply(chunk("k2", "a"));

    assertThat(service.worstWindow(MINUTE)).isEqualTo(millis < 60_000 ? 2 : 1);
  }

  @Test
  void latency_given_staysWithinItsBounds() throws Exception {
    SimulatedService service =
        builder.latency(Duration.ofMillis(20), Duration.ofMillis(80)).build();

    for (int i = 0; i < 200; i++) {
      Duration before = time.elapsed();
      service.target().apply(chunk("k" + i, "item"));
      assertThat(time.elapsed().minus(before))
          .isBetween(Duration.ofMillis(20), Duration.ofMillis(80));
    }
  }

  @Test
  void failingTimes_two_succeedsTheThirdTime() throws Exception {
    SimulatedService service =
        builder.failingTimes(2, FailureKind.CONFLICT, "bad").build();

    for (int i = 0; i < 2; i++) {
      ChunkResult result = service.target().apply(chunk("k" + i, "bad", "good"));
      assertThat(failure(result, "bad").kind()).isEqualTo(FailureKind.CONFLICT);
      assertThat(result.outcome("good")).contains(Outcome.succeeded());
    }
    service.target().apply(chunk("k", "bad"));

    assertThat(service.timesApplied("bad")).isEqualTo(1);
    assertThat(service.timesSent("bad")).isEqualTo(3);
  }

  @Test
  void failing_untilHealed_failsEveryTime() throws Exception {
    SimulatedService service = builder.failing(FailureKind.NOT_FOUND, "bad").build();

    for (int i = 0; i < 10; i++) {
      service.target().apply(chunk("k" + i, "bad"));
    }
    assertThat(service.timesApplied("bad")).isZero();
    service.heal();
    service.target().apply(chunk("k", "bad"));

    assertThat(service.timesApplied("bad")).isEqualTo(1);
  }

  @Test
  void poison_inTheChunk_refusesItWhole() throws Exception {
    SimulatedService service = builder.poison("bad").build();

    ChunkResult whole = service.target().apply(chunk("k1", "a", "bad", "b"));
    service.target().apply(chunk("k2", "a", "b"));

    assertThat(whole.isWholeCall()).isTrue();
    assertThat(failure(whole, "a").kind()).isEqualTo(FailureKind.INVALID);
    assertThat(service.appliedUnder("a")).containsExactly("k2");
    assertThat(service.timesApplied("bad")).isZero();
  }

  @Test
  void maxChunk_exceeded_isTooLarge() throws Exception {
    SimulatedService service = builder.maxChunk(2).build();

    ChunkResult result = service.target().apply(chunk("k", "a", "b", "c"));

    assertThat(service.target().maxChunk()).isEqualTo(2);
    assertThat(failure(result, "a").kind()).isEqualTo(FailureKind.TOO_LARGE);
    assertThat(service.appliedKeys()).isEmpty();
  }

  @Test
  void callFault_lost_isAppliedOrNotAndUnanswered() throws Exception {
    SimulatedService service = builder
        .callFault(1, CallFault.LOST_BEFORE_APPLYING)
        .callFault(2, CallFault.LOST_AFTER_APPLYING)
        .build();

    ChunkResult before = service.target().apply(chunk("k1", "a"));
    ChunkResult after = service.target().apply(chunk("k2", "b"));

    assertThat(List.of(before, after)).allSatisfy(result -> {
      assertThat(result.isWholeCall()).isTrue();
      assertThat(result.others().orElseThrow()).isInstanceOf(Outcome.InDoubt.class);
    });
    assertThat(service.appliedKeys()).containsExactly("b");
  }

  @Test
  void callFault_refusals_applyNothing() throws Exception {
    SimulatedService service = builder
        .callFault(1, CallFault.RATE_LIMITED)
        .callFault(2, CallFault.SERVER_ERROR)
        .callFault(3, CallFault.NETWORK)
        .build();

    assertThat(failure(service.target().apply(chunk("k1", "a")), "a").retryAfter())
        .isPresent();
    assertThat(failure(service.target().apply(chunk("k2", "a")), "a").kind())
        .isEqualTo(FailureKind.SERVER_ERROR);
    assertThatThrownBy(() -> service.target().apply(chunk("k3", "a")))
        .isInstanceOfSatisfying(
            FailureException.class,
            e -> assertThat(e.failure().kind()).isEqualTo(FailureKind.NETWORK));
    assertThat(service.appliedKeys()).isEmpty();
    assertThat(service.calls().get(2).answer()).isEmpty();
  }

  @Test
  void callFault_brokenAfterApplying_throwsAndIsApplied() {
    SimulatedService service =
        builder.callFault(1, CallFault.BROKEN_AFTER_APPLYING).build();

    assertThatThrownBy(() -> service.target().apply(chunk("k1", "a")))
        .isInstanceOf(IllegalStateException.class);
    assertThat(service.timesApplied("a")).isEqualTo(1);
  }

  @Test
  void callFault_authentication_lastsUntilRefreshed() throws Exception {
    SimulatedService service = builder.callFault(1, CallFault.AUTHENTICATION).build();

    for (int i = 0; i < 3; i++) {
      assertThat(failure(service.target().apply(chunk("k" + i, "a")), "a").kind())
          .isEqualTo(FailureKind.AUTHENTICATION);
    }
    boolean refreshed = service.target().refreshCredential();
    service.target().apply(chunk("k", "a"));

    assertThat(refreshed).isTrue();
    assertThat(service.refreshes()).isEqualTo(1);
    assertThat(service.appliedUnder("a")).containsExactly("k");
  }

  @Test
  void unrefreshable_credentialExpired_staysSo() throws Exception {
    SimulatedService service =
        builder.callFault(1, CallFault.AUTHENTICATION).unrefreshable().build();
    service.target().apply(chunk("k1", "a"));

    assertThat(service.target().refreshCredential()).isFalse();
    assertThat(failure(service.target().apply(chunk("k2", "a")), "a").kind())
        .isEqualTo(FailureKind.AUTHENTICATION);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void callFault_partialAnswer_reportsOnlyWhatWasApplied(long seed) throws Exception {
    SimulatedService service =
        builder.seed(seed).callFault(1, CallFault.PARTIAL_ANSWER).build();

    ChunkResult result = service.target().apply(chunk("k", "a", "b", "c", "d"));

    assertThat(result.reported().size()).as("seed %d", seed).isLessThan(4);
    assertThat(service.appliedKeys()).containsAll(result.reported().keySet());
    assertThat(result.others()).isEmpty();
  }

  @Test
  void callFault_inventedKey_isReportedToo() throws Exception {
    SimulatedService service = builder.callFault(1, CallFault.INVENTED_KEY).build();

    assertThat(service.target().apply(chunk("k", "a")).reported().keySet())
        .containsExactly("a", "invented-1");
  }

  @Test
  void callFault_crash_leavesWhatWasAppliedUntilThen() throws Exception {
    SimulatedService service = builder
        .callFault(1, CallFault.CRASH_BEFORE_APPLYING)
        .callFault(2, CallFault.CRASH_WHILE_APPLYING)
        .callFault(3, CallFault.CRASH_AFTER_APPLYING)
        .build();

    for (List<String> keys : List.of(List.of("a", "b"), List.of("c", "d"), List.of("e", "f"))) {
      assertThatThrownBy(() -> service.target().apply(Chunk.of("k", keys, keys)))
          .isInstanceOf(SimulatedCrash.class);
    }

    assertThat(service.appliedKeys()).containsExactly("c", "e", "f");
    assertThat(service.calls())
        .hasSize(3)
        .allSatisfy(call -> assertThat(call.answer()).isEmpty());
  }

  @Test
  void outage_whileItLasts_refusesEveryCallAndLook() throws Exception {
    SimulatedService service = builder
        .verifying()
        .outage(Duration.ofSeconds(10), Duration.ofSeconds(5))
        .build();

    for (int second = 0; second < 20; second++) {
      service.target().apply(chunk("k", "at " + second));
      time.sleep(Duration.ofSeconds(1));
      if (second == 12) {
        assertThatThrownBy(() -> service.target().verify(List.of("a")))
            .isInstanceOf(FailureException.class);
      }
    }

    assertThat(service.appliedKeys())
        .hasSize(15)
        .contains("at 9", "at 15")
        .doesNotContain("at 10", "at 14");
  }

  @Test
  void idempotency_sameAndOtherKey_countsAsItSays() throws Exception {
    assertThat(timesAppliedUnder(Idempotency.NONE, "k1", "k1", "k2")).isEqualTo(3);
    assertThat(timesAppliedUnder(Idempotency.BY_IDEMPOTENCY_KEY, "k1", "k1", "k2"))
        .isEqualTo(2);
    assertThat(timesAppliedUnder(Idempotency.BY_ITEM, "k1", "k1", "k2")).isEqualTo(1);
  }

  private int timesAppliedUnder(Idempotency idempotency, String... idempotencyKeys)
      throws InterruptedException {
    SimulatedService service =
        SimulatedService.builder(time).idempotency(idempotency).build();
    for (String key : idempotencyKeys) {
      assertThat(service.target().apply(chunk(key, "a")).outcome("a"))
          .contains(Outcome.succeeded());
    }
    assertThat(service.timesSent("a")).isEqualTo(idempotencyKeys.length);
    assertThat(service.target().isIdempotent()).isEqualTo(idempotency != Idempotency.NONE);
    return service.timesApplied("a");
  }

  @Test
  void verify_offered_answersFromTheRecord() throws Exception {
    SimulatedService service = builder.verifying().build();
    service.target().apply(chunk("k", "a"));

    assertThat(service.target().verify(List.of("a", "b")))
        .contains(Map.of("a", Verdict.APPLIED, "b", Verdict.ABSENT));
    assertThat(SimulatedService.builder(time).build().target().verify(List.of("a")))
        .isEmpty();
  }

  @Test
  void randomCallFaults_sameSeed_sameCalls() throws Exception {
    assertThat(randomRun(7)).isEqualTo(randomRun(7)).isNotEqualTo(randomRun(8));
    assertThat(randomRun(7).stream().filter("refused"::equals).count()).isBetween(200L, 400L);
  }

  private List<String> randomRun(long seed) throws InterruptedException {
    SimulatedService service = SimulatedService.builder(time)
        .seed(seed)
        .randomCallFaults(0.3, CallFault.SERVER_ERROR)
        .build();
    for (int i = 0; i < 1000; i++) {
      service.target().apply(chunk("k", "a"));
    }
    return service.calls().stream()
        .map(call -> call.answer().orElseThrow().isWholeCall() ? "refused" : "applied")
        .toList();
  }

  @Test
  void build_twice_givesServicesThatShareNothing() throws Exception {
    builder.failingTimes(1, FailureKind.CONFLICT, "a");
    SimulatedService first = builder.build();
    SimulatedService second = builder.build();

    first.target().apply(chunk("k", "a"));
    first.target().apply(chunk("k", "a"));
    second.target().apply(chunk("k", "a"));

    assertThat(first.timesApplied("a")).isEqualTo(1);
    assertThat(second.timesApplied("a")).isZero();
  }

  @Test
  void builder_nonsense_isRefused() {
    assertThatThrownBy(() -> builder.limit(0, MINUTE))
        .hasMessage("permits must be positive, was 0");
    assertThatThrownBy(() -> builder.limit(1, Duration.ZERO))
        .hasMessage("window must be positive, was PT0S");
    assertThatThrownBy(() -> builder.latency(MINUTE, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.randomCallFaults(1.5, CallFault.NETWORK))
        .hasMessage("share must be from 0 to 1, was 1.5");
  }

  private static Chunk<String> chunk(String idempotencyKey, String... keys) {
    return Chunk.of(idempotencyKey, List.of(keys), List.of(keys));
  }

  private static Failure failure(ChunkResult result, String key) {
    return ((Outcome.Failed) result.outcome(key).orElseThrow()).failure();
  }
}
