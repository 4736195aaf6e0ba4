package io.runbook4j.ledger;

import static io.runbook4j.ledger.RunFixture.JOB;
import static io.runbook4j.ledger.RunFixture.RUN;
import static io.runbook4j.ledger.RunFixture.begun;
import static io.runbook4j.ledger.RunFixture.resumed;
import static io.runbook4j.ledger.RunFixture.started;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.runbook4j.ChildJvm;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.LedgerEntry;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkDone;
import io.runbook4j.spi.ledger.LedgerException;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.ledger.RunSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Promise 2, with real processes, killed for real. */
class Promise02FileLedgerProcessTest {
  private static final int KILLS = 50;
  private static final long SEED = 20261123;

  @TempDir
  private Path folder;

  private static ChildJvm child(String what, Path folder) throws IOException {
    return ChildJvm.start(LedgerWriterMain.class, List.of(), what, folder.toString());
  }

  @Test
  void record_killedAtRandomMoments_keepsAllThatWasAcknowledged() throws Exception {
    Random random = new Random(SEED);
    ExecutorService pool = Executors.newFixedThreadPool(2);
    try {
      List<Future<?>> kills = new ArrayList<>();
      for (int i = 0; i < KILLS; i++) {
        Path own = Files.createDirectory(folder.resolve("kill" + i));
        int lines = random.nextInt(60);
        int spins = random.nextInt(20_000);
        kills.add(pool.submit(() -> killAndCheck(own, lines, spins)));
      }
      for (Future<?> kill : kills) {
        kill.get();
      }
    } catch (ExecutionException e) {
      throw new AssertionError("seed " + SEED + ": " + e.getCause(), e.getCause());
    } finally {
      pool.shutdownNow();
      assertThat(pool.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    }
  }

  /** Kills the writer a random moment after it has acknowledged so many lines. */
  private static Path killAndCheck(Path folder, int lines, int spins) throws Exception {
    int acknowledged = -1;
    try (ChildJvm writer = child("write", folder)) {
      while (acknowledged < lines) {
        acknowledged = Integer.parseInt(writer.line().orElseThrow());
      }
      for (int i = 0; i < spins; i++) {
        Thread.onSpinWait();
      }
      writer.kill();
      // What it said and we had not read yet was acknowledged, too; the last line may be torn.
      String all = writer.rest();
      for (String line : all.substring(0, all.lastIndexOf('\n') + 1).lines().toList()) {
        acknowledged = Integer.parseInt(line);
      }
    }
    check(folder, acknowledged);
    return folder;
  }

  private static void check(Path folder, int acknowledged) {
    try (FileLedger ledger = FileLedger.open(folder)) {
      assertThat(ledger.died()).extracting(RunSummary::run).containsExactly(RUN);
      List<LedgerEntry> entries = ledger.entries(RUN);
      long done = entries.stream().filter(ChunkDone.class::isInstance).count();
      assertThat(done).isGreaterThanOrEqualTo(acknowledged);
      assertThat(ledger.items(RUN, ItemFilter.failed())).hasSize((int) done);
      long open = (entries.size() - 1) % 2 * 3L;
      assertThat(ledger.run(RUN).orElseThrow().counts())
          .isEqualTo(new Counts(3 * done + open, 2 * done, done, 0, open, 0));
      ledger.record(RUN, List.of(resumed(), begun((int) done + 2, "on")));
      assertThat(ledger.entries(RUN)).hasSize(entries.size() + 2);
    }
  }

  @Test
  void record_runOfAnotherProcess_isRefusedUntilItDies() throws Exception {
    try (ChildJvm holder = child("hold", folder);
        FileLedger ledger = FileLedger.open(folder)) {
      assertThat(holder.line()).contains("held");

      assertThatExceptionOfType(LedgerException.class)
          .isThrownBy(() -> ledger.record(RUN, List.of(resumed())))
          .withMessageContainingAll(RUN.value(), "another process");
      assertThat(ledger.died()).isEmpty();
      assertThat(ledger.run(RUN).orElseThrow().state()).isEqualTo(RunState.RUNNING);

      holder.kill();
      assertThat(holder.exitValue()).isNotZero();

      assertThat(ledger.died()).extracting(RunSummary::run).containsExactly(RUN);
      ledger.record(RUN, List.of(resumed()));
    }
  }

  @Test
  void close_anotherLedgerOfThisProcess_doesNotLetGoOfOurRun() throws Exception {
    try (FileLedger ledger = FileLedger.open(folder)) {
      ledger.record(RUN, List.of(started(RUN, JOB)));
      try (FileLedger second = FileLedger.open(folder)) {
        assertThatExceptionOfType(LedgerException.class)
            .isThrownBy(() -> second.record(RUN, List.of(resumed())))
            .withMessageContaining("this process");
        assertThat(second.died()).isEmpty();
      }

      assertThat(askToResume()).contains("another process");
    }
    assertThat(askToResume()).isEqualTo("taken");
  }

  private String askToResume() throws IOException {
    try (ChildJvm taker = child("resume", folder)) {
      return taker.rest().strip();
    }
  }

  @Test
  @Timeout(60)
  void close_childThatWaits_killsIt() throws IOException {
    ChildJvm holder = child("hold", folder);
    try (holder) {
      assertThat(holder.line()).contains("held");
    }

    assertThat(holder.exitValue()).isNotZero();
  }

  /** Else a test that fails would leave it behind, which fills the disk. */
  @Test
  void write_nobodyListens_ends() throws IOException {
    try (ChildJvm writer = child("write", folder)) {
      assertThat(writer.line()).contains("0");
      writer.stopListening();

      assertThat(writer.exitValue()).isZero();
    }
  }
}
