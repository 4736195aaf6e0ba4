package io.runbook4j.testkit;

/**
 * Stands for the death of the process. An {@link Error}, so that nothing which handles failures
 * takes it for one.
 */
public final class SimulatedCrash extends Error {
  private static final long serialVersionUID = 1L;

  /** Makes a crash that says where it happened. */
  public SimulatedCrash(String where) {
    super(where);
  }
}
