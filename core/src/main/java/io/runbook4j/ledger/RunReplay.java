package io.runbook4j.ledger;

import io.runbook4j.spi.ledger.LedgerEntry;
import io.runbook4j.spi.ledger.RunId;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * What a run's file adds up to.
 *
 * @param tally of all entries
 * @param validLength the bytes of all whole lines; 0 if the run never began
 */
record RunReplay(RunTally tally, long validLength) {
  /** Reads the file to its end, and hands each entry on after the tally has found that it fits. */
  static RunReplay of(Path file, RunId run, RunFollower follower) {
    return of(file, run, follower, entry -> {});
  }

  static RunReplay of(Path file, RunId run, RunFollower follower, Consumer<LedgerEntry> entries) {
    RunTally tally = new RunTally(run, follower);
    try (RunReader reader = new RunReader(file, run)) {
      for (LedgerEntry entry = reader.next(); entry != null; entry = reader.next()) {
        try {
          reader.after().ifPresent(tally::after);
          tally.add(entry);
        } catch (IllegalStateException e) {
          throw reader.damaged(String.valueOf(e.getMessage()), e);
        }
        entries.accept(entry);
      }
      return new RunReplay(tally, reader.validLength());
    }
  }

  /** {@return whether the run began: its first line is whole} */
  boolean began() {
    return validLength > 0;
  }
}
