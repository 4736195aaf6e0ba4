package io.runbook4j.gate;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * How a gate comes back from local-only: which shares it lets through, and what it takes to go on.
 * Immutable.
 *
 * <p>A step ends when it was held for the time, at least so many operations were reported, and the
 * guard passes; without data it stays. The last step, 100 %, is guarded like the others; then the
 * gate is open. A breach makes the gate local-only for twice the hold, after which it ramps up
 * again by itself with the same items first and steps twice as long; a second one doubles once
 * more. After the last breach that is allowed only a person switches it.
 */
public final class Ramp {
  private static final Ramp DEFAULTS = new Ramp(
      List.of(10, 50, 100),
      new Terms(200, Duration.ofMinutes(10), 3),
      Guard.failureRate(0.02, 0.07));
  private static final Duration LONGEST = Duration.ofDays(30);
  private static final int MOST_BREACHES = 10;

  private final List<Integer> steps;
  private final Terms terms;
  private final Guard guard;

  /** What it takes. */
  private record Terms(long minOperations, Duration hold, int breaches) {}

  private Ramp(List<Integer> steps, Terms terms, Guard guard) {
    this.steps = steps;
    this.terms = terms;
    this.guard = guard;
  }

  /**
   * {@return 10, 50, 100 %, each for at least 10 minutes and 200 operations, with less than 2 %
   * failures; 7 % are a breach, three breaches the end}
   */
  public static Ramp defaults() {
    return DEFAULTS;
  }

  /** {@return this ramp with other shares in percent: 1 to 100, rising, the last one 100} */
  public Ramp steps(int... percents) {
    List<Integer> all = Arrays.stream(percents).boxed().toList();
    boolean rises = true;
    for (int i = 0; i < percents.length; i++) {
      rises &= percents[i] > (i == 0 ? 0 : percents[i - 1]);
    }
    if (!rises || all.isEmpty() || all.get(all.size() - 1) != 100) {
      throw new IllegalArgumentException(
          "steps must be at least 1, rise, and end with 100, was " + all);
    }
    return new Ramp(all, terms, guard);
  }

  /**
   * {@return this ramp with another least number of operations for each step; at least 1} A run and
   * the reruns of what was kept in give the first step no more of them than its share of the items:
   * a job of fewer than 2,000 items stays at 10 % until it runs again, unless it sets less.
   */
  public Ramp minOperations(long operations) {
    if (operations < 1) {
      throw new IllegalArgumentException("operations must be at least 1, was " + operations);
    }
    return new Ramp(steps, new Terms(operations, terms.hold, terms.breaches), guard);
  }

  /** {@return this ramp with another least time for each step; positive, at most 30 days} */
  public Ramp hold(Duration hold) {
    if (hold.isNegative() || hold.isZero() || hold.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "hold must be positive and at most " + LONGEST + ", was " + hold);
    }
    return new Ramp(steps, new Terms(terms.minOperations, hold, terms.breaches), guard);
  }

  /** {@return this ramp, given up after another number of breaches; 1 to 10} */
  public Ramp breaches(int breaches) {
    if (breaches < 1 || breaches > MOST_BREACHES) {
      throw new IllegalArgumentException(
          "breaches must be 1 to " + MOST_BREACHES + ", was " + breaches);
    }
    return new Ramp(steps, new Terms(terms.minOperations, terms.hold, breaches), guard);
  }

  /** {@return this ramp with another guard, in place of the one over the share of failures} */
  public Ramp guard(Guard guard) {
    return new Ramp(steps, terms, Objects.requireNonNull(guard, "guard"));
  }

  /** {@return the shares in percent, rising} */
  public List<Integer> steps() {
    return steps;
  }

  /** {@return the least operations of a step} */
  public long minOperations() {
    return terms.minOperations;
  }

  /** {@return the least time of a step, before any breach} */
  public Duration hold() {
    return terms.hold;
  }

  /** {@return how many breaches end it} */
  public int breaches() {
    return terms.breaches;
  }

  /** {@return what judges each step} */
  public Guard guard() {
    return guard;
  }

  /** {@return how long a step, or a pause, lasts after so many breaches} */
  Duration holdAfter(int breaches) {
    return terms.hold.multipliedBy(1L << breaches);
  }

  /** {@return what a step takes, for a person} */
  String wants(int breaches) {
    return terms.minOperations + (terms.minOperations == 1 ? " operation" : " operations") + " and "
        + PausedMessage.rounded(holdAfter(breaches));
  }

  boolean isEnough(Guard.Step step, int breaches) {
    return step.operations() >= terms.minOperations
        && step.held().compareTo(holdAfter(breaches)) >= 0;
  }

  /** {@return the first share above {@code percent}; 0 if that was the last one} */
  int after(int percent) {
    return steps.stream().filter(step -> step > percent).findFirst().orElse(0);
  }

  @Override
  public String toString() {
    return "Ramp" + steps + " % of at least " + terms.minOperations + " operations and "
        + terms.hold;
  }
}
