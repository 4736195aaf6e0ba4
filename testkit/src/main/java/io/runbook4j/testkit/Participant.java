package io.runbook4j.testkit;

import java.util.Comparator;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One thread that takes part in a virtual time, and what it waits for. Guarded by the baton. */
class Participant {
  /** Those that drive the clock by hand come after all others of the same instant. */
  static final Comparator<Participant> BY_DEADLINE = Comparator.<Participant>comparingLong(
          p -> p.deadline)
      .thenComparing(p -> p.manner == Manner.ADVANCE)
      .thenComparingLong(p -> p.order);

  final String name;
  volatile @Nullable Thread thread;
  long deadline;
  long order;
  Manner manner = Manner.SLEEP;

  @Nullable VirtualSignal signal;

  boolean interrupted;

  @Nullable String deadlock;

  Participant(String name, @Nullable Thread thread) {
    this.name = name;
    this.thread = thread;
  }

  /** How a participant waits. */
  enum Manner {
    SLEEP,
    AWAIT,
    ADVANCE,
    AWAIT_TASKS;

    boolean isInterruptible() {
      return this == SLEEP || this == AWAIT;
    }
  }

  /** Lets the thread run, now that it has the baton. */
  void go() {
    LockSupport.unpark(thread);
  }

  boolean mustStopWaiting() {
    Thread mine = thread;
    return manner.isInterruptible() && (interrupted || (mine != null && mine.isInterrupted()));
  }

  /** {@return whether the thread was interrupted since it began to wait} Forgets it. */
  boolean takeInterrupt() {
    boolean was = Thread.interrupted() || interrupted;
    interrupted = false;
    return was;
  }

  boolean awaits(VirtualSignal wanted) {
    return signal == wanted && awaitsSignal();
  }

  boolean hasItsSignal() {
    VirtualSignal wanted = signal;
    return awaitsSignal() && wanted != null && wanted.raised;
  }

  private boolean awaitsSignal() {
    return manner == Manner.AWAIT || manner == Manner.AWAIT_TASKS;
  }

  void throwIfDeadlocked() {
    String report = deadlock;
    deadlock = null;
    if (report != null) {
      throw new IllegalStateException(report);
    }
  }

  boolean hasEnded() {
    Thread mine = thread;
    return mine != null && !mine.isAlive();
  }

  String waitsFor() {
    return name
        + switch (manner) {
          case SLEEP, ADVANCE -> " sleeps without end";
          case AWAIT -> " waits without end for " + signal;
          case AWAIT_TASKS -> " waits for the executor's tasks to end";
        };
  }
}
