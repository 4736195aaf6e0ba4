package io.runbook4j.limit;

/**
 * One limit of a limiter. Safe for many threads. Times are readings of the monotonic clock, which
 * may wrap: compared by difference only. A weight above what the window ever holds counts as the
 * whole window.
 */
interface Window {
  /**
   * {@return the nanoseconds until {@code weight} permits are free behind {@code ahead} others, as
   * things stand; 0 if they are} Changes nothing.
   */
  long waitNanos(long now, int weight, long ahead);

  /**
   * Takes the permits if they are free.
   *
   * @return whether it did
   */
  boolean take(long now, int weight);

  /** Takes back a {@link #take} that was made at {@code taken}: another window has refused. */
  void undo(long taken, long now, int weight);

  /** Counts permits that the service has spent already, whether they were free or not. */
  void charge(long now, long permits);

  /** Frees permits that were taken within {@link Corrections#ANSWER_NANOS} and not spent. */
  void giveBack(long now, long permits);

  /**
   * {@return how many permits count in the window now; of those that a paced window has taken, the
   * ones that are ahead of its pace, rounded up}
   */
  long used(long now);
}
