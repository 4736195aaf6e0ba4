package io.runbook4j.ledger;

import static io.runbook4j.ledger.RunFixture.AT;
import static io.runbook4j.ledger.RunFixture.JOB;
import static io.runbook4j.ledger.RunFixture.RUN;
import static io.runbook4j.ledger.RunFixture.at;
import static io.runbook4j.ledger.RunFixture.begun;
import static io.runbook4j.ledger.RunFixture.done;
import static io.runbook4j.ledger.RunFixture.realisticRun;
import static io.runbook4j.ledger.RunFixture.recordAll;
import static io.runbook4j.ledger.RunFixture.resumed;
import static io.runbook4j.ledger.RunFixture.started;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.runbook4j.file.internal.JsonLine;
import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.LedgerEntry;
import io.runbook4j.spi.ledger.LedgerEntry.RunStarted;
import io.runbook4j.spi.ledger.LedgerException;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunOrigin;
import io.runbook4j.spi.ledger.RunSummary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileLedgerDamageTest {
  @TempDir
  private Path folder;

  private Path file;
  private byte[] whole;
  private List<LedgerEntry> entries;

  /** The file's length after each call of record, and the entries recorded until then. */
  private final List<long[]> acknowledged = new ArrayList<>();

  @BeforeEach
  void writeARun() throws IOException {
    file = folder.resolve(RUN + ".jsonl");
    try (FileLedger ledger = open()) {
      int recorded = 0;
      for (List<LedgerEntry> call : realisticRun()) {
        ledger.record(RUN, call);
        recorded += call.size();
        acknowledged.add(new long[] {Files.size(file), recorded});
      }
    }
    whole = Files.readAllBytes(file);
    entries = realisticRun().stream().flatMap(List::stream).toList();
    Files.delete(folder.resolve("index.json"));
  }

  /** Writes another file, not over the old one, which some file systems flush to the disk. */
  private void rewrite(byte[] bytes) throws IOException {
    Files.deleteIfExists(folder.resolve("index.json"));
    Files.deleteIfExists(file);
    Files.write(file, bytes);
  }

  private FileLedger open() {
    return FileLedger.builder(folder).force(FileLedger.Force.NEVER).open();
  }

  @Test
  void open_cutAfterEveryByte_keepsAllThatWasAcknowledgedAndGoesOn() throws IOException {
    for (int length = 0; length <= whole.length; length++) {
      rewrite(Arrays.copyOf(whole, length));
      List<LedgerEntry> expected = new ArrayList<>();
      try (FileLedger ledger = open()) {
        int kept = checkPrefix(ledger, length);
        expected.addAll(entries.subList(0, kept));
        expected.add(kept == 0 ? started(RUN, JOB) : resumed());
        expected.add(begun(9, "after"));
        ledger.record(RUN, expected.subList(kept, kept + 1));
        ledger.record(RUN, expected.subList(kept + 1, kept + 2));
      }
      try (FileLedger ledger = open()) {
        assertSame(ledger.entries(RUN), expected, "cut after byte " + length);
      }
    }
  }

  private int checkPrefix(FileLedger ledger, int length) {
    int atLeast = 0;
    for (long[] state : acknowledged) {
      atLeast = state[0] <= length ? (int) state[1] : atLeast;
    }
    assertThat(ledger.runs(JOB, 9)).hasSize(atLeast == 0 ? 0 : 1);
    List<LedgerEntry> kept = atLeast == 0 ? List.of() : ledger.entries(RUN);
    assertThat(kept.size()).as("cut after byte " + length).isGreaterThanOrEqualTo(atLeast);
    assertSame(kept, entries.subList(0, kept.size()), "cut after byte " + length);
    return kept.size();
  }

  private static void assertSame(
      List<LedgerEntry> actual, List<LedgerEntry> expected, String what) {
    // An ItemFilter has no equals; everything else of an entry has.
    assertThat(actual.stream().map(Object::toString))
        .as(what)
        .isEqualTo(expected.stream().map(Object::toString).toList());
  }

  @ParameterizedTest
  @ValueSource(ints = {0x01, '\n', '"'})
  void read_anyByteChanged_saysWhereOrCutsTheLastWriteOff(int change) throws IOException {
    try (FileLedger ledger = open()) {
      for (int at = 0; at < whole.length; at++) {
        byte[] bytes = whole.clone();
        bytes[at] = (byte) (change == 0x01 ? bytes[at] ^ change : change);
        if (bytes[at] != whole[at]) {
          rewrite(bytes);
          checkDamage(ledger, at);
        }
      }
    }
  }

  private void checkDamage(FileLedger ledger, int at) {
    int lastWrite = (int) acknowledged.get(acknowledged.size() - 2)[0];
    int before = (int) acknowledged.get(acknowledged.size() - 2)[1];
    try {
      List<LedgerEntry> read = ledger.entries(RUN);
      assertThat(at).as("byte").isGreaterThanOrEqualTo(lastWrite);
      assertThat(read.size()).isBetween(before, entries.size() - 1);
      assertSame(read, entries.subList(0, read.size()), "byte " + at);
    } catch (LedgerException e) {
      assertThat(e)
          .as("byte " + at)
          .hasMessageContaining(file.toString())
          .hasMessageContaining("line " + lineOf(at));
    }
  }

  private long lineOf(int at) {
    return 1
        + new String(whole, 0, at, StandardCharsets.ISO_8859_1)
            .chars()
            .filter(c -> c == '\n')
            .count();
  }

  @Test
  void read_damageInTheMiddle_saysWhatToDoAndIsNotResumed() throws IOException {
    byte[] bytes = whole.clone();
    bytes[(int) acknowledged.get(0)[0] + 5] ^= 1;
    rewrite(bytes);

    try (FileLedger ledger = open()) {
      assertThatExceptionOfType(LedgerException.class)
          .isThrownBy(() -> ledger.record(RUN, List.of(resumed())))
          .withMessageContaining("damaged in line 2")
          .withMessageContaining("head -n 1");
      assertThatExceptionOfType(LedgerException.class).isThrownBy(() -> ledger.runs(JOB, 9));
      assertThatExceptionOfType(LedgerException.class)
          .isThrownBy(() -> ledger.outstanding(JOB, ItemFilter.all()));
    }
    assertThat(file).hasBinaryContent(bytes);
  }

  @Test
  void read_zerosOrGarbageBehindTheLastLine_areATornTail() throws IOException {
    byte[] garbage = new byte[9_000];
    Arrays.fill(garbage, 4_000, 5_000, (byte) '\n');
    Arrays.fill(garbage, 5_000, 6_000, (byte) 0xff);
    byte[] bytes = Arrays.copyOf(whole, whole.length + garbage.length);
    System.arraycopy(garbage, 0, bytes, whole.length, garbage.length);
    rewrite(bytes);

    try (FileLedger ledger = open()) {
      assertThat(ledger.entries(RUN)).hasSize(entries.size());
      ledger.record(RUN, List.of(resumed()));
      assertThat(ledger.entries(RUN)).hasSize(entries.size() + 1);
    }
  }

  @Test
  void read_powerCutLostTheFirstLineOfTheLastWriteOnly_isATornTail() throws IOException {
    try (FileLedger ledger = open()) {
      ledger.record(RUN, List.of(resumed(), begun(4, "x"), done(4)));
    }
    byte[] bytes = Files.readAllBytes(file);
    Arrays.fill(bytes, whole.length, whole.length + 20, (byte) 0);
    rewrite(bytes);

    try (FileLedger ledger = open()) {
      assertThat(ledger.entries(RUN)).hasSize(entries.size());
    }
  }

  @Test
  void read_entryThatCannotFollow_isDamage() throws IOException {
    JsonLine lines = new JsonLine();
    EntryEncoder encoder = new EntryEncoder(lines);
    encoder.entry(resumed(), List.of());
    lines.seal();
    encoder.entry(done(7), List.of());
    lines.seal();
    byte[] bytes = Arrays.copyOf(whole, whole.length + lines.length());
    System.arraycopy(lines.bytes(), 0, bytes, whole.length, lines.length());
    rewrite(bytes);

    try (FileLedger ledger = open()) {
      assertThatExceptionOfType(LedgerException.class)
          .isThrownBy(() -> ledger.entries(RUN))
          .withMessageContaining("line " + (entries.size() + 2))
          .withMessageContaining("chunk 7");
    }
  }

  @Test
  void read_otherFormats_saysBothNumbers() throws IOException {
    String text = new String(whole, StandardCharsets.UTF_8);

    Files.writeString(file, text.replaceFirst("\"format\":1", "\"format\":2"));
    try (FileLedger ledger = open()) {
      assertThatExceptionOfType(LedgerException.class)
          .isThrownBy(() -> ledger.runs(JOB, 9))
          .withMessageContainingAll("format 2", "up to format 1", "too new");
    }
    Files.writeString(file, text.replaceFirst("\"format\":1", "\"format\":0"));
    try (FileLedger ledger = open()) {
      assertThatExceptionOfType(LedgerException.class)
          .as("a damaged line, by its checksum")
          .isThrownBy(() -> ledger.run(RUN))
          .withMessageContainingAll("is damaged in line 1", "move the file out of the folder");
    }
    JsonLine line = new JsonLine();
    line.begin().number("format", 0).text("type", "started").seal();
    Files.write(file, Arrays.copyOf(line.bytes(), line.length()));
    try (FileLedger ledger = open()) {
      assertThatExceptionOfType(LedgerException.class)
          .isThrownBy(() -> ledger.run(RUN))
          .withMessageContainingAll("format 0", "from format 1", "too old");
    }
  }

  @Test
  void read_renamedFile_saysWhoseItIs() throws IOException {
    Files.move(file, folder.resolve("other.jsonl"));

    try (FileLedger ledger = open()) {
      assertThatExceptionOfType(LedgerException.class)
          .isThrownBy(() -> ledger.runs(JOB, 9))
          .withMessageContainingAll("other.jsonl", RUN.value());
    }
  }

  /** A file in the folder of which nobody can say all that it holds. */
  private enum Unreadable {
    COPY,
    TOO_NEW,
    DAMAGED_IN_LINE_1,
    FOLDER
  }

  private void put(Unreadable what) throws IOException {
    byte[] damaged = whole.clone();
    damaged[20] ^= 1;
    String text = new String(whole, StandardCharsets.UTF_8);
    switch (what) {
      case COPY -> Files.copy(file, folder.resolve("old.jsonl"));
      case TOO_NEW -> Files.writeString(file, text.replaceFirst("\"format\":1", "\"format\":2"));
      case DAMAGED_IN_LINE_1 -> rewrite(damaged);
      case FOLDER -> Files.createDirectory(folder.resolve("old.jsonl"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void record_fileThatCannotBeReadInTheFolder_beginsAndResumesOtherRuns(Unreadable what)
      throws IOException {
    put(what);
    RunId run = new RunId("r2");
    try (FileLedger ledger = open()) {
      ledger.record(run, List.of(started(run, JOB), begun(1, "a")));
    }

    try (FileLedger ledger = open()) {
      ledger.record(run, List.of(resumed(), done(1)));

      assertThat(ledger.entries(run)).hasSize(4);
      assertThat(ledger.run(run).orElseThrow().counts().succeeded()).isEqualTo(1);
    }
  }

  @Test
  void queries_misnamedFileOfAnotherJob_areAnswered() throws IOException {
    put(Unreadable.COPY);
    RunId run = new RunId("r2");
    try (FileLedger ledger = open()) {
      ledger.record(run, List.of(started(run, "other"), begun(1, "a")));

      assertThat(ledger.runs("other", 9)).hasSize(1);
      assertThat(ledger.outstanding("other", ItemFilter.all())).hasSize(1);
      assertThat(ledger.reasons("other", AT, Duration.ofDays(1))).isEmpty();
      assertThatExceptionOfType(LedgerException.class)
          .isThrownBy(() -> ledger.outstanding(JOB, ItemFilter.all()))
          .withMessageContainingAll("old.jsonl", RUN.value());
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "COPY")
  void queries_fileOfWhichTheJobCannotBeTold_areRefused(Unreadable what) throws IOException {
    put(what);
    try (FileLedger ledger = open()) {
      Stream.<ThrowingCallable>of(
              () -> ledger.runs("other", 9),
              () -> ledger.outstanding("other", ItemFilter.all()),
              () -> ledger.reasons("other", AT, Duration.ofDays(1)),
              ledger::died)
          .forEach(query -> assertThatExceptionOfType(LedgerException.class).isThrownBy(query));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"TOO_NEW", "DAMAGED_IN_LINE_1"})
  void outstanding_successOfARunWithItsClockBackWhileTheFailuresFileWasUnreadable_counts(
      Unreadable what) throws IOException {
    put(what);
    Files.setLastModifiedTime(file, FileTime.from(at(60)));
    RunId run = new RunId("r2");
    Instant before = AT.minusSeconds(3_600);
    try (FileLedger ledger = open()) {
      ledger.record(run, List.of(new RunStarted(before, run, JOB, RunOrigin.full())));
      ledger.record(run, List.of(begun(1, before, List.of("005B \"quoted\"")), done(1, before)));
    }
    rewrite(whole);

    try (FileLedger ledger = open()) {
      assertThat(ledger.outstanding(JOB, ItemFilter.failed())).isEmpty();
      assertThat(ledger.runs(JOB, 9)).extracting(RunSummary::run).containsExactly(run, RUN);
    }
  }

  @Test
  void record_again_readsBackWithJsonToolsOnly() throws IOException {
    var json = new com.fasterxml.jackson.databind.ObjectMapper();
    for (String line : Files.readAllLines(file)) {
      assertThat(json.readTree(line).get("crc").textValue()).hasSize(8);
    }
    String failed = Files.readAllLines(file).get(3);
    assertThat(failed).contains("\"key\":\"005B \\\"quoted\\\"\"", "\"kind\":\"INVALID\"");
    assertThat(recordedAnew()).isEqualTo(whole);
  }

  private byte[] recordedAnew() throws IOException {
    Files.delete(file);
    try (FileLedger ledger = open()) {
      recordAll(ledger, realisticRun());
    }
    return Files.readAllBytes(file);
  }
}
