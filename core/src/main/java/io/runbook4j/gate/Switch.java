package io.runbook4j.gate;

import io.runbook4j.spi.time.Signal;
import io.runbook4j.spi.time.Time;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a gate is now. Each change is written down: before more is let through, and after less is.
 * Safe for many threads.
 */
final class Switch {
  /*
   * Less is let through by a compare-and-set alone, which no write holds up. More is let through
   * by the thread that holds the lock, when it has written that down and the view is still the one
   * it saw. Whoever takes the lock after letting less through, or in vain to let more through,
   * writes what the view is by then, so that the last one leaves a file that agrees with it.
   */
  private final String name;
  private final Time time;
  private final Memory memory;
  private final ReentrantLock writing = new ReentrantLock();
  private final Set<Signal> waiting = ConcurrentHashMap.newKeySet();
  private final AtomicReference<View> view;

  private volatile boolean closed;

  Switch(String name, Time time, Memory memory) {
    this.name = name;
    this.time = time;
    this.memory = memory;
    this.view = new AtomicReference<>(View.of(memory.recall(), time.nanoTime()));
  }

  View view() {
    return Objects.requireNonNull(view.get());
  }

  boolean isClosed() {
    return closed;
  }

  /** {@return a signal that is raised when to look again, until it is forgotten} */
  Signal newSignal() {
    Signal changed = time.newSignal();
    waiting.add(changed);
    return changed;
  }

  void forget(Signal signal) {
    waiting.remove(signal);
  }

  /** Lets nothing more through, at once, however long the disk takes; then writes that down. */
  Shut shut(Order order) {
    requireOpen();
    GateState state = view.updateAndGet(seen -> View.of(
            seen.book().localOnly(time.now(), order, GateState.Cause.ORDER), time.nanoTime()))
        .book()
        .state();
    wake();
    writing.lock();
    try {
      requireOpen();
      return new Shut(state, memory.keepOrOwe(now()));
    } finally {
      writing.unlock();
    }
  }

  /**
   * Lets more through, once that is written down.
   *
   * @return the new state
   * @throws GateException if it could not be written; nothing was changed then
   * @throws IllegalStateException if the gate became local-only while it was written; that stands
   */
  GateState letMoreThrough(UnaryOperator<Book> change) {
    writing.lock();
    try {
      requireOpen();
      View seen = view();
      Book next = change.apply(seen.book());
      memory.keep(next);
      if (!becomeOrWriteBack(seen, next)) {
        throw new IllegalStateException("Gate " + name + " became local-only while this order was"
            + " written down, and stays so: " + view().book().state().text()
            + ". Give the order again if it still holds.");
      }
      return next.state();
    } finally {
      writing.unlock();
    }
  }

  /**
   * Lets an order come to nothing that is to end local-only and is being written down: something
   * else keeps the gate in by now.
   *
   * @param seen what the gate was when that was seen
   */
  void keepIn(View seen) {
    if (writing.isLocked() && seen.book().state() instanceof GateState.LocalOnly) {
      becomeIfStill(seen, seen.book());
    }
  }

  /**
   * Takes in what follows from a look, unless the gate was switched meanwhile: that stands, and the
   * next look sees the same again.
   *
   * @param seen what the gate was when the look began
   * @return the new state; null if it is the old one
   */
  @Nullable GateState takeIfStill(View seen, UnaryOperator<Book> following) {
    Book counted = seen.counted(time.nanoTime());
    Book next = following.apply(counted);
    if (!next.equals(counted) && next.state() instanceof GateState.LocalOnly) {
      return takeLess(seen, next);
    }
    if (!writing.tryLock()) {
      return null; // nobody who asks waits for what another one writes; the next look is soon
    }
    try {
      return view() == seen && !closed ? takeMore(seen, counted, next) : null;
    } finally {
      writing.unlock();
    }
  }

  private @Nullable GateState takeLess(View seen, Book next) {
    if (closed || !becomeIfStill(seen, next)) {
      return null;
    }
    writing.lock();
    try {
      if (!closed) {
        memory.tryKeep(now());
      }
    } finally {
      writing.unlock();
    }
    return next.state();
  }

  private @Nullable GateState takeMore(View seen, Book counted, Book next) {
    if (next.equals(counted)) {
      memory.keepCounts(counted);
      return null;
    }
    // What is not remembered must not let more through.
    return memory.tryKeep(next) && becomeOrWriteBack(seen, next) ? next.state() : null;
  }

  /** Becomes what was written down if it is still what it was; else writes down what it is. */
  private boolean becomeOrWriteBack(View seen, Book next) {
    boolean became = becomeIfStill(seen, next);
    if (!became) {
      memory.tryKeep(now());
    }
    return became;
  }

  private boolean becomeIfStill(View seen, Book next) {
    boolean became = view.compareAndSet(seen, View.of(next, time.nanoTime()));
    if (became) {
      wake();
    }
    return became;
  }

  private Book now() {
    return view().counted(time.nanoTime());
  }

  /** Lets all who wait look again. */
  void wake() {
    waiting.forEach(Signal::raise);
  }

  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("Gate " + name + " must not be used after it was closed");
    }
  }

  /** Remembers what was counted, and lets go of the state file. */
  void close() {
    writing.lock();
    try {
      if (!closed) {
        closed = true;
        memory.close(now());
      }
    } finally {
      writing.unlock();
    }
  }

  /**
   * What came of an order to let nothing through.
   *
   * @param notWritten why it is not written down
   */
  record Shut(GateState state, Optional<GateException> notWritten) {}
}
