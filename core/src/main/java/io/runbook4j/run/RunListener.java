package io.runbook4j.run;

import io.runbook4j.chunk.ChunkSizer.SizeChange;
import io.runbook4j.spi.alert.Alert;

/**
 * Follows a run as it happens. Called on the run's own thread, in order; so it is quick. What it
 * throws is logged and noted in the report, and the run goes on.
 */
public interface RunListener {
  /** The run began, or goes on. {@code run} stops or pauses it from any thread. */
  default void onStarted(RunControl run) {}

  /** A chunk has its result, and the ledger has it. */
  default void onChunk(ChunkReport chunk, Progress progress) {}

  /** The run waits. Told again each time that a closed gate is looked at and is still closed. */
  default void onWait(Wait wait) {}

  /** The run goes on after a wait. */
  default void onWaitOver() {}

  /** The chunk size changed. */
  default void onSizeChange(SizeChange change) {}

  /** A rule raised an alert. */
  default void onAlert(Alert alert) {}

  /** The run ended. */
  default void onFinished(RunReport report) {}
}
