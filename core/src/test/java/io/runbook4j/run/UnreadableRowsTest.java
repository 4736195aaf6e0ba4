package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.ledger.ItemsCsv;
import io.runbook4j.source.Sources;
import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import io.runbook4j.spi.sync.Page;
import io.runbook4j.spi.sync.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that are broken, values that a host's own code cannot take, and texts that are no text. */
class UnreadableRowsTest {
  private static final Outcome GOOD = Outcome.succeeded();

  private final Scene scene = new Scene();

  @TempDir
  Path folder;

  private static <T> Target<T> target(Function<String, Outcome> outcome) {
    return chunk -> {
      ChunkResult.Builder result = ChunkResult.builder();
      chunk.keys().forEach(key -> result.outcome(key, outcome.apply(key)));
      return result.build();
    };
  }

  @Test
  void rerunFailed_rowHadNoKey_isLeftOutAndTheReportSaysWhatToDo() throws IOException {
    Path rows = folder.resolve("users.csv");
    Files.writeString(rows, "id,name\na,Ada\nb\n,Cy\nd,Dina\n");
    SyncJob<Map<String, String>> job = SyncJob.<Map<String, String>>named(Scene.JOB)
        .from(Sources.csv(rows, "id"))
        .to(target(
            key -> key.equals("d") ? Outcome.failed(Failure.of(FailureKind.INVALID, "no")) : GOOD))
        .build();
    Runner runner = scene.runner();

    RunReport report = runner.run(job);
    Files.writeString(rows, "id,name\na,Ada\nb,Ben\nc,Cy\nd,Dina\n");
    RunReport rerun = runner.rerunFailed(job, report.runId());
    RunReport outstanding = runner.rerunOutstanding(job);

    assertThat(report.counts().failed()).isEqualTo(3);
    assertThat(report.next())
        .anyMatch(step -> step.startsWith(
            "2 have no key that could be read (line 3, line 4): correct them, then send them"))
        .anyMatch(step -> step.startsWith("1 failed; look at the reasons, then rerun"));
    assertThat(rerun.counts().read()).isEqualTo(1);
    assertThat(outstanding.counts().read()).isEqualTo(1);
    assertThat(scene.ledger.items(report.runId(), ItemFilter.failed().code(Page.NO_KEY)))
        .extracting(item -> item.key())
        .containsExactly("line 3", "line 4");
  }

  @ParameterizedTest
  @ValueSource(strings = {"NO_KEY", "NOT_IN_SOURCE"})
  void rerunFailed_serviceHasSuchACodeOfItsOwn_isRerunAllTheSame(String code) {
    Failure failure = Failure.of(FailureKind.INVALID, "the account has no key").withCode(code);
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(10))
        .to(target(key -> key.equals("k7") ? Outcome.failed(failure) : GOOD))
        .build();
    Runner runner = scene.runner();

    RunReport report = runner.run(job);

    assertThat(report.next())
        .hasSize(2)
        .anyMatch(step -> step.startsWith("1 failed; look at the reasons, then rerun"))
        .anyMatch(step -> step.startsWith("INVALID (1 items)"));
    assertThat(runner.rerunFailed(job, report.runId()).counts().read()).isEqualTo(1);
    assertThat(runner.rerunOutstanding(job).counts().read()).isEqualTo(1);
  }

  @Test
  void next_itemsHaveNoKeyForWantOfAMapping_areCountedOnce() {
    SyncJob<String> job = Scene.policies()
        .from(Sources.of(Scene.keys(10), user -> {
          if (user.compareTo("k3") < 0) {
            throw new FailureException(Failure.of(FailureKind.MAPPING_MISSING, "no Slack id"));
          }
          return user;
        }))
        .to(target(key -> key.compareTo("k8") < 0
            ? GOOD
            : Outcome.failed(Failure.of(FailureKind.INVALID, "no name"))))
        .build();

    RunReport report = scene.runner().run(job);

    assertThat(report.counts().failed()).isEqualTo(5);
    assertThat(report.next())
        .noneMatch(step -> step.contains("have no mapping"))
        .anyMatch(step -> step.startsWith("3 have no key that could be read"))
        .anyMatch(step -> step.startsWith("2 failed; look at the reasons, then rerun"));
  }

  @Test
  void run_filterThrowsForAnItem_failsThatItemOnly() {
    SyncJob<String> job = Scene.policies()
        .from(Scene.source(30).filter(key -> {
          if (key.equals("k7")) {
            throw new IllegalArgumentException("no such month");
          }
          return !key.equals("k9");
        }))
        .to(target(key -> GOOD))
        .build();

    RunReport report = scene.runner().run(job);

    assertThat(report.state()).isEqualTo(RunState.COMPLETED);
    assertThat(report.counts().succeeded()).isEqualTo(28);
    assertThat(scene.ledger.items(report.runId(), ItemFilter.failed()))
        .singleElement()
        .satisfies(item -> {
          assertThat(item.key()).isEqualTo("k7");
          assertThat(item.text()).contains("cannot be filtered", "no such month");
        });
  }

  @Test
  void report_messagesWithHalvesOfPairs_canBeWritten() throws IOException {
    String tooLong = "x".repeat(Failure.MAX_MESSAGE - 1) + "\ud83d\ude00 tail";
    SyncJob<String> job = Scene.policies()
        .from(ListSource.of(List.of("a", "b", "c", "d")))
        .to(target(key -> switch (key) {
          case "a" -> Outcome.failed(Failure.of(FailureKind.MAPPING_MISSING, tooLong));
          case "b" ->
            Outcome.failed(Failure.of(FailureKind.INVALID, "half \ud83d of one")
                .withCode("c".repeat(Failure.MAX_CODE - 1) + "\ud83d\ude00"));
          case "c" -> Outcome.failed(Failure.of(FailureKind.INVALID, "whole \ud83d\ude00"));
          default -> Outcome.skipped("other half \ude00");
        }))
        .build();
    RunReport report = scene.runner().run(job);
    Path csv = folder.resolve("items.csv");

    ItemsCsv.write(csv, scene.ledger.items(report.runId(), ItemFilter.all()));
    Files.writeString(folder.resolve("report.json"), report.json());
    Files.writeString(folder.resolve("report.txt"), report.text());

    assertThat(ItemsCsv.keys(csv)).containsExactly("a", "b", "c", "d");
    assertThat(Files.readString(csv)).contains("half \ufffd of one", "whole \ud83d\ude00");
  }
}
