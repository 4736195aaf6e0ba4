package io.runbook4j.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runbook4j.ChildJvm;
import io.runbook4j.adapter.Redactor;
import io.runbook4j.run.RunReport;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiaryTest {
  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

  private final Scene scene = new Scene();

  @TempDir
  private Path folder;

  private Path file;
  private Diary diary;

  @BeforeEach
  void open() {
    file = folder.resolve("diary.md");
    diary = Diary.at(file, new Redactor());
  }

  private RunReport run() {
    return scene.run(Scene.keys(300), Scene::middling);
  }

  private String text() throws IOException {
    return Files.readString(file);
  }

  @Test
  void record_aRun_tellsDateScopeTotalsAndErrors() throws IOException {
    RunReport report = run();

    diary.record(report);

    assertThat(text())
        .startsWith("# Operational diary\n\n<!-- run " + report.runId() + " -->\n"
            + "## 2026-11-23 22:00:00 UTC ` profile-photos ` COMPLETED\n")
        .contains("- Scope: 300 items read, full\n")
        .contains("- Totals: 270 succeeded, 16 failed, 14 skipped, 0 in doubt, 0 not reached\n")
        .contains("  - 8 MAPPING_MISSING: ` no Slack user for * `, such as ` 005AB0000005Q `")
        .contains("- Alerts:\n  - WARNING ")
        .endsWith("\n### Notes\n\n<!-- end of run " + report.runId() + " -->\n");
  }

  @Test
  void record_twoRuns_standInOrder() throws IOException {
    RunReport first = run();
    RunReport second = run();

    diary.record(first);
    diary.record(second);

    assertThat(text()).containsOnlyOnce("# Operational diary");
    assertThat(text().indexOf("<!-- run " + first.runId()))
        .isPositive()
        .isLessThan(text().indexOf("<!-- run " + second.runId()));
  }

  @Test
  void record_again_keepsWhatPeopleWrote() throws IOException {
    RunReport report = run();
    diary.record(report);
    diary.record(scene.run(Scene.keys(3), key -> Outcome.succeeded()));
    String notes = "\nAda: <b>asked</b> Slack about it\n\n### Notes\n- twice  \n";
    String edited = text()
        .replaceFirst("### Notes\n\n", "### Notes\n" + notes.replace("$", "\\$"))
        .replace("# Operational diary\n", "# Our diary\n\nRead before 2 am.\n")
        .replace("- Scope: 300 items", "- Scope: 3 items");
    Files.writeString(file, edited);

    diary.record(report);

    assertThat(text())
        .isEqualTo(edited.replace(
            "- Scope: 3 items read, full\n- Totals: 270",
            "- Scope: 300 items read, full\n- Totals: 270"));
    assertThat(diary.entry(report.runId()).orElseThrow()).endsWith("### Notes\n" + notes);
  }

  @Test
  void record_againAfterAnEditorThatEndsLinesWithTwoBytes_findsTheEntry() throws IOException {
    RunReport report = run();
    diary.record(report);
    Files.writeString(
        file, text().replace("### Notes\n", "### Notes\nmine\n").replace("\n", "\r\n"));

    diary.record(report);

    assertThat(text()).containsOnlyOnce("<!-- run ").containsOnlyOnce("<!-- end of run ");
    assertThat(diary.entry(report.runId()).orElseThrow()).endsWith("### Notes\nmine\r\n\r\n");
  }

  @Test
  void note_onARun_isAddedBelowTheOthers() {
    RunReport report = run();
    diary.record(report);

    diary.note(report.runId(), NOON, "Ada", "looked at\nall of them");
    diary.note(report.runId(), NOON.plusSeconds(60), "Bo", "`done`");
    diary.record(report);

    assertThat(diary.entry(report.runId()).orElseThrow()).endsWith("""
            ### Notes

            - 2026-11-24 12:00:00 UTC, ` Ada `: ` looked at all of them `
            - 2026-11-24 12:01:00 UTC, ` Bo `: `` `done` ``
            """);
  }

  @Test
  void note_badInput_isRefusedAtOnce() {
    RunId unknown = new RunId("r1");

    assertThatThrownBy(() -> diary.note(unknown, NOON, "Ada", "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("run must have an entry in the diary ")
        .hasMessageContaining("was r1");
    assertThatThrownBy(() -> diary.note(unknown, NOON, " ", "x"))
        .hasMessage("author must be non-blank, was \" \"");
    assertThatThrownBy(() -> diary.note(unknown, NOON, "Ada", ""))
        .hasMessage("text must be non-blank, was \"\"");
    assertThat(file).doesNotExist();
  }

  @Test
  void record_diaryCutAnywhere_losesNothingMore() throws IOException {
    RunReport first = scene.run(Scene.keys(3), key -> Outcome.succeeded());
    RunReport second = scene.run(Scene.keys(3), key -> Outcome.succeeded());
    diary.record(first);
    diary.note(first.runId(), NOON, "Ada", "mine");
    String whole = text();

    for (int length = 0; length < whole.length(); length += 3) {
      Files.writeString(file, whole.substring(0, length));
      diary.record(second);
      diary.record(first);
      diary.record(second);

      String kept = text();
      assertThat(kept).as("cut at %d", length).contains("- Totals: 3 succeeded");
      assertThat(kept.split("<!-- run " + second.runId() + " -->\n", -1)).hasSize(2);
      assertThat(diary.entry(first.runId()).orElseThrow())
          .as("cut at %d", length)
          .doesNotContain(second.runId().value());
      assertThat(diary.entry(second.runId()).orElseThrow()).startsWith("## ");
      boolean hadNote = whole.substring(0, length).contains("mine `");
      assertThat(kept.contains("mine `")).as("note, cut at %d", length).isEqualTo(hadNote);
    }
  }

  @Test
  void record_threadThatWasInterrupted_writesAndStaysInterrupted() {
    RunReport report = run();

    Thread.currentThread().interrupt();
    diary.record(report);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(diary.entry(report.runId())).isPresent();
  }

  @Test
  void note_manyProcessesAndThreads_losesNone() throws Exception {
    RunReport report = scene.run(Scene.keys(3), key -> Outcome.succeeded());
    diary.record(report);
    int notes = 40;

    try (ChildJvm first = noting("p1", report, notes);
        ChildJvm second = noting("p2", report, notes)) {
      List<Thread> threads = Stream.of("t1", "t2")
          .map(name -> new Thread(() ->
              DiaryWriterMain.write(Diary.at(file, new Redactor()), report.runId(), name, notes)))
          .toList();
      threads.forEach(Thread::start);
      for (Thread thread : threads) {
        thread.join();
      }
      for (ChildJvm child : List.of(first, second)) {
        String output = child.rest();
        assertThat(child.exitValue()).as(output).isZero();
      }
    }

    String entry = diary.entry(report.runId()).orElseThrow();
    for (String name : List.of("p1", "p2", "t1", "t2")) {
      List<String> order = entry
          .lines()
          .filter(line -> line.contains("` " + name + " `"))
          .map(line -> line.replaceAll(".*: ` (.*) `", "$1"))
          .toList();
      assertThat(order)
          .isEqualTo(IntStream.range(0, notes).mapToObj(i -> "n" + i).toList());
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("diary.md", "diary.md.lock");
    }
  }

  private ChildJvm noting(String author, RunReport report, int notes) throws IOException {
    return ChildJvm.start(
        DiaryWriterMain.class,
        List.of(),
        file.toString(),
        report.runId().value(),
        author,
        Integer.toString(notes));
  }

  @Test
  void record_hostileTexts_stayCode() throws IOException {
    RunReport report = scene.run(
        List.of(Texts.MARKUP + "\n<!-- end of run x -->\n### Notes\n"),
        key -> Outcome.failed(Failure.of(
            FailureKind.INVALID, "\n\n# " + Texts.MARKUP + Texts.RIGHT_TO_LEFT + Texts.ESCAPE)));

    diary.record(report);

    assertThat(text().lines().filter(line -> line.startsWith("#")))
        .containsExactly(
            "# Operational diary",
            "## 2026-11-23 22:00:00 UTC ` profile-photos ` COMPLETED",
            "### Notes");
    assertThat(text().lines().filter(line -> line.startsWith("<!--"))).hasSize(2);
    assertThat(text().codePoints())
        .noneMatch(c -> c != '\n' && Character.isISOControl(c))
        .noneMatch(c -> Character.getType(c) == Character.FORMAT);
    assertThat(text().lines().filter(line -> line.contains("evil")))
        .isNotEmpty()
        .allMatch(line -> line.contains("``` "));
  }

  @Test
  void record_fileThatIsNoText_isLeftAlone() throws IOException {
    byte[] bytes = {(byte) 0xff, (byte) 0xfe, 1, 2};
    Files.write(file, bytes);
    RunReport report = run();

    assertThatThrownBy(() -> diary.record(report)).hasMessageContaining("It was not changed");

    assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
  }
}
