package io.runbook4j.testkit;

/** What goes wrong with one whole call of a simulated service. */
public enum CallFault {
  /** Refused with RATE_LIMITED and a {@code retryAfter} of ten seconds; nothing is applied. */
  RATE_LIMITED,
  /** Refused with SERVER_ERROR; nothing is applied. */
  SERVER_ERROR,
  /** Thrown as a failure of kind NETWORK; nothing is applied. */
  NETWORK,
  /** The credential expires: this call and all later ones are refused until it is refreshed. */
  AUTHENTICATION,
  /** The call never arrives, and is unanswered. */
  LOST_BEFORE_APPLYING,
  /** The call is applied, and unanswered. */
  LOST_AFTER_APPLYING,
  /** The call is applied, and an exception that says nothing is thrown. */
  BROKEN_AFTER_APPLYING,
  /** Some items, at least one, are not reported; of these, some are applied and some are not. */
  PARTIAL_ANSWER,
  /** The call is applied, and its answer speaks of a key that was not in the chunk. */
  INVENTED_KEY,
  /** The process dies, and the call never arrives. */
  CRASH_BEFORE_APPLYING,
  /** The process dies, and the first half of the chunk is applied. */
  CRASH_WHILE_APPLYING,
  /** The process dies, and the whole chunk is applied. */
  CRASH_AFTER_APPLYING
}
