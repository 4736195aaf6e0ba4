package io.runbook4j.gate;

import java.util.Locale;

/** Judges by the share of failures. */
record FailureRate(double stayFrom, double breachFrom) implements Guard {
  private static final long LEAST_FAILURES = 5;
  private static final long LEAST_OPERATIONS = 20;

  FailureRate {
    if (!(stayFrom > 0 && stayFrom <= 1)) {
      throw new IllegalArgumentException("stayFrom must be above 0 and at most 1, was " + stayFrom);
    }
    if (!(breachFrom >= stayFrom && breachFrom <= 1)) {
      throw new IllegalArgumentException("breachFrom must be at least stayFrom (" + stayFrom
          + ") and at most 1, was " + breachFrom);
    }
  }

  @Override
  public Verdict judge(Step step) {
    if (step.failures() < LEAST_FAILURES) {
      return Verdict.pass();
    }
    // Never failures >= rate * operations: 0.07 * 100 is above 7.
    double rate = step.failures() / (double) step.operations();
    if (step.operations() >= LEAST_OPERATIONS && rate >= breachFrom) {
      return Verdict.breach(text(step, rate, breachFrom));
    }
    return rate >= stayFrom ? Verdict.stay(text(step, rate, stayFrom)) : Verdict.pass();
  }

  private static String text(Step step, double rate, double threshold) {
    return String.format(
        Locale.ROOT,
        "%d of %d operations failed at %d %% (%.1f %%, threshold %.1f %%)",
        step.failures(),
        step.operations(),
        step.percent(),
        100 * rate,
        100 * threshold);
  }
}
