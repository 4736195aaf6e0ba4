package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.ItemRecord;
import io.runbook4j.spi.ledger.ItemState;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a target reports counts for the item that it names, wherever it stands in the answer. */
class AnswersInAnyOrderTest {
  private static final long SEED = 20261127;
  private static final Map<String, Outcome> REPORTED = reported();

  private final Scene scene = new Scene();

  private static Map<String, Outcome> reported() {
    Map<String, Outcome> reported = new LinkedHashMap<>();
    reported.put("k7", Outcome.failed(Failure.of(FailureKind.INVALID, "seven")));
    reported.put("k3", Outcome.inDoubt(Failure.of(FailureKind.TIMEOUT, "three")));
    reported.put("k5", Outcome.skipped("five"));
    reported.put("k1", Outcome.succeeded());
    reported.put("k0", Outcome.failed(Failure.of(FailureKind.INVALID, "nought")));
    return reported;
  }

  private static Outcome reported(String key) {
    return Objects.requireNonNull(REPORTED.get(key), key);
  }

  @ParameterizedTest
  @CsvSource({"true, PARK", "true, VERIFY", "false, PARK", "false, VERIFY"})
  void run_reportedOutOfOrder_eachItemHasItsOwnOutcome(boolean othersSucceeded, InDoubt policy) {
    ChunkResult.Builder result = ChunkResult.builder();
    REPORTED.forEach(result::outcome);
    ChunkResult answer = (othersSucceeded ? result.othersSucceeded() : result).build();

    RunReport report = run(answer, policy);

    Map<String, ItemState> expected = new LinkedHashMap<>(Map.of(
        "k0", ItemState.FAILED,
        "k3", ItemState.IN_DOUBT,
        "k5", ItemState.SKIPPED,
        "k7", ItemState.FAILED));
    if (!othersSucceeded) {
      List.of("k2", "k4", "k6", "k8", "k9").forEach(key -> expected.put(key, ItemState.FAILED));
    }
    assertThat(states(report)).isEqualTo(expected);
    assertThat(report.counts())
        .isEqualTo(othersSucceeded ? new Counts(10, 6, 2, 1, 1, 0) : new Counts(10, 1, 7, 1, 1, 0));
    assertThat(report.state()).isEqualTo(RunState.COMPLETED);
  }

  @Test
  void run_anInventedKeyAmongOthers_theOthersCountAndTheRunFails() {
    ChunkResult.Builder result = ChunkResult.builder().othersSucceeded();
    result.outcome("k7", reported("k7")).outcome("x", Outcome.succeeded());
    result.outcome("k0", reported("k0"));

    RunReport report = run(result.build(), InDoubt.PARK);

    assertThat(states(report)).isEqualTo(Map.of("k0", ItemState.FAILED, "k7", ItemState.FAILED));
    assertThat(report.counts()).isEqualTo(new Counts(10, 8, 2, 0, 0, 0));
    assertThat(report.state()).isEqualTo(RunState.FAILED);
    assertThat(report.reason()).contains("reported key \"x\", which is not in chunk 1");
  }

  @Test
  void run_reportedInRandomOrders_alwaysTheSameOutcomes() {
    Random random = new Random(SEED);
    for (int round = 0; round < 200; round++) {
      List<String> order = new ArrayList<>(REPORTED.keySet());
      Collections.shuffle(order, random);
      ChunkResult.Builder result = ChunkResult.builder().othersSucceeded();
      order.forEach(key -> result.outcome(key, reported(key)));

      RunReport report = run(result.build(), InDoubt.PARK);

      assertThat(states(report))
          .as("seed %s, order %s", SEED, order)
          .isEqualTo(Map.of(
              "k0", ItemState.FAILED,
              "k3", ItemState.IN_DOUBT,
              "k5", ItemState.SKIPPED,
              "k7", ItemState.FAILED));
    }
  }

  @Test
  void run_keysOfOneHash_eachChunkHasDifferentKeysInTheirOrder() {
    List<List<String>> chunks = new ArrayList<>();
    List<String> keys = Arrays.asList("Aa", "BB", "x", "BB", "Aa", "AaAa", "BBBB", "AaBB", "x");
    SyncJob<String> job = Scene.policies()
        .from(new ListSource(keys, 4))
        .to(chunk -> {
          chunks.add(List.copyOf(chunk.keys()));
          return ChunkResult.succeeded();
        })
        .build();

    RunReport report = scene.runner().run(job);

    assertThat("Aa".hashCode()).isEqualTo("BB".hashCode());
    assertThat(chunks)
        .containsExactly(
            List.of("Aa", "BB", "x"), List.of("BB", "Aa", "AaAa", "BBBB", "AaBB", "x"));
    assertThat(report.counts().succeeded()).isEqualTo(9);
  }

  private RunReport run(ChunkResult answer, InDoubt policy) {
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(10))
        .to(chunk -> answer)
        .inDoubt(policy)
        .build();
    return scene.runner().run(job);
  }

  private Map<String, ItemState> states(RunReport report) {
    return scene.ledger.items(report.runId(), ItemFilter.all()).stream()
        .collect(Collectors.toMap(ItemRecord::key, ItemRecord::state));
  }
}
