package io.runbook4j.ledger;

import java.time.Duration;

/**
 * Which runs of a {@link FileLedger} may go. Immutable. Outstanding items keep their runs, but not
 * those whose keys could not be read: a rerun cannot send them.
 *
 * @param age how long ago the last entry of a run must be; positive
 * @param keptPerJob how many of each job's newest runs stay, whatever their age; at least 0
 */
public record Retention(Duration age, int keptPerJob) {
  /** Checks the values. */
  public Retention {
    if (age.isNegative() || age.isZero()) {
      throw new IllegalArgumentException("age must be positive, was " + age);
    }
    if (keptPerJob < 0) {
      throw new IllegalArgumentException("keptPerJob must be at least 0, was " + keptPerJob);
    }
  }

  /** {@return the runs whose last entry is older than this, but each job's newest run} */
  public static Retention olderThan(Duration age) {
    return new Retention(age, 1);
  }

  /** {@return this rule, with so many of each job's newest runs kept} */
  public Retention keeping(int runsPerJob) {
    return new Retention(age, runsPerJob);
  }
}
