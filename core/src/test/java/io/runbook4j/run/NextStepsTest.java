package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.chunk.ChunkSize;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.testkit.VirtualTime;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NextStepsTest {
  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-11-23T22:00:00Z"));
  private final Runner runner =
      Runner.builder().time(time).random(new SplittableRandom(1)).build();
  private int stopAtCall = Integer.MAX_VALUE;
  private int calls;

  /** 100 items, of which every tenth has no mapping. */
  private final SyncJob<String> job = SyncJob.<String>named("next")
      .from(ListSource.of(IntStream.range(0, 100).mapToObj(i -> "k" + i).toList())
          .map(NextStepsTest::mapped))
      .to(chunk -> {
        if (++calls == stopAtCall) {
          stop();
        }
        return ChunkResult.succeeded();
      })
      .chunkSize(ChunkSize.fixed(20))
      .build();

  private static String mapped(String key) {
    if (key.endsWith("0")) {
      throw new FailureException(Failure.of(FailureKind.MAPPING_MISSING, "no id"));
    }
    return key;
  }

  private void stop() {
    runner.stop("half-way");
  }

  @Test
  void next_someWithoutAMapping_countsThem() {
    RunReport report = runner.run(job);

    assertThat(report.next()).singleElement().asString().startsWith("10 have no mapping");
  }

  @Test
  void next_resumedRun_speaksOfTheWholeRun() {
    stopAtCall = 3;
    RunReport stopped = runner.run(job);

    RunReport resumed = runner.resume(job, stopped.runId());

    assertThat(resumed.counts().failed()).isEqualTo(10);
    assertThat(resumed.next())
        .singleElement()
        .asString()
        .startsWith("10 failed, those without a mapping included");
  }
}
