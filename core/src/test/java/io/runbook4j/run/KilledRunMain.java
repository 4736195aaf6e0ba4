package io.runbook4j.run;

import io.runbook4j.backoff.BackOff;
import io.runbook4j.chunk.ChunkSize;
import io.runbook4j.ledger.FileLedger;
import io.runbook4j.source.Sources;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Runs or resumes a real run in a folder, and says after each chunk how far it is, until it is
 * killed or done.
 */
final class KilledRunMain {
  static final int ITEMS = 5_000;
  static final String JOB = "killed";

  private KilledRunMain() {}

  /** Arguments: the ledger's folder, and the file that the target appends to. */
  public static void main(String[] args) {
    try (Runner runner =
        Runner.builder().ledger(FileLedger.open(Path.of(args[0]))).build()) {
      RunReport report = runner.runOrResume(job(Path.of(args[1])));
      say("END " + report.state());
    }
  }

  private static SyncJob<Integer> job(Path applied) {
    List<Integer> numbers = java.util.stream.IntStream.range(0, ITEMS).boxed().toList();
    return SyncJob.<Integer>named(JOB)
        .from(Sources.of(numbers, number -> "k" + number))
        .to(new AppendingTarget(applied))
        .chunkSize(ChunkSize.fixed(5))
        .chunksInFlight(2)
        .retryBackOff(BackOff.between(Duration.ofMillis(1), Duration.ofMillis(2)))
        .build();
  }

  @SuppressWarnings("SystemOut") // how the parent knows when to kill
  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  /**
   * Appends each item's key to a file, a write for each half of a chunk, and can look what it
   * holds.
   */
  private static final class AppendingTarget implements Target<Integer> {
    private final Path applied;

    AppendingTarget(Path applied) {
      this.applied = applied;
    }

    @Override
    public ChunkResult apply(Chunk<Integer> chunk) {
      say("SENDS " + chunk.idempotencyKey());
      int half = chunk.size() / 2;
      append(chunk.keys().subList(0, half));
      append(chunk.keys().subList(half, chunk.size()));
      say("SENT " + chunk.idempotencyKey());
      return ChunkResult.succeeded();
    }

    private synchronized void append(List<String> keys) {
      if (keys.isEmpty()) {
        return;
      }
      try {
        Files.writeString(
            applied,
            String.join("\n", keys) + "\n",
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Optional<Map<String, Verdict>> verify(List<String> keys) {
      Set<String> known = new HashSet<>();
      try {
        if (Files.exists(applied)) {
          known.addAll(Files.readAllLines(applied, StandardCharsets.UTF_8));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      Map<String, Verdict> verdicts = new LinkedHashMap<>();
      keys.forEach(
          key -> verdicts.put(key, known.contains(key) ? Verdict.APPLIED : Verdict.ABSENT));
      return Optional.of(verdicts);
    }
  }
}
