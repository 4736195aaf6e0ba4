package io.runbook4j.gate;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** Counts what is reported during a step, and how long the step is. Safe for many threads. */
final class Tally {
  private final Guard.Step before;
  private final long startNanos;
  private final LongAdder operations = new LongAdder();
  private final LongAdder failures = new LongAdder();

  /** Goes on with what another process has counted before. */
  Tally(Guard.Step before, long nowNanos) {
    this.before = before;
    this.startNanos = nowNanos;
  }

  void add(long operations, long failures) {
    // Failures last: a look in between sees a rate that is too low, never one above 1.
    this.operations.add(operations);
    this.failures.add(failures);
  }

  Guard.Step step(long nowNanos) {
    long failed = failures.sum();
    return new Guard.Step(
        before.percent(),
        before.held().plus(Duration.ofNanos(nowNanos - startNanos)),
        before.operations() + operations.sum(),
        before.failures() + failed);
  }
}
