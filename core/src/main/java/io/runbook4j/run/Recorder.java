package io.runbook4j.run;

import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.ledger.LedgerEntry;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkDone;
import io.runbook4j.spi.ledger.RunId;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a run's entries. A result may wait here for the next chunk's beginning, so that both take
 * one force; never while the run waits, reads or sends.
 */
final class Recorder {
  private final Ledger ledger;
  private final RunId run;
  private final List<LedgerEntry> entries = new ArrayList<>();

  /** The number of the chunk whose result came last. */
  private int lastDone;

  Recorder(Ledger ledger, RunId run) {
    this.ledger = ledger;
    this.run = run;
  }

  void add(LedgerEntry entry) {
    entries.add(entry);
    if (entry instanceof ChunkDone done) {
      lastDone = done.number();
    }
  }

  /** {@return whether the result that came last is this chunk's} */
  boolean isLastDone(int chunk) {
    return chunk == lastDone;
  }

  void flush() {
    if (!entries.isEmpty()) {
      ledger.record(run, entries);
      entries.clear();
    }
  }

  /** As {@link #flush}; no power cut takes it back then. */
  void force() {
    flush();
    ledger.force(run);
  }
}
