package io.runbook4j.gate;

import java.time.Instant;
import java.util.Optional;

/** What a gate is, since when, and on whose order. Immutable. */
public sealed interface GateState {
  /** {@return since when; of a ramp, since when at this step} */
  Instant since();

  /** {@return who switched it so, and why} */
  Order order();

  /** {@return the state for a person, in one line} */
  String text();

  /** Calls the method for this case. */
  <R> R fold(Cases<R> cases);

  /**
   * Everything leaves.
   *
   * @param since since when
   * @param order who switched it so, and why
   */
  record Open(Instant since, Order order) implements GateState {
    @Override
    public String text() {
      return "open since " + since + " by " + order;
    }

    @Override
    public <R> R fold(Cases<R> cases) {
      return cases.open(this);
    }
  }

  /**
   * Nothing leaves.
   *
   * @param since since when
   * @param order who switched it so, and why
   * @param cause what keeps it so
   * @param rampsAt when it starts to ramp up by itself; empty if it waits for what the cause says
   */
  record LocalOnly(Instant since, Order order, Cause cause, Optional<Instant> rampsAt)
      implements GateState {
    /** {@return whether a person has to end it, and not a time, the switch file or a flag} */
    boolean isUntilPerson() {
      return rampsAt.isEmpty() && cause != Cause.SWITCH_FILE && cause != Cause.FLAG;
    }

    @Override
    public String text() {
      String end = rampsAt.map(at -> "; ramps up at " + at).orElse("");
      return "local-only since " + since + " by " + order + end;
    }

    @Override
    public <R> R fold(Cases<R> cases) {
      return cases.localOnly(this);
    }
  }

  /** What keeps a gate local-only. */
  enum Cause {
    /** An order; until somebody switches it, or until the order's end. */
    ORDER,
    /** The switch file; until it is removed. */
    SWITCH_FILE,
    /** The flag; until it allows again. */
    FLAG,
    /** A breach; until the pause is over, or, after the last one allowed, until it is switched. */
    BREACH,
    /** A state file that cannot be read; until somebody switches it. */
    DAMAGE
  }

  /**
   * A part of the items leaves.
   *
   * @param since since when at this step
   * @param order who started the ramp, and why
   * @param rampId what decides, with its key, when it is an item's turn
   * @param step the share, and what was reported since
   * @param wants what a step takes to end, for a person, such as {@code 200 operations and 10 min};
   *     empty where it is not known
   */
  record Ramping(Instant since, Order order, String rampId, Guard.Step step, String wants)
      implements GateState {
    Ramping(Instant since, Order order, String rampId, Guard.Step step) {
      this(since, order, rampId, step, "");
    }

    Ramping wanting(String wants) {
      return new Ramping(since, order, rampId, step, wants);
    }

    @Override
    public String text() {
      return "ramping up at " + step.percent() + " % since " + since + " by " + order + "; "
          + step.failures() + " of " + step.operations() + " operations failed"
          + (wants.isEmpty() ? "" : "; a step takes at least " + wants);
    }

    @Override
    public <R> R fold(Cases<R> cases) {
      return cases.ramping(this);
    }
  }

  /**
   * One method for each case.
   *
   * @param <R> what the methods return
   */
  interface Cases<R> {
    /** Everything leaves. */
    R open(Open state);

    /** Nothing leaves. */
    R localOnly(LocalOnly state);

    /** A part of the items leaves. */
    R ramping(Ramping state);
  }
}
