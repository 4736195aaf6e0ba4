package io.runbook4j.ledger;

import static io.runbook4j.ledger.RunFixture.JOB;
import static io.runbook4j.ledger.RunFixture.RUN;
import static io.runbook4j.ledger.RunFixture.begun;
import static io.runbook4j.ledger.RunFixture.done;
import static io.runbook4j.ledger.RunFixture.finished;
import static io.runbook4j.ledger.RunFixture.resumed;
import static io.runbook4j.ledger.RunFixture.started;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.LedgerEntry;
import io.runbook4j.spi.ledger.LedgerException;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.ledger.RunSummary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Promise 2, where records are written into room that was reserved for them. */
class Promise02ReservedRoomTest {
  private static final Counts ONE_SUCCEEDED = new Counts(1, 1, 0, 0, 0, 0);

  @TempDir
  private Path folder;

  @TempDir
  private Path crashed;

  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = folder.resolve(RUN + ".jsonl");
  }

  /** Records until room is reserved for more than the next record. */
  private void fill(FileLedger ledger) {
    ledger.record(RUN, List.of(started(RUN, JOB)));
    for (int number = 1; number <= 5; number++) {
      ledger.record(RUN, List.of(begun(number, "item " + number), done(number)));
    }
  }

  /** {@return the file as a machine that loses power now would leave it} */
  private byte[] now() throws IOException {
    return Files.readAllBytes(file);
  }

  private List<String> afterACrash(byte[] bytes) throws IOException {
    Files.write(crashed.resolve(file.getFileName()), bytes);
    try (FileLedger ledger = FileLedger.open(crashed)) {
      assertThat(ledger.died()).extracting(RunSummary::run).containsExactly(RUN);
      return entries(ledger);
    }
  }

  /** In words: an item filter has no equals. */
  private static List<String> entries(FileLedger ledger) {
    return ledger.entries(RUN).stream().map(LedgerEntry::toString).toList();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Test
  void record_room_isOfSpacesAndGoneWhenTheRunHasFinished() throws IOException {
    try (FileLedger ledger = FileLedger.open(folder)) {
      fill(ledger);
      long room = now().length;
      assertThat(text(now())).matches("(?s)\\{.*}\n {50,}");

      ledger.record(RUN, List.of(begun(6, "item 6"), done(6)));
      assertThat(now()).hasSize((int) room);

      ledger.record(RUN, List.of(finished(RunState.COMPLETED, new Counts(6, 6, 0, 0, 0, 0))));
      assertThat(text(now())).matches("(?s)\\{.*}\n");
    }
  }

  @Test
  void record_manyChunks_reservesNoMoreThanTheDocumentedSize() throws IOException {
    try (FileLedger ledger = FileLedger.open(folder)) {
      fill(ledger);
      String[] keys = new String[100];
      Arrays.setAll(keys, i -> "some key of usual length " + i);
      long longest = 0;
      for (int number = 6; number < 60; number++) {
        ledger.record(RUN, List.of(begun(number, keys), done(number)));
        longest = Math.max(longest, now().length - text(now()).stripTrailing().length());
      }

      assertThat(longest).isBetween(32 * 1024L, 64 * 1024L + 1);
    }
  }

  @Test
  void close_unfinishedRun_leavesNoRoomBehind() throws IOException {
    try (FileLedger ledger = FileLedger.open(folder)) {
      fill(ledger);
    }

    assertThat(text(now())).endsWith("}\n");
  }

  @Test
  void entries_crashedWithRoomReserved_areAllThereAndTheRunGoesOn() throws IOException {
    try (FileLedger ledger = FileLedger.open(folder)) {
      fill(ledger);
      assertThat(afterACrash(now())).hasSize(11).isEqualTo(entries(ledger));
    }

    try (FileLedger ledger = FileLedger.open(crashed)) {
      ledger.record(RUN, List.of(resumed(), begun(6, "item 6")));
      assertThat(ledger.entries(RUN)).hasSize(13);
    }
    assertThat(Files.readString(crashed.resolve(file.getFileName()))).endsWith("}\n");
  }

  @Test
  void entries_powerCutKeptAnyPartOfTheRecordBeingWritten_areThoseAcknowledged()
      throws IOException {
    try (FileLedger ledger = FileLedger.open(folder)) {
      fill(ledger);
      List<String> acknowledged = entries(ledger);
      byte[] before = now();
      ledger.record(RUN, List.of(begun(6, "item 6"), done(6), begun(7, "item 7")));
      byte[] after = now();
      assertThat(after).hasSameSizeAs(before);

      int end = text(after).stripTrailing().length() + 1;
      for (int cut = text(before).stripTrailing().length() + 2; cut < end; cut++) {
        assertThat(afterACrash(mixed(after, before, cut)))
            .as("the first part, up to byte " + cut)
            .startsWith(acknowledged.toArray(String[]::new))
            .hasSizeBetween(11, 13);
        assertThat(afterACrash(mixed(before, after, cut)))
            .as("the last part, from byte " + cut)
            .isEqualTo(acknowledged);
      }
    }
  }

  private static byte[] mixed(byte[] first, byte[] last, int cut) {
    byte[] mixed = last.clone();
    System.arraycopy(first, 0, mixed, 0, cut);
    return mixed;
  }

  @Test
  void run_ofAnotherLedgerThatWroteAgainBeforeTheClockOfTheDiskTicked_isAsItIsNow()
      throws IOException {
    try (FileLedger ledger = FileLedger.open(folder);
        FileLedger reader = FileLedger.open(folder)) {
      fill(ledger);
      FileTime tick = FileTime.from(RunFixture.AT);
      Files.setLastModifiedTime(file, tick);
      assertThat(reader.run(RUN).orElseThrow().counts().succeeded()).isEqualTo(5);

      ledger.record(RUN, List.of(begun(6, "item 6"), done(6)));
      Files.setLastModifiedTime(file, tick);

      assertThat(reader.run(RUN).orElseThrow().counts().succeeded()).isEqualTo(6);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{\"type\":\"beg", "\0\0", "\n \n{"})
  void run_crashed_isKnownWithoutReadingItAgain(String torn) throws IOException {
    try (FileLedger ledger = FileLedger.open(folder)) {
      fill(ledger);
      byte[] bytes = now();
      byte[] tail = torn.getBytes(StandardCharsets.UTF_8);
      System.arraycopy(tail, 0, bytes, text(bytes).stripTrailing().length() + 1, tail.length);
      afterACrash(bytes);
    }
    Path copy = crashed.resolve(file.getFileName());
    try (FileLedger ledger = FileLedger.open(crashed)) {
      assertThat(ledger.run(RUN).orElseThrow().counts().succeeded()).isEqualTo(5);
      change(copy, 0, 100, '\0');

      assertThat(ledger.run(RUN).orElseThrow().counts().succeeded()).isEqualTo(5);
    }
  }

  @Test
  void run_powerCutTookTheLastRecordAfterItWasRead_isAsItIsNow() throws IOException {
    try (FileLedger ledger = FileLedger.open(folder);
        FileLedger reader = FileLedger.open(folder)) {
      fill(ledger);
      int before = text(now()).stripTrailing().length() + 1;
      ledger.record(RUN, List.of(begun(6, "item 6"), done(6)));
      assertThat(reader.run(RUN).orElseThrow().counts().succeeded()).isEqualTo(6);
      change(file, before, text(now()).stripTrailing().length() + 1, ' ');

      assertThat(reader.run(RUN).orElseThrow().counts().succeeded()).isEqualTo(5);
    }
  }

  /** Overwrites some bytes, and leaves the size and the time as they were. */
  private static void change(Path path, int from, int to, char with) throws IOException {
    FileTime written = Files.getLastModifiedTime(path);
    byte[] bytes = Files.readAllBytes(path);
    Arrays.fill(bytes, from, to, (byte) with);
    Files.write(path, bytes);
    Files.setLastModifiedTime(path, written);
  }

  @Test
  void entries_whileTheyAreRecorded_areAllThoseAcknowledgedBefore() throws Exception {
    AtomicInteger acknowledged = new AtomicInteger();
    try (FileLedger ledger = FileLedger.open(folder);
        FileLedger reader = FileLedger.open(folder)) {
      fill(ledger);
      FutureTask<Integer> writing = new FutureTask<>(() -> {
        String[] keys = new String[100];
        for (int number = 6; number < 400; number++) {
          String name = "a key of chunk " + number + " ";
          Arrays.setAll(keys, i -> name + i);
          ledger.record(RUN, List.of(begun(number, keys), done(number)));
          acknowledged.set(number);
        }
        return acknowledged.get();
      });
      new Thread(writing).start();
      while (!writing.isDone()) {
        int before = acknowledged.get();
        assertThat(reader.entries(RUN)).hasSizeGreaterThanOrEqualTo(1 + 2 * before);
      }

      assertThat(writing.get()).isEqualTo(399);
    }
  }

  @Test
  void entries_anyByteChangedBeforeTheRoom_saysWhereOrLeavesTheLastRecordOut() throws IOException {
    try (FileLedger ledger = FileLedger.open(folder)) {
      fill(ledger);
      byte[] whole = now();
      int lines = text(whole).stripTrailing().length();
      int lastRecord = text(whole).indexOf("\n{\"type\":\"begun\"", lines - 500);
      for (int at = 0; at < lines; at++) {
        byte[] damaged = whole.clone();
        damaged[at] ^= 1;
        if (at > lastRecord) {
          assertThat(afterACrash(damaged)).hasSizeBetween(9, 10);
        } else {
          assertThatExceptionOfType(LedgerException.class)
              .as("byte " + at)
              .isThrownBy(() -> afterACrash(damaged))
              .withMessageContaining(" in line ");
        }
      }
    }
  }

  @Test
  void run_finished_isKnownWithoutReadingItAgain() throws IOException {
    try (FileLedger ledger = FileLedger.open(folder)) {
      ledger.record(RUN, List.of(started(RUN, JOB), begun(1, "a")));
      ledger.record(RUN, List.of(done(1)));
      ledger.record(RUN, List.of(finished(RunState.COMPLETED, ONE_SUCCEEDED)));
      checkIsNotReadAgain(ledger);
    }
  }

  @Test
  void run_finishedAtOnce_isKnownWithoutReadingItAgain() throws IOException {
    try (FileLedger ledger = FileLedger.open(folder)) {
      LedgerEntry end = finished(RunState.COMPLETED, ONE_SUCCEEDED);
      ledger.record(RUN, List.of(started(RUN, JOB), begun(1, "a"), done(1), end));
      checkIsNotReadAgain(ledger);
    }
  }

  private void checkIsNotReadAgain(FileLedger ledger) throws IOException {
    change(file, 0, now().length, '\0');

    assertThat(ledger.run(RUN).orElseThrow().counts()).isEqualTo(ONE_SUCCEEDED);
  }
}
