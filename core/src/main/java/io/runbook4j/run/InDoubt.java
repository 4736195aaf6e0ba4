package io.runbook4j.run;

/** What a run does with items that may or may not have been applied. */
public enum InDoubt {
  /** Verify where the target can, else reapply where it is idempotent, else park. The default. */
  RESOLVE,
  /** Ask the target, without changing anything; park what it does not know. */
  VERIFY,
  /** Send the chunk again with the same idempotency key. */
  REAPPLY,
  /** Leave them in doubt, for a person. */
  PARK
}
