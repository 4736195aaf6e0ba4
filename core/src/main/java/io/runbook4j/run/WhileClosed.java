package io.runbook4j.run;

/** What a run does while its gate is local-only. */
public enum WhileClosed {
  /** Stops; it can be resumed when the gate is open again. */
  STOP,
  /** Waits until the gate opens, or the deadline or the window ends the run. */
  WAIT
}
