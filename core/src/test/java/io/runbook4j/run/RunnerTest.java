package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runbook4j.chunk.ChunkSize;
import io.runbook4j.ledger.MemoryLedger;
import io.runbook4j.source.Sources;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Source;
import io.runbook4j.spi.sync.Target;
import io.runbook4j.testkit.VirtualTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RunnerTest {
  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-11-23T22:00:00Z"));
  private final List<List<String>> calls = new ArrayList<>();

  private static Source<String> items(int count) {
    return ListSource.of(IntStream.range(0, count).mapToObj(i -> "k" + i).toList());
  }

  private Runner runner() {
    return Runner.builder()
        .ledger(MemoryLedger.create())
        .time(time)
        .random(new SplittableRandom(1))
        .build();
  }

  @Test
  void chunksInFlight_moreThanARunReadsAhead_isRefused() {
    SyncJob.Builder<String> job = SyncJob.<String>named("wide").chunksInFlight(256);

    assertThatThrownBy(() -> job.chunksInFlight(257))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("chunksInFlight must be 1 to 256, was 257");
  }

  @Test
  void run_cleanTarget_everyItemSucceedsOnce() {
    SyncJob<String> job = SyncJob.<String>named("clean")
        .from(items(1_234))
        .to(chunk -> {
          calls.add(List.copyOf(chunk.keys()));
          return ChunkResult.succeeded();
        })
        .build();

    RunReport report = runner().run(job);

    assertThat(report.state()).isEqualTo(RunState.COMPLETED);
    assertThat(report.counts()).isEqualTo(new Counts(1_234, 1_234, 0, 0, 0, 0));
    assertThat(calls.stream().flatMap(List::stream)).hasSize(1_234).doesNotHaveDuplicates();
  }

  @Test
  void run_onePoisonInAChunkOfAHundred_takesAtMostFifteenCalls() {
    for (int poison = 0; poison < 100; poison++) {
      calls.clear();
      String bad = "k" + poison;
      SyncJob<String> job = SyncJob.<String>named("poison")
          .from(items(100))
          .chunkSize(ChunkSize.fixed(100))
          .to(refusing(bad))
          .build();

      RunReport report = runner().run(job);

      assertThat(report.counts()).isEqualTo(new Counts(100, 99, 1, 0, 0, 0));
      assertThat(calls.size()).isLessThanOrEqualTo(15);
    }
  }

  @Test
  void run_keyTwiceInAPage_endsTheChunkBeforeTheSecond() {
    RunReport report = runner().run(sending(List.of("a", "b", "a", "c")));

    assertThat(calls).containsExactly(List.of("a", "b"), List.of("a", "c"));
    assertThat(report.counts()).isEqualTo(new Counts(4, 4, 0, 0, 0, 0));
  }

  @Test
  void run_keysOfOneHash_goInOneChunk() {
    List<String> keys = List.of("AaAa", "BBBB", "AaBB", "BBAa");
    assertThat(keys).extracting(String::hashCode).containsOnly("AaAa".hashCode());

    runner().run(sending(keys));

    assertThat(calls).containsExactly(keys);
  }

  @Test
  void run_targetThatChangesItsChunk_isRefusedAndHarmsNothing() {
    List<String> seen = new ArrayList<>();
    SyncJob<String> job = SyncJob.<String>named("greedy")
        .from(Sources.of(List.of("a", "b"), key -> key))
        .to(chunk -> {
          assertThatThrownBy(() -> chunk.values().clear())
              .isInstanceOf(UnsupportedOperationException.class);
          assertThatThrownBy(() -> chunk.keys().set(0, "z"))
              .isInstanceOf(UnsupportedOperationException.class);
          seen.addAll(chunk.values());
          return ChunkResult.succeeded();
        })
        .build();

    runner().run(job);

    assertThat(seen).containsExactly("a", "b");
  }

  private SyncJob<String> sending(List<String> keys) {
    return SyncJob.<String>named("sending")
        .from(Sources.of(keys, key -> key))
        .to(refusing("none of them"))
        .build();
  }

  private Target<String> refusing(String bad) {
    return chunk -> {
      calls.add(List.copyOf(chunk.keys()));
      return chunk.keys().contains(bad)
          ? ChunkResult.refused(Failure.of(FailureKind.INVALID, "bad record"))
          : ChunkResult.succeeded();
    };
  }
}
