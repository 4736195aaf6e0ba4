package io.runbook4j.ledger;

import io.runbook4j.spi.ledger.LedgerEntry.ChunkBegun;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkDone;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkIntent;
import io.runbook4j.spi.ledger.LedgerEntry.RunFinished;
import java.time.Instant;

/** Is told of a run's entries, in order, after {@link RunTally} has found that they fit. */
interface RunFollower {
  /** Follows nothing. */
  RunFollower NONE = new RunFollower() {};

  /** What comes was recorded no earlier than this, by the clocks of the job's other runs. */
  default void after(Instant at) {}

  /** A chunk began. */
  default void begun(ChunkBegun begun) {}

  /** A chunk was done. */
  default void done(ChunkIntent chunk, ChunkDone done) {}

  /** The run ended. */
  default void finished(RunFinished finished) {}
}
