package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.chunk.ChunkSize;
import io.runbook4j.ledger.MemoryLedger;
import io.runbook4j.limit.RetryBudget;
import io.runbook4j.source.Sources;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Target;
import io.runbook4j.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Several chunks in flight: no more than the job wants, each item once, and the items of one key in
 * their order.
 */
class ConcurrencyTest {
  private static final int ITEMS = 400;
  private static final int KEYS = 90;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void run_fourChunksInFlight_keepsTheOrderOfEachKey(long seed) {
    VirtualTime time = VirtualTime.builder().seed(seed).build();
    SplittableRandom random = new SplittableRandom(seed);
    List<Change> changes = IntStream.range(0, ITEMS)
        .mapToObj(i -> new Change("k" + random.nextInt(KEYS), i))
        .toList();
    Slow target = new Slow(time, random.split());
    SyncJob<Change> job = SyncJob.<Change>named("ordered")
        .from(Sources.of(changes, Change::key))
        .to(target)
        .chunkSize(ChunkSize.fixed(12))
        .chunksInFlight(4)
        .build();

    Runner runner = new Scene(time, MemoryLedger.create())
        .runners()
        .retryBudget(() -> RetryBudget.of(1, 1_000))
        .build();

    RunReport report = runner.run(job);

    assertThat(report.counts()).as("seed " + seed).isEqualTo(new Counts(ITEMS, ITEMS, 0, 0, 0, 0));
    assertThat(target.mostInFlight).as("chunks in flight").isEqualTo(4);
    assertThat(target.applied.values().stream().mapToInt(List::size).sum()).isEqualTo(ITEMS);
    assertThat(target.applied)
        .allSatisfy((key, versions) -> assertThat(versions).isSorted());
  }

  private record Change(String key, int version) {}

  /** Takes its time over each chunk, and refuses some items once. */
  private static final class Slow implements Target<Change> {
    private final VirtualTime time;
    private final SplittableRandom random;
    private final Set<String> busy = new HashSet<>();
    private final Set<Integer> refused = new HashSet<>();
    final Map<String, List<Integer>> applied = new HashMap<>();
    private int inFlight;
    int mostInFlight;

    Slow(VirtualTime time, SplittableRandom random) {
      this.time = time;
      this.random = random;
    }

    @Override
    public ChunkResult apply(Chunk<Change> chunk) throws InterruptedException {
      mostInFlight = Math.max(mostInFlight, ++inFlight);
      chunk
          .keys()
          .forEach(key ->
              assertThat(busy.add(key)).as(key + " is in two chunks at once").isTrue());
      time.sleep(Duration.ofMillis(random.nextInt(1, 5_000)));
      ChunkResult.Builder result = ChunkResult.builder();
      chunk.forEach(item -> {
        boolean refuse = random.nextInt(10) == 0 && refused.add(item.value().version());
        if (refuse) {
          result.failed(item.key(), Failure.of(FailureKind.CONFLICT, "locked"));
        } else {
          applied
              .computeIfAbsent(item.key(), key -> new ArrayList<>())
              .add(item.value().version());
          result.succeeded(item.key());
        }
      });
      chunk.keys().forEach(busy::remove);
      inFlight--;
      return result.build();
    }
  }
}
