package io.runbook4j.testkit;

/** What a simulated service does with an item that it has applied before. */
public enum Idempotency {
  /** Applies it again. */
  NONE,
  /** Applies it again unless it comes under an idempotency key that it was applied under before. */
  BY_IDEMPOTENCY_KEY,
  /** Never applies it again, as a service that stores the item under its key. */
  BY_ITEM
}
