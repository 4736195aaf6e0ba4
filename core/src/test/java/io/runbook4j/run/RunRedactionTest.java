package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.adapter.Redactor;
import io.runbook4j.alert.AlertRouter;
import io.runbook4j.ledger.FileLedger;
import io.runbook4j.spi.ledger.Finding;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import io.runbook4j.spi.sync.Page;
import io.runbook4j.spi.sync.Source;
import io.runbook4j.spi.sync.Target;
import io.runbook4j.testkit.VirtualTime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A secret that comes in through any door of the engine leaves through none. */
class RunRedactionTest {
  private static final String TOLD = "correct-horse-battery";
  private static final String SECRET =
      "POST https://x/?access_token=SECRET123 Authorization: Bearer SECRET12345 " + TOLD;
  private static final Failure FAILURE =
      Failure.of(FailureKind.INVALID, SECRET).withCode("code " + TOLD);
  private static final Source<String> ITEMS = new ListSource(Scene.keys(3), 20);
  private static final Target<String> GOOD = chunk -> ChunkResult.succeeded();

  @TempDir
  Path folder;

  static Stream<Arguments> doors() {
    return Stream.of(
        door("thrown", ITEMS, chunk -> {
          throw new IllegalStateException(SECRET);
        }),
        door("refused", ITEMS, chunk -> ChunkResult.refused(FAILURE)),
        door("unanswered", ITEMS, chunk -> ChunkResult.unanswered(FAILURE)),
        door("thrown failure", ITEMS, chunk -> {
          throw new FailureException(FAILURE);
        }),
        door("failed", ITEMS, chunk -> each(chunk, Outcome.failed(FAILURE))),
        door("in doubt", ITEMS, chunk -> each(chunk, Outcome.inDoubt(FAILURE))),
        door("skipped", ITEMS, chunk -> each(chunk, Outcome.skipped(SECRET))),
        door(
            "corrupt",
            ITEMS,
            chunk -> each(chunk, Outcome.failed(Failure.of(FailureKind.INTEGRITY, SECRET)))),
        door(
            "stopping",
            ITEMS,
            chunk -> ChunkResult.refused(Failure.of(FailureKind.AUTHENTICATION, SECRET))),
        door(
            "unreadable",
            from -> limit -> Page.<String>builder(1).unreadable("k0", FAILURE).last(),
            GOOD),
        door(
            "source",
            from -> {
              throw new IllegalStateException(SECRET);
            },
            GOOD));
  }

  @Test
  void run_secretInAFinding_isNowhere() throws Exception {
    Finding finding = new Finding("orphans", SECRET, true, 1, List.of(SECRET));

    String all = everything(Scene.policies()
        .from(ITEMS)
        .to(GOOD)
        .checkAfter(() -> List.of(finding))
        .checkAfter(() -> {
          throw new IllegalStateException(SECRET);
        })
        .build());

    assertThat(all).contains("[redacted]").doesNotContain("SECRET123", TOLD);
  }

  private static Arguments door(String name, Source<String> source, Target<String> target) {
    return Arguments.of(name, source, target);
  }

  private static ChunkResult each(Chunk<String> chunk, Outcome outcome) {
    ChunkResult.Builder result = ChunkResult.builder().othersSucceeded();
    result.outcome(chunk.keys().get(1), outcome);
    return result.build();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("doors")
  void run_secretInAMessage_isNowhere(String name, Source<String> source, Target<String> target)
      throws Exception {
    String all = everything(
        Scene.policies().from(source).to(target).inDoubt(InDoubt.PARK).build());

    assertThat(all).contains("[redacted]").doesNotContain("SECRET123", TOLD);
  }

  /** {@return all that a run of this job leaves behind} */
  private String everything(SyncJob<String> job) throws Exception {
    VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-11-26T22:00:00Z"));
    Redactor redactor = new Redactor();
    redactor.register(TOLD);
    List<String> told = new CopyOnWriteArrayList<>();

    RunReport report;
    try (Runner runner = Runner.builder()
        .ledger(FileLedger.open(folder))
        .time(time)
        .executor(time.executor())
        .redactor(redactor)
        .alerts(AlertRouter.builder(time)
            .executor(time.executor())
            .channel(alert -> told.add(alert.toString()))
            .build())
        .build()) {
      report = runner.run(job);
    }

    String all = report.text() + report.json() + told;
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        all += Files.readString(file);
      }
    }
    return all;
  }
}
