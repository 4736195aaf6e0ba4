package io.runbook4j.gate;

import io.runbook4j.spi.time.Signal;
import io.runbook4j.spi.time.Time;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a gate is now. It changes one step after the other, and each is written down: before more is
 * let through, and after less is. Safe for many threads.
 */
final class Switch {
  private final String name;
  private final Time time;
  private final Memory memory;
  private final ReentrantLock lock = new ReentrantLock();
  private final Set<Signal> waiting = ConcurrentHashMap.newKeySet();

  private volatile View view;
  private volatile boolean closed;

  Switch(String name, Time time, Memory memory) {
    this.name = name;
    this.time = time;
    this.memory = memory;
    this.view = View.of(memory.recall(), time.nanoTime());
  }

  View view() {
    return view;
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

  /** Lets nothing more through, at once, however long the disk takes. */
  Shut shut(Order order) {
    lock.lock();
    try {
      requireOpen();
      Book next = view.book().localOnly(time.now(), order, GateState.Cause.ORDER);
      become(next);
      return new Shut(next.state(), memory.keepOrOwe(next));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Lets more through, once that is written down.
   *
   * @return the new state
   * @throws GateException if it could not be written; nothing was changed then
   */
  GateState letMoreThrough(UnaryOperator<Book> change) {
    lock.lock();
    try {
      requireOpen();
      Book next = change.apply(view.book());
      memory.keep(next);
      become(next);
      return next.state();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes in what follows from a look, unless an order came meanwhile: that stands, and the next
   * look sees the same again.
   *
   * @param seen what the gate was when the look began
   * @return the new state; null if it is the old one
   */
  @Nullable GateState takeIfStill(View seen, UnaryOperator<Book> following) {
    lock.lock();
    try {
      return view == seen && !closed ? take(following) : null;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable GateState take(UnaryOperator<Book> following) {
    Book counted = view.counted(time.nanoTime());
    Book next = following.apply(counted);
    if (next.equals(counted)) {
      memory.keepCounts(counted);
      return null;
    }
    if (next.state() instanceof GateState.LocalOnly) {
      become(next); // first of all, however long the disk takes
      memory.tryKeep(next);
    } else if (memory.tryKeep(next)) {
      become(next);
    } else {
      return null; // what is not remembered must not let more through
    }
    return next.state();
  }

  private void become(Book book) {
    view = View.of(book, time.nanoTime());
    wake();
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
    lock.lock();
    try {
      if (!closed) {
        closed = true;
        memory.close(view.counted(time.nanoTime()));
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * What came of an order to let nothing through.
   *
   * @param notWritten why it is not written down
   */
  record Shut(GateState state, Optional<GateException> notWritten) {}
}
