package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.chunk.ChunkSize;
import io.runbook4j.source.Sources;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Target;
import java.util.BitSet;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How many calls the target gets for a million items in chunks of a hundred. Exact. */
class CallCountTest {
  private static final int ITEMS = 1_000_000;
  private static final int CHUNK = 100;
  private static final Failure REFUSED = Failure.of(FailureKind.INVALID, "poison");

  /** What it takes now. By information theory nobody needs less than 80,000. */
  private static final int MOST_CALLS = 100_000;

  private final BitSet poison = new BitSet(ITEMS);
  private final BitSet applied = new BitSet(ITEMS);
  private int calls;
  private int appliedTwice;

  @Test
  void run_noFailures_callsOnceForEachChunk() {
    Counts counts = run(ITEMS, this::answerItemByItem);

    assertThat(counts).isEqualTo(new Counts(ITEMS, ITEMS, 0, 0, 0, 0));
    assertThat(calls).isEqualTo(ITEMS / CHUNK);
  }

  @Test
  void run_onePercentFailsItemByItem_callsAsOftenAsWithoutFailures() {
    poisonOnePercent();

    Counts counts = run(ITEMS, this::answerItemByItem);

    assertEveryGoodItemIsAppliedOnce(counts);
    assertThat(calls).isEqualTo(ITEMS / CHUNK);
  }

  @Test
  void run_onePercentFailsAndWholeChunksAreRefused_callsAboutTenTimesForEachPoison() {
    poisonOnePercent();

    Counts counts = run(ITEMS, this::refuseWholeChunk);

    assertEveryGoodItemIsAppliedOnce(counts);
    assertThat(calls).isLessThanOrEqualTo(MOST_CALLS);
  }

  @Test
  void run_onePoisonInAChunkThatIsRefusedWhole_callsAtMostFifteenTimesForThatChunk() {
    int worst = 0;
    for (int place = 0; place < CHUNK; place++) {
      poison.clear();
      applied.clear();
      calls = 0;
      poison.set(CHUNK + place);

      Counts counts = run(3 * CHUNK, this::refuseWholeChunk);

      assertThat(counts).isEqualTo(new Counts(3 * CHUNK, 3 * CHUNK - 1, 1, 0, 0, 0));
      worst = Math.max(worst, calls - 2);
    }

    assertThat(worst).isBetween(8, 15); // to find one of a hundred takes seven halvings
    assertThat(appliedTwice).isZero();
  }

  private void poisonOnePercent() {
    Random random = new Random(42);
    for (int i = 0; i < ITEMS; i++) {
      poison.set(i, random.nextDouble() < 0.01);
    }
  }

  private void assertEveryGoodItemIsAppliedOnce(Counts counts) {
    int bad = poison.cardinality();
    assertThat(bad).isBetween(9_500, 10_500);
    assertThat(counts).isEqualTo(new Counts(ITEMS, ITEMS - bad, bad, 0, 0, 0));
    assertThat(applied.cardinality()).isEqualTo(ITEMS - bad);
    assertThat(applied.intersects(poison)).isFalse();
    assertThat(appliedTwice).isZero();
  }

  private ChunkResult answerItemByItem(Chunk<Integer> chunk) {
    calls++;
    ChunkResult.Builder result = ChunkResult.builder().othersSucceeded();
    for (int item : chunk.values()) {
      if (poison.get(item)) {
        result.failed(Integer.toString(item), REFUSED);
      } else {
        apply(item);
      }
    }
    return result.build();
  }

  private ChunkResult refuseWholeChunk(Chunk<Integer> chunk) {
    calls++;
    if (chunk.values().stream().anyMatch(poison::get)) {
      return ChunkResult.refused(REFUSED);
    }
    chunk.values().forEach(this::apply);
    return ChunkResult.succeeded();
  }

  private void apply(int item) {
    appliedTwice += applied.get(item) ? 1 : 0;
    applied.set(item);
  }

  private static Counts run(int items, Target<Integer> target) {
    return new Scene()
        .runner()
        .run(SyncJob.<Integer>named(Scene.JOB)
            .from(Sources.stream(() -> IntStream.range(0, items).boxed(), i -> Integer.toString(i)))
            .to(target)
            .chunkSize(ChunkSize.fixed(CHUNK))
            .build())
        .counts();
  }
}
