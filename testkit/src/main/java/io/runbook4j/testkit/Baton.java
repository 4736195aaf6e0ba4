package io.runbook4j.testkit;

import io.runbook4j.testkit.Participant.Manner;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Lets one thread run at a time, and moves the clock when all of them wait. */
final class Baton {
  /*
   * Every participant is in exactly one place: it holds the baton, is ready, or waits. The holder
   * runs without the lock; it takes the lock to wait, and hands the baton on before it parks. So the
   * choice of the next one depends only on what participants did while they held the baton, never on
   * the scheduler of the machine. An interrupt is looked up when the next one is chosen, not when
   * the parked thread notices it, for the same reason.
   * (That is why the lock is a monitor: a ReentrantLock that is contended hides the interrupt flag.)
   *
   * Nobody holds the baton only while nobody is ready and nobody waits.
   */
  static final long NEVER = Long.MAX_VALUE;

  // How soon it is noticed, in real time, that a thread of the test's own has ended with the baton:
  // ever more seldom, so that what a test leaves behind costs nothing.
  private static final long FIRST_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long LAST_LOOK_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final List<Participant> ready = new ArrayList<>();
  private final Set<Participant> waiting = new LinkedHashSet<>();
  private final PriorityQueue<Participant> timers = new PriorityQueue<>(Participant.BY_DEADLINE);
  private final @Nullable RandomGenerator chance;
  private final Supplier<String> clock;
  private volatile @Nullable Participant holder;
  private volatile long elapsed;
  private long waits;

  /**
   * @param chance chooses who goes next; the one that is ready longest, if there is none
   * @param clock tells the time, for messages
   */
  Baton(@Nullable RandomGenerator chance, Supplier<String> clock) {
    this.chance = chance;
    this.clock = clock;
  }

  /** {@return the virtual nanoseconds since the beginning} */
  long elapsed() {
    return elapsed;
  }

  void sleep(long nanos) throws InterruptedException {
    Participant me = enter();
    throwIfInterrupted(me);
    pause(me, after(nanos), Manner.SLEEP);
    throwIfInterrupted(me);
  }

  /** Lets everyone else run until {@code nanos} have passed and all of them wait. */
  void advance(long nanos) {
    Participant me = enter();
    pause(me, after(nanos), Manner.ADVANCE);
    restoreInterrupt(me);
  }

  boolean await(VirtualSignal signal, long nanos) throws InterruptedException {
    Participant me = enter();
    throwIfInterrupted(me);
    if (chance != null && nanos > 0) {
      letOthersGoFirst(me);
    }
    long deadline = after(nanos);
    me.signal = signal;
    while (!take(signal)) {
      if (elapsed >= deadline) {
        return false;
      }
      pause(me, deadline, Manner.AWAIT);
      if (me.takeInterrupt()) {
        passOn(signal);
        throw new InterruptedException(me.name + " was interrupted");
      }
    }
    return true;
  }

  /** Waits, whatever interrupts come. */
  void awaitTasks(VirtualSignal signal) {
    Participant me = enter();
    me.signal = signal;
    while (!take(signal)) {
      pause(me, NEVER, Manner.AWAIT_TASKS);
    }
    restoreInterrupt(me);
  }

  synchronized void raise(VirtualSignal signal) {
    if (!signal.raised) {
      signal.raised = true;
      passOn(signal);
    }
  }

  private synchronized boolean take(VirtualSignal signal) {
    boolean taken = signal.raised;
    signal.raised = false;
    return taken;
  }

  /** Takes in a new participant; the calling thread keeps the baton, or takes it if it is free. */
  synchronized void add(Participant newcomer) {
    if (isFree()) {
      holder = new Participant(Thread.currentThread().getName(), Thread.currentThread());
    }
    ready.add(newcomer);
  }

  /** Gives the baton on, if the calling thread has it; the thread is no participant any more. */
  synchronized void leave() {
    Participant seen = holder;
    if (seen != null && seen.thread == Thread.currentThread()) {
      handOn();
    }
  }

  private Participant enter() {
    Thread thread = Thread.currentThread();
    Participant seen = holder;
    if (seen != null && seen.thread == thread) {
      return seen;
    }
    Participant me = new Participant(thread.getName(), thread);
    synchronized (this) {
      if (isFree()) {
        holder = me;
      } else {
        ready.add(me);
      }
    }
    awaitTurn(me);
    return me;
  }

  private boolean isFree() {
    replaceEndedHolder();
    return holder == null;
  }

  private long after(long nanos) {
    return nanos >= NEVER - elapsed ? NEVER : elapsed + nanos;
  }

  /** Waits until the deadline or until somebody wakes {@code me}. */
  private void pause(Participant me, long deadline, Manner manner) {
    synchronized (this) {
      me.deadline = deadline;
      me.manner = manner;
      me.order = ++waits;
      if (me.hasItsSignal()) {
        return;
      }
      if (isNextEvent(deadline)) {
        elapsed = deadline;
        return;
      }
      waiting.add(me);
      if (deadline != NEVER) {
        timers.add(me);
      }
      handOn();
    }
    awaitTurn(me);
    me.throwIfDeadlocked();
  }

  /** Spares the hand-over when the caller would get the baton back at once. */
  private boolean isNextEvent(long deadline) {
    if (deadline == NEVER || !ready.isEmpty()) {
      return false;
    }
    Participant first = timers.peek();
    return (first == null || first.deadline > deadline)
        && waiting.stream().noneMatch(Participant::mustStopWaiting);
  }

  private void letOthersGoFirst(Participant me) {
    synchronized (this) {
      if (ready.isEmpty()) {
        return;
      }
      ready.add(me);
      handOn();
    }
    awaitTurn(me);
  }

  private void handOn() {
    Participant next = choose();
    holder = next;
    if (next != null) {
      next.go();
    }
  }

  private void awaitTurn(Participant me) {
    long look = FIRST_LOOK_NANOS;
    while (holder != me) {
      LockSupport.parkNanos(this, look);
      look = Math.min(2 * look, LAST_LOOK_NANOS);
      synchronized (this) {
        me.interrupted |= Thread.interrupted();
        replaceEndedHolder();
      }
    }
  }

  private void replaceEndedHolder() {
    Participant seen = holder;
    if (seen != null && seen.hasEnded()) {
      handOn();
    }
  }

  private @Nullable Participant choose() {
    wakeInterrupted();
    if (ready.isEmpty() && !timers.isEmpty()) {
      wakeEarliest();
    } else if (ready.isEmpty() && !waiting.isEmpty()) {
      reportDeadlock();
    }
    if (ready.isEmpty()) {
      return null;
    }
    return ready.remove(chance == null ? 0 : chance.nextInt(ready.size()));
  }

  private void wakeInterrupted() {
    if (waiting.stream().anyMatch(Participant::mustStopWaiting)) {
      List.copyOf(waiting).stream().filter(Participant::mustStopWaiting).forEach(this::wake);
    }
  }

  private void wakeEarliest() {
    Participant first = timers.element();
    elapsed = first.deadline;
    wake(first);
    while (!timers.isEmpty()
        && timers.element().deadline == elapsed
        && timers.element().manner != Manner.ADVANCE) {
      wake(timers.element());
    }
  }

  private void reportDeadlock() {
    String report = "nobody can go on at " + clock.get() + ": "
        + waiting.stream().map(Participant::waitsFor).collect(Collectors.joining("; "));
    for (Participant participant : List.copyOf(waiting)) {
      participant.deadlock = report;
      wake(participant);
    }
  }

  /** Wakes the one that has waited longest for a raised signal. */
  private synchronized void passOn(VirtualSignal signal) {
    if (signal.raised) {
      waiting.stream().filter(p -> p.awaits(signal)).findFirst().ifPresent(this::wake);
    }
  }

  private void wake(Participant participant) {
    waiting.remove(participant);
    timers.remove(participant);
    ready.add(participant);
  }

  private static void throwIfInterrupted(Participant me) throws InterruptedException {
    if (me.takeInterrupt()) {
      throw new InterruptedException(me.name + " was interrupted");
    }
  }

  private static void restoreInterrupt(Participant me) {
    if (me.takeInterrupt()) {
      Thread.currentThread().interrupt();
    }
  }
}
