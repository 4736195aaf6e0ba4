package io.runbook4j.gate;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Judges a step of a ramp. Called about once a second while the gate ramps up, by one thread at a
 * time, which holds no lock; it must not block. One that throws holds the step.
 */
@FunctionalInterface
public interface Guard {
  /**
   * {@return what the counts of this step say} Whether there are enough of them, and for long
   * enough, is the ramp's business.
   */
  Verdict judge(Step step);

  /**
   * {@return a guard over the share of failures}
   *
   * <p>It breaches at {@code breachFrom}, once there are at least 20 operations and 5 of them have
   * failed: at a healthy 1 %, and 7 %, chance does that in less than one of 6,000 looks. It stays
   * from {@code stayFrom} on, as soon as 5 have failed.
   *
   * @param stayFrom above 0, such as 0.02
   * @param breachFrom at least {@code stayFrom}, at most 1, such as 0.07
   */
  static Guard failureRate(double stayFrom, double breachFrom) {
    return new FailureRate(stayFrom, breachFrom);
  }

  /**
   * {@return a guard that breaches for the reason that is supplied, if there is one} For alert
   * rules, findings of corruption, and latency.
   */
  static Guard breachWhen(Supplier<Optional<String>> reason) {
    Objects.requireNonNull(reason, "reason");
    return step -> reason.get().map(Verdict::breach).orElse(Verdict.pass());
  }

  /**
   * {@return this guard and another one; the worse verdict counts, of two equal ones this one's}
   */
  default Guard and(Guard other) {
    Objects.requireNonNull(other, "other");
    return step -> {
      Verdict first = judge(step);
      Verdict second = other.judge(step);
      return second.kind().compareTo(first.kind()) > 0 ? second : first;
    };
  }

  /**
   * What was reported to the gate since a step began; goes on counting after a restart.
   *
   * @param percent the share that is let through
   * @param held for how long, while the process ran
   * @param operations how many were reported
   * @param failures how many of them had failed
   */
  record Step(int percent, Duration held, long operations, long failures) {}

  /**
   * What a guard says.
   *
   * @param kind what is to be done
   * @param reason why, for a person; empty if it passes
   */
  record Verdict(Kind kind, String reason) {
    private static final Verdict PASS = new Verdict(Kind.PASS, "");

    /** What is to be done, the worse the later. */
    public enum Kind {
      /** Go on, once there were enough operations, for long enough. */
      PASS,
      /** Stay at this step. */
      STAY,
      /** Back to local-only. */
      BREACH
    }

    /** Checks that both are there. */
    public Verdict {
      Objects.requireNonNull(kind, "kind");
      Objects.requireNonNull(reason, "reason");
    }

    /** {@return to go on} */
    public static Verdict pass() {
      return PASS;
    }

    /** {@return to stay at this step} */
    public static Verdict stay(String reason) {
      return new Verdict(Kind.STAY, reason);
    }

    /** {@return to go back to local-only} */
    public static Verdict breach(String reason) {
      return new Verdict(Kind.BREACH, reason);
    }
  }
}
