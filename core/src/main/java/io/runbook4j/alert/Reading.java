package io.runbook4j.alert;

/**
 * What a rule saw at one instant.
 *
 * @param verdict what to make of it
 * @param value what is compared with the threshold; NaN if there is nothing to compare
 * @param part what the value was made from: failures, say; 0 if it is not a ratio
 * @param whole and of how many
 */
record Reading(Verdict verdict, double value, double part, double whole) {
  static Reading of(Verdict verdict, double value) {
    return new Reading(verdict, value, 0, 0);
  }

  static Reading quiet() {
    return of(Verdict.QUIET, Double.NaN);
  }

  /** What to make of a reading. */
  enum Verdict {
    /** The threshold is reached. */
    BREACH,
    /** Below the threshold, not yet below where it clears; or too few failures to say. */
    HOLD,
    /** Below where it clears. */
    CLEAR,
    /** Too little happened to say anything. */
    QUIET
  }

  static Verdict atLeast(double value, double threshold, double clear) {
    if (value >= threshold) {
      return Verdict.BREACH;
    }
    return value < threshold * clear ? Verdict.CLEAR : Verdict.HOLD;
  }

  static Verdict above(double value, double threshold, double clear) {
    if (value > threshold) {
      return Verdict.BREACH;
    }
    return value <= threshold * clear ? Verdict.CLEAR : Verdict.HOLD;
  }
}
