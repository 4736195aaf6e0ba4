package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.ChildJvm;
import io.runbook4j.ledger.FileLedger;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.ledger.RunSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Promises 2 and 4 on a real process: it is killed in the middle of a run fifty times, and resumed
 * each time; at the end every item was applied once, and the ledger says so.
 */
class Promise02KilledRunTest {
  private static final int KILLS = 50;
  private static final long SEED = Long.getLong("killed.seed", 1);

  @TempDir
  Path folder;

  @Test
  void runOrResume_killedFiftyTimes_appliesEveryItemOnce() throws Exception {
    SplittableRandom random = new SplittableRandom(SEED);
    Path applied = folder.resolve("applied.txt");
    int kills = 0;

    for (int i = 0; i < KILLS; i++) {
      kills += killedAfter(random.nextInt(1, 60), applied) ? 1 : 0;
    }
    boolean killed = killedAfter(Integer.MAX_VALUE, applied);

    assertThat(killed).isFalse();
    assertThat(kills).as("kills with seed " + SEED).isEqualTo(KILLS);
    List<String> keys = Files.readAllLines(applied);
    assertThat(keys)
        .as("applied, seed " + SEED)
        .hasSize(KilledRunMain.ITEMS)
        .doesNotHaveDuplicates();
    assertLedgerSaysSo();
  }

  /** {@return whether the process was killed, before it had its end} */
  private boolean killedAfter(int lines, Path applied) throws IOException {
    try (ChildJvm child = ChildJvm.start(
        KilledRunMain.class,
        List.of("-Xmx64m"),
        folder.resolve("ledger").toString(),
        applied.toString())) {
      for (int seen = 0; seen < lines; seen++) {
        Optional<String> line = child.line();
        if (line.isEmpty()) {
          return false;
        }
        assertThat(line.get()).as("what the child says").matches("(SENDS|SENT|END COMPLETED).*");
      }
      child.kill();
      return child.exitValue() != 0;
    }
  }

  private void assertLedgerSaysSo() {
    try (FileLedger ledger = FileLedger.open(folder.resolve("ledger"))) {
      List<RunSummary> runs = ledger.runs(KilledRunMain.JOB, 10);
      int items = KilledRunMain.ITEMS;
      assertThat(runs).hasSize(1);
      assertThat(runs.get(0).state()).isEqualTo(RunState.COMPLETED);
      assertThat(runs.get(0).counts()).isEqualTo(new Counts(items, items, 0, 0, 0, 0));
      assertThat(ledger.items(runs.get(0).run(), ItemFilter.all())).isEmpty();
    }
  }
}
