package io.runbook4j.benchmarks;

/**
 * One line of a table, and one bar of its chart.
 *
 * @param name who
 * @param role how to read it
 * @param cpu nanoseconds on a processor for one operation
 * @param wall nanoseconds on the clock
 * @param bytes how many were allocated
 * @param note what else is to be said; may be empty
 */
record Row(String name, Role role, double cpu, double wall, double bytes, String note) {
  /** {@return this row with that note} */
  Row noted(String words) {
    return new Row(name, role, cpu, wall, bytes, words);
  }

  /** Whose line it is. */
  enum Role {
    /** The one that the others are compared with. */
    BASELINE,
    /** Another of ours. */
    OURS,
    /** Another library. */
    PEER,
    /** What nobody can be faster than. */
    FLOOR
  }
}
