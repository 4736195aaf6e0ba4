package io.runbook4j.ledger;

import static io.runbook4j.ledger.RunFixture.AT;
import static io.runbook4j.ledger.RunFixture.JOB;
import static io.runbook4j.ledger.RunFixture.RUN;
import static io.runbook4j.ledger.RunFixture.begun;
import static io.runbook4j.ledger.RunFixture.done;
import static io.runbook4j.ledger.RunFixture.finished;
import static io.runbook4j.ledger.RunFixture.resumed;
import static io.runbook4j.ledger.RunFixture.started;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.runbook4j.file.internal.Disk;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.LedgerException;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileLedgerDiskTest {
  private static final Counts COUNTS = new Counts(1, 1, 0, 0, 0, 0);

  @TempDir
  private Path folder;

  private final SmallDisk disk = new SmallDisk();

  /** A real disk, until it is told how many more bytes fit. */
  private static final class SmallDisk implements Disk {
    private long room = Long.MAX_VALUE;
    private volatile boolean forces = true;
    private boolean truncates = true;
    private @Nullable Error fault;
    private int forced;
    private int notReserved;
    private boolean closes = true;
    private Runnable beforeAppend = () -> {};
    private final AtomicLong written = new AtomicLong();
    private volatile long forcedBytes;

    /** What the folder held, each time that it was forced. */
    private final List<List<Path>> forcedFolders = new ArrayList<>();

    @Override
    public AppendedFile open(Path path) throws IOException {
      AppendedFile file = Disk.system().open(path);
      return new AppendedFile() {
        @Override
        public void append(byte[] bytes, int length) throws IOException {
          if (fault != null) {
            throw fault;
          }
          int fits = (int) Math.min(length, room);
          beforeAppend.run();
          file.append(bytes, fits);
          room -= fits;
          written.addAndGet(fits);
          if (fits < length) {
            throw new IOException("No space left on device");
          }
        }

        @Override
        public void force() throws IOException {
          if (!forces) {
            throw new IOException("Input/output error");
          }
          long before = written.get();
          file.force();
          forced++;
          forcedBytes = before;
        }

        @Override
        public void reserve(int bytes) throws IOException {
          if (bytes > room) {
            notReserved++;
            throw new IOException("No space left on device");
          }
          file.reserve(bytes);
        }

        @Override
        public void release() {
          file.release();
        }

        @Override
        public void truncate(long length) throws IOException {
          if (!truncates) {
            throw new IOException("Read-only file system");
          }
          file.truncate(length);
        }

        @Override
        public void close() throws IOException {
          file.close();
          if (!closes) {
            throw new IOException("Input/output error");
          }
        }
      };
    }

    @Override
    public void forceFolder(Path path) throws IOException {
      Disk.system().forceFolder(path);
      try (Stream<Path> files = Files.list(path)) {
        forcedFolders.add(files.toList());
      }
    }
  }

  private FileLedger open() {
    return FileLedger.builder(folder).disk(disk).open();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100, 200, 300})
  void record_diskFull_keepsWhatWasAcknowledgedAndRefusesMore(int room) throws IOException {
    Path file = folder.resolve(RUN + ".jsonl");
    try (FileLedger ledger = open()) {
      ledger.record(RUN, List.of(started(RUN, JOB), begun(1, "a", "b")));
      String acknowledged = Files.readString(file).stripTrailing() + "\n";
      disk.room = room;

      assertThatExceptionOfType(LedgerException.class)
          .isThrownBy(() -> ledger.record(RUN, List.of(done(1), begun(2, "c"))))
          .withMessageContainingAll(file.toString(), "No space left", "resume");
      disk.room = Long.MAX_VALUE;
      assertThatExceptionOfType(LedgerException.class)
          .isThrownBy(() -> ledger.record(RUN, List.of(done(1))))
          .withMessageContaining("No space left");

      assertThat(Files.readString(file)).isEqualTo(acknowledged);
      assertThat(ledger.run(RUN).orElseThrow().state()).isEqualTo(RunState.DIED);
      assertThat(ledger.entries(RUN)).hasSize(2);
      ledger.record(RUN, List.of(resumed(), done(1)));
      assertThat(ledger.run(RUN).orElseThrow().counts().succeeded()).isEqualTo(2);
    }
  }

  @Test
  void record_roomForTheRecordAndForNoMore_isRecorded() {
    try (FileLedger ledger = open()) {
      ledger.record(RUN, List.of(started(RUN, JOB), begun(1, "a")));
      disk.room = 1_000;

      ledger.record(RUN, List.of(done(1)));
      ledger.record(RUN, List.of(begun(2, "b")));
      ledger.record(RUN, List.of(done(2)));
      ledger.record(RUN, List.of(begun(3, "c")));

      assertThat(disk.notReserved).isOne();
      assertThat(ledger.entries(RUN)).hasSize(6);
    }
  }

  @Test
  void record_diskFullAndCannotBeCut_theTornTailIsIgnored() {
    try (FileLedger ledger = open()) {
      ledger.record(RUN, List.of(started(RUN, JOB)));
      disk.room = 50;
      disk.truncates = false;

      assertThatExceptionOfType(LedgerException.class)
          .isThrownBy(() -> ledger.record(RUN, List.of(begun(1, "a"))))
          .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
    }
    disk.room = Long.MAX_VALUE;
    disk.truncates = true;
    try (FileLedger ledger = open()) {
      assertThat(ledger.entries(RUN)).hasSize(1);
      ledger.record(RUN, List.of(resumed(), begun(1, "a")));
      assertThat(ledger.entries(RUN)).hasSize(3);
    }
  }

  @Test
  void record_memoryRunsOutMeanwhile_keepsWhatWasAcknowledgedAndSaysWhy() {
    OutOfMemoryError full = new OutOfMemoryError("Java heap space");
    List<String> keys = new AbstractList<>() {
      @Override
      public String get(int index) {
        throw full;
      }

      @Override
      public int size() {
        return 2;
      }
    };
    try (FileLedger ledger = open()) {
      ledger.record(RUN, List.of(started(RUN, JOB), begun(1, "a", "b")));

      assertThatExceptionOfType(OutOfMemoryError.class)
          .isThrownBy(() -> ledger.record(RUN, List.of(done(1), begun(2, AT, keys))))
          .isSameAs(full);
      assertThatExceptionOfType(LedgerException.class)
          .isThrownBy(() -> ledger.record(RUN, List.of(done(1))))
          .withRootCauseInstanceOf(OutOfMemoryError.class);

      assertThat(ledger.run(RUN).orElseThrow().state()).isEqualTo(RunState.DIED);
      ledger.record(RUN, List.of(resumed(), done(1)));
      assertThat(ledger.run(RUN).orElseThrow().counts().succeeded()).isEqualTo(2);
    }
  }

  @Test
  void record_diskThrowsAnError_keepsWhatWasAcknowledged() {
    try (FileLedger ledger = open()) {
      ledger.record(RUN, List.of(started(RUN, JOB), begun(1, "a", "b")));
      disk.fault = new OutOfMemoryError("Direct buffer memory");

      assertThatExceptionOfType(OutOfMemoryError.class)
          .isThrownBy(() -> ledger.record(RUN, List.of(done(1))));

      disk.fault = null;
      assertThat(ledger.run(RUN).orElseThrow().state()).isEqualTo(RunState.DIED);
      ledger.record(RUN, List.of(resumed(), done(1)));
      assertThat(ledger.run(RUN).orElseThrow().counts().succeeded()).isEqualTo(2);
    }
  }

  @Test
  void record_forceFails_isNotAcknowledged() {
    try (FileLedger ledger = open()) {
      ledger.record(RUN, List.of(started(RUN, JOB)));
      disk.forces = false;

      assertThatExceptionOfType(LedgerException.class)
          .isThrownBy(() -> ledger.record(RUN, List.of(begun(1, "a"))))
          .withMessageContaining("Input/output error");
      assertThat(ledger.entries(RUN)).hasSize(1);
    }
  }

  @Test
  void record_startedOnAFullDisk_leavesNoRun() {
    try (FileLedger ledger = open()) {
      disk.room = 10;
      assertThatExceptionOfType(LedgerException.class)
          .isThrownBy(() -> ledger.record(RUN, List.of(started(RUN, JOB))));
      assertThat(ledger.run(RUN)).isEmpty();
      assertThat(ledger.runs(JOB, 9)).isEmpty();

      disk.room = Long.MAX_VALUE;
      ledger.record(RUN, List.of(started(RUN, JOB)));
      assertThat(ledger.run(RUN)).isPresent();
    }
  }

  @Test
  void record_realDeviceWithoutRoom_isRefused() {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "no /dev/full here");
    Disk device = new Disk() {
      @Override
      public AppendedFile open(Path path) throws IOException {
        AppendedFile real = Disk.system().open(full);
        return new AppendedFile() {
          @Override
          public void append(byte[] bytes, int length) throws IOException {
            real.append(bytes, length);
          }

          @Override
          public void force() {}

          @Override
          public void truncate(long length) {}

          @Override
          public void close() throws IOException {
            real.close();
          }
        };
      }

      @Override
      public void forceFolder(Path path) {}
    };
    try (FileLedger ledger = FileLedger.builder(folder).disk(device).open()) {
      assertThatExceptionOfType(LedgerException.class)
          .isThrownBy(() -> ledger.record(RUN, List.of(started(RUN, JOB))))
          .withMessageContaining("No space left on device");
    }
  }

  @Test
  void record_severalEntries_areForcedOnce() {
    try (FileLedger ledger = open()) {
      ledger.record(RUN, List.of(started(RUN, JOB), begun(1, "a"), done(1)));
      ledger.record(RUN, List.of(begun(2, "a")));
    }

    assertThat(disk.forced).isEqualTo(2);
  }

  @Test
  void record_started_forcesTheFolderOnceTheFileIsInIt() throws IOException {
    try (FileLedger ledger = open()) {
      ledger.record(RUN, List.of(started(RUN, JOB)));
      ledger.record(RUN, List.of(begun(1, "a")));

      assertThat(disk.forcedFolders)
          .singleElement()
          .asInstanceOf(InstanceOfAssertFactories.list(Path.class))
          .contains(folder.toRealPath().resolve(RUN + ".jsonl"));
    }
  }

  @Test
  void record_forceNever_isNotForced() {
    try (FileLedger ledger =
        FileLedger.builder(folder).disk(disk).force(FileLedger.Force.NEVER).open()) {
      ledger.record(RUN, List.of(started(RUN, JOB), begun(1, "a"), done(1)));
    }

    assertThat(disk.forced).isZero();
    assertThat(disk.forcedFolders).isEmpty();
  }

  @Test
  void record_forceInBackground_forcesTheEndOfARunBeforeItIsAcknowledged() {
    try (FileLedger ledger = FileLedger.builder(folder)
        .disk(disk)
        .force(FileLedger.Force.IN_BACKGROUND)
        .open()) {
      ledger.record(RUN, List.of(started(RUN, JOB), begun(1, "a"), done(1)));
      ledger.record(RUN, List.of(finished(RunState.COMPLETED, COUNTS)));

      assertThat(disk.forcedBytes).isEqualTo(disk.written.get()).isPositive();
    }
  }

  @Test
  void record_forceInBackgroundFails_refusesWhatComesAfter() {
    try (FileLedger ledger = FileLedger.builder(folder)
        .disk(disk)
        .force(FileLedger.Force.IN_BACKGROUND)
        .open()) {
      ledger.record(RUN, List.of(started(RUN, JOB), begun(1, "a"), done(1)));
      disk.forces = false;

      assertThatExceptionOfType(LedgerException.class)
          .isThrownBy(() -> ledger.record(RUN, List.of(finished(RunState.COMPLETED, COUNTS))))
          .withMessageContaining("Input/output error");
    }
  }

  @Test
  void force_inBackground_returnsWhenAllIsForced() {
    try (FileLedger ledger = FileLedger.builder(folder)
        .disk(disk)
        .force(FileLedger.Force.IN_BACKGROUND)
        .open()) {
      ledger.record(RUN, List.of(started(RUN, JOB), begun(1, "a")));

      ledger.force(RUN);

      assertThat(disk.forcedBytes).isEqualTo(disk.written.get()).isPositive();
    }
  }

  @Test
  void force_inBackgroundFails_isRefusedAndSoIsWhatComesAfter() {
    try (FileLedger ledger = FileLedger.builder(folder)
        .disk(disk)
        .force(FileLedger.Force.IN_BACKGROUND)
        .open()) {
      ledger.record(RUN, List.of(started(RUN, JOB), begun(1, "a")));
      disk.forces = false;

      assertThatExceptionOfType(LedgerException.class)
          .isThrownBy(() -> ledger.force(RUN))
          .withMessageContaining("Input/output error");
      disk.forces = true;
      assertThatExceptionOfType(LedgerException.class)
          .isThrownBy(() -> ledger.record(RUN, List.of(done(1))))
          .withMessageContaining("Input/output error");
      assertThat(ledger.run(RUN).orElseThrow().state()).isEqualTo(RunState.DIED);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"EACH_RECORD", "NEVER"})
  void force_otherModes_forcesNothingMore(FileLedger.Force mode) {
    try (FileLedger ledger = FileLedger.builder(folder).disk(disk).force(mode).open()) {
      ledger.record(RUN, List.of(started(RUN, JOB), begun(1, "a")));
      int forced = disk.forced;

      ledger.force(RUN);

      assertThat(disk.forced).isEqualTo(forced);
    }
  }

  @Test
  void close_whileARecordIsWritten_waitsForIt() throws Exception {
    FileLedger ledger = open();
    ledger.record(RUN, List.of(started(RUN, JOB), begun(1, "a")));
    ledger.record(RUN, List.of(done(1), begun(2, "b")));
    FutureTask<@Nullable Void> close = new FutureTask<>(ledger::close, null);
    Thread closer = new Thread(close);
    disk.beforeAppend = () -> {
      closer.start();
      while (closer.getState() != Thread.State.WAITING && !close.isDone()) {
        Thread.onSpinWait();
      }
    };

    ledger.record(RUN, List.of(done(2)));

    close.get();
    try (FileLedger again = FileLedger.open(folder)) {
      assertThat(again.entries(RUN)).hasSize(5);
    }
  }

  @Test
  void append_writerThatWasClosedMeanwhile_saysSoAndBlamesNoDisk() throws IOException {
    RunReplay nothing = new RunReplay(new RunTally(RUN, RunFollower.NONE), 0);
    Path file = folder.resolve("run");
    RunWriter writer =
        new RunWriter(file, disk.open(file), RUN, nothing, FileLedger.Force.EACH_RECORD);
    writer.append(List.of(started(RUN, JOB)), new RunWriter.Taking(1, Optional.empty()));
    writer.close();

    assertThatIllegalStateException()
        .isThrownBy(() -> writer.append(List.of(begun(1, "a")), RunWriter.Taking.NONE))
        .withMessageContainingAll(RUN.value(), "closed");
    assertThat(writer.isBroken()).isFalse();
  }

  @Test
  void close_filesCannotBeClosed_letsGoOfAllRuns() {
    RunId other = new RunId("20261123T043113.114Z-9f3a02");
    try (FileLedger next = FileLedger.open(folder)) {
      FileLedger ledger = open();
      ledger.record(RUN, List.of(started(RUN, JOB)));
      ledger.record(other, List.of(started(other, JOB)));
      disk.closes = false;

      assertThatExceptionOfType(LedgerException.class)
          .isThrownBy(ledger::close)
          .withMessageContaining("Input/output error")
          .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));

      next.record(RUN, List.of(resumed()));
      next.record(other, List.of(resumed()));
    }
  }

  @Test
  void record_brokenRunThatAnotherLedgerHasTakenSince_leavesItTaken() {
    try (FileLedger first = open();
        FileLedger second = FileLedger.open(folder);
        FileLedger third = FileLedger.open(folder)) {
      first.record(RUN, List.of(started(RUN, JOB)));
      disk.room = 0;
      assertThatExceptionOfType(LedgerException.class)
          .isThrownBy(() -> first.record(RUN, List.of(begun(1, "a"))));
      second.record(RUN, List.of(resumed()));

      assertThatExceptionOfType(LedgerException.class)
          .isThrownBy(() -> first.record(RUN, List.of(begun(1, "a"))));

      assertThatExceptionOfType(LedgerException.class)
          .isThrownBy(() -> third.record(RUN, List.of(resumed())))
          .withMessageContaining("this process holds it");
    }
  }

  @Test
  void record_interruptedThread_writesAllTheSame() {
    try (FileLedger ledger = open()) {
      Thread.currentThread().interrupt();
      ledger.record(RUN, List.of(started(RUN, JOB)));
      ledger.record(RUN, List.of(begun(1, "a")));
      assertThat(ledger.entries(RUN)).hasSize(2);
      assertThat(ledger.died()).isEmpty();
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void open_onAFile_isRefused() throws IOException {
    Path file = Files.createFile(folder.resolve("plain"));

    assertThatExceptionOfType(LedgerException.class)
        .isThrownBy(() -> FileLedger.open(file))
        .withMessageContaining(file.toString());
    assertThatExceptionOfType(LedgerException.class)
        .isThrownBy(() -> FileLedger.open(file.resolve("below")))
        .withMessageContaining("below");
  }

  @Test
  void open_readOnlyFolder_isRefused() throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      assumeFalse(Files.isWritable(folder), "permissions do not bind this user (root)");

      assertThatExceptionOfType(LedgerException.class)
          .isThrownBy(() -> FileLedger.open(folder))
          .withMessageContaining(folder.toString());
    } finally {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  @Test
  void record_afterClose_isRefused() {
    FileLedger ledger = open();
    ledger.close();
    ledger.close();

    org.assertj.core.api.Assertions.assertThatIllegalStateException()
        .isThrownBy(() -> ledger.record(RUN, List.of(started(RUN, JOB))))
        .withMessageContaining("closed");
  }
}
