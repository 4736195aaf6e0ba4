package io.runbook4j.testkit;

/** When, in a call that writes to the ledger, the process dies. */
public enum CrashMoment {
  /** Nothing was written. */
  BEFORE,
  /** The first half of the entries was written: none of one, one of three. */
  DURING,
  /** All was written, and the caller does not know. */
  AFTER
}
