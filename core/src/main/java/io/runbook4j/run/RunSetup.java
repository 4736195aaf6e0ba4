package io.runbook4j.run;

import io.runbook4j.limit.Quota;
import io.runbook4j.spi.ledger.ResumePoint;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunOrigin;
import java.util.List;
import java.util.Optional;

/**
 * What one run is about.
 *
 * @param id the run
 * @param origin why it exists
 * @param job its policies
 * @param ends where its items come from and go to
 * @param resume where an earlier process left it; empty for a new run
 * @param known what other runs say of its items
 * @param counted the quotas in which this process has counted what the run has called before
 */
record RunSetup<T>(
    RunId id,
    RunOrigin origin,
    SyncJob<T> job,
    Ends<T> ends,
    Optional<ResumePoint> resume,
    Known known,
    List<Quota> counted) {
  /** {@return whether the source's cursors mean something in a later process} */
  boolean isSeekable() {
    return origin.kind() == RunOrigin.Kind.FULL || origin.kind() == RunOrigin.Kind.REPLAY;
  }
}
