package io.runbook4j.spi.ledger;

import io.runbook4j.spi.ledger.LedgerEntry.RunFinished;
import io.runbook4j.spi.ledger.LedgerEntry.RunStarted;
import java.util.Objects;
import java.util.Optional;

/**
 * A run in short.
 *
 * @param started how it began
 * @param state where it stands
 * @param counts its items so far; items in a chunk that has no result count as in doubt if the run
 *     died, else as not reached
 * @param finished how it last ended; empty if it goes on, or died
 */
public record RunSummary(
    RunStarted started, RunState state, Counts counts, Optional<RunFinished> finished) {
  /** Checks that nothing is missing. */
  public RunSummary {
    Objects.requireNonNull(started, "started");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(counts, "counts");
  }

  /** {@return the run} */
  public RunId run() {
    return started.run();
  }
}
