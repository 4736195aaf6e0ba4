package io.runbook4j.ledger;

import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.LedgerEntry.RunFinished;
import io.runbook4j.spi.ledger.LedgerEntry.RunStarted;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.ledger.RunSummary;
import java.util.Optional;

/**
 * How many items of a run stand where.
 *
 * @param settled those with an outcome
 * @param inFlight the keys in chunks without a result
 * @param waiting the keys that were read, have no outcome and are in no open chunk
 */
record RunTotals(Counts settled, long inFlight, long waiting) {
  RunSummary summary(RunStarted started, boolean held, Optional<RunFinished> finished) {
    if (finished.isPresent()) {
      RunFinished end = finished.get();
      return new RunSummary(started, end.state(), end.counts(), finished);
    }
    return held
        ? new RunSummary(started, RunState.RUNNING, counts(0, inFlight + waiting), finished)
        : new RunSummary(started, RunState.DIED, counts(inFlight, waiting), finished);
  }

  private Counts counts(long doubtful, long notReached) {
    return new Counts(
        settled.read() + doubtful + notReached,
        settled.succeeded(),
        settled.failed(),
        settled.skipped(),
        settled.inDoubt() + doubtful,
        notReached);
  }
}
