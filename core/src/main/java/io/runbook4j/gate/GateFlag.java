package io.runbook4j.gate;

/**
 * A flag outside of the process, such as a remote feature flag. It only ever works in the safe
 * direction: it may switch a gate off or hold its ramp, and never overrides a local order. Asked
 * about once a second, by one thread at a time, which holds no lock; it must not block for long.
 * One that throws, or answers null, counts as {@link Answer#HOLD}.
 */
@FunctionalInterface
public interface GateFlag {
  /** {@return what it says now} */
  Answer ask();

  /** {@return its name, for the gate's state and for messages} */
  default String name() {
    return "a flag";
  }

  /** What a flag can say. */
  enum Answer {
    /** Nothing against it. */
    ALLOW,
    /** No ramp may start or go on to its next step; for a flag that cannot be read, too. */
    HOLD,
    /** Local-only. When it allows again, the gate ramps up. */
    LOCAL_ONLY
  }
}
