package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.chunk.ChunkSize;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import io.runbook4j.testkit.VirtualTime;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlightRecorderTest {
  @TempDir
  private Path folder;

  @Test
  void run_recorded_tellsOfChunksWaitsAndRetries() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    SyncJob<String> job = SyncJob.<String>named("recorded")
        .from(ListSource.of(List.of("a", "b", "c")))
        .chunkSize(ChunkSize.fixed(2))
        .to(chunk -> calls.getAndIncrement() == 0
            ? ChunkResult.refused(Failure.of(FailureKind.SERVER_ERROR, "away"))
            : ChunkResult.succeeded())
        .build();
    Runner runner = Runner.builder()
        .time(VirtualTime.startingAt(Instant.parse("2026-11-23T22:00:00Z")))
        .build();

    List<RecordedEvent> events;
    try (Recording recording = new Recording()) {
      recording.start();
      runner.run(job);
      recording.stop();
      recording.dump(folder.resolve("run.jfr"));
      events = RecordingFile.readAllEvents(folder.resolve("run.jfr"));
    }

    Map<String, Long> counts = events.stream()
        .map(event -> event.getEventType().getName())
        .filter(name -> name.startsWith("io.runbook4j."))
        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    assertThat(counts)
        .containsEntry("io.runbook4j.Chunk", 3L)
        .containsEntry("io.runbook4j.Retry", 1L)
        .containsKey("io.runbook4j.Wait");
    assertThat(events)
        .filteredOn(event -> event.getEventType().getName().equals("io.runbook4j.Chunk"))
        .extracting(event -> event.getString("result"))
        .containsExactlyInAnyOrder("refused: SERVER_ERROR: away", "all succeeded", "all succeeded");
  }

  @Test
  void inWords_itemsReportedByKey_countsThem() {
    Failure failure = Failure.of(FailureKind.TIMEOUT, "no answer");
    ChunkResult.Builder result = ChunkResult.builder()
        .succeeded("a")
        .failed("b", failure)
        .outcome("c", Outcome.skipped("no"));

    assertThat(RunEvents.inWords(result.build(), 5))
        .isEqualTo("1 succeeded, 2 not, 2 not reported");
    assertThat(RunEvents.inWords(result.othersSucceeded().build(), 5))
        .isEqualTo("3 succeeded, 2 not");
    assertThat(RunEvents.inWords(ChunkResult.unanswered(failure), 5))
        .isEqualTo("in doubt: TIMEOUT: no answer");
  }
}
