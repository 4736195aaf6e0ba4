package io.runbook4j.run;

import io.runbook4j.spi.ledger.RunId;

/** Stops or pauses a run from any thread. */
public interface RunControl {
  /** {@return the run} */
  RunId runId();

  /** {@return the job's name} */
  String job();

  /**
   * Stops the run: chunks in flight finish, then it ends as STOPPED and can be resumed. Returns at
   * once; the first reason counts. A listener that stops the run when it is told of a chunk has
   * been told of the last one, but for those in flight.
   */
  void stop(String reason);

  /** Sends nothing more until {@link #unpause}. Chunks in flight finish. Returns at once. */
  void pause();

  /** Goes on after {@link #pause}. */
  void unpause();
}
