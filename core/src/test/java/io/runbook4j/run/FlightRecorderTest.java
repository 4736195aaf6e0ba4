package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.chunk.ChunkSize;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import io.runbook4j.testkit.VirtualTime;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  private List<RecordedEvent> recorded(SyncJob<String> job) throws IOException {
    Runner runner = Runner.builder()
        .time(VirtualTime.startingAt(Instant.parse("2026-11-23T22:00:00Z")))
        .build();
    try (Recording recording = new Recording()) {
      recording.start();
      runner.run(job);
      recording.stop();
      recording.dump(folder.resolve("run.jfr"));
      return RecordingFile.readAllEvents(folder.resolve("run.jfr"));
    }
  }

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

    List<RecordedEvent> events = recorded(job);

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
  void run_singleItemsFail_tellsOfTheirRetries() throws Exception {
    Failure away = Failure.of(FailureKind.SERVER_ERROR, "away");
    Set<String> failed = new HashSet<>();
    SyncJob<String> job = SyncJob.<String>named("recorded")
        .from(ListSource.of(List.of("a", "b", "c")))
        .to(chunk -> {
          ChunkResult.Builder result = ChunkResult.builder().othersSucceeded();
          chunk.keys().stream()
              .filter(key -> !key.equals("c") && failed.add(key))
              .forEach(key -> result.failed(key, away));
          return result.build();
        })
        .build();

    assertThat(retries(job)).singleElement().satisfies(event -> {
      assertThat(event.getInt("items")).isEqualTo(2);
      assertThat(event.getString("failure")).isEqualTo("SERVER_ERROR: away");
    });
  }

  @Test
  void run_whatWasNotAnsweredIsRateLimitedThen_tellsOfBothRetries() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    SyncJob<String> job = SyncJob.<String>named("recorded")
        .from(ListSource.of(List.of("a", "b", "c")))
        .to(chunk -> switch (calls.getAndIncrement()) {
          case 0 -> ChunkResult.unanswered(Failure.of(FailureKind.TIMEOUT, "no answer"));
          case 1 -> ChunkResult.refused(Failure.of(FailureKind.RATE_LIMITED, "slow down"));
          default -> ChunkResult.succeeded();
        })
        .inDoubt(InDoubt.REAPPLY)
        .build();

    assertThat(retries(job))
        .extracting(event -> event.getString("failure"))
        .containsExactly("TIMEOUT: no answer", "RATE_LIMITED: slow down");
  }

  private List<RecordedEvent> retries(SyncJob<String> job) throws Exception {
    return recorded(job).stream()
        .filter(event -> event.getEventType().getName().equals("io.runbook4j.Retry"))
        .sorted(Comparator.comparing(RecordedEvent::getStartTime))
        .toList();
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
