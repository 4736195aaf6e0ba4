package io.runbook4j.ledger;

import io.runbook4j.spi.ledger.LedgerEntry;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkBegun;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkDone;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkIntent;
import io.runbook4j.spi.ledger.LedgerEntry.RunFinished;
import java.util.List;

/** Makes entries our own: their writer may reuse the lists in them. */
final class Entries {
  private Entries() {}

  static LedgerEntry own(LedgerEntry entry) {
    if (entry instanceof ChunkBegun begun) {
      return own(begun);
    }
    if (entry instanceof ChunkDone done) {
      return new ChunkDone(
          done.at(), done.number(), List.copyOf(done.results()), done.others(), done.timing());
    }
    if (entry instanceof RunFinished end) {
      return new RunFinished(
          end.at(), end.state(), end.reason(), end.counts(), List.copyOf(end.unread()));
    }
    return entry;
  }

  private static ChunkBegun own(ChunkBegun begun) {
    ChunkIntent chunk = begun.chunk();
    return new ChunkBegun(
        begun.at(),
        new ChunkIntent(
            chunk.number(),
            chunk.idempotencyKey(),
            List.copyOf(chunk.keys()),
            List.copyOf(chunk.spans())),
        begun.position());
  }
}
