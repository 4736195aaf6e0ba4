package io.runbook4j.run;

/**
 * What a run does with items that may or may not have been applied. To send a chunk again means to
 * send all of it, as it was: where the outcomes of some of its items are known, by the target's
 * answer or another run, the others are verified or parked, so that nothing that was applied is
 * sent twice.
 */
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
