package io.runbook4j.run;

import io.runbook4j.spi.time.Signal;
import io.runbook4j.spi.time.Time;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The runs of a runner that are going on, each on a thread of its own. Safe for many threads. */
final class ActiveRuns {
  private static final Duration LONG = Duration.ofDays(1);

  private final Signal ended;
  private final Set<RunEngine<?>> runs = ConcurrentHashMap.newKeySet();

  /** How many calls of each thread have entered and not left. */
  private final Map<Thread, Integer> threads = new HashMap<>(); // guarded by this

  /** Those that wait for the others to end. */
  private final Set<Thread> closing = new HashSet<>(); // guarded by this

  private boolean closed; // guarded by this

  ActiveRuns(Time time) {
    this.ended = time.newSignal();
  }

  /**
   * Lets the calling thread run something; it has to {@link #leave}.
   *
   * @throws IllegalStateException if the runner is closed
   */
  synchronized void enter() {
    if (closed) {
      throw new IllegalStateException("the runner must be open, was closed");
    }
    threads.merge(Thread.currentThread(), 1, Integer::sum);
  }

  void leave() {
    synchronized (this) {
      threads.computeIfPresent(
          Thread.currentThread(), (thread, calls) -> calls == 1 ? null : calls - 1);
    }
    ended.raise();
  }

  /** {@return the report of a run, which can be stopped meanwhile} */
  RunReport run(RunEngine<?> engine) {
    runs.add(engine);
    try {
      synchronized (this) {
        if (closed) {
          engine.stop("the runner was closed");
        }
      }
      return engine.run();
    } finally {
      runs.remove(engine);
    }
  }

  void stop(String reason) {
    runs.forEach(run -> run.stop(reason));
  }

  /**
   * Stops all runs and lets none begin; returns when those of other threads have ended. On a thread
   * that makes a call for one of them it only stops them: that run waits for the call.
   */
  void close() {
    synchronized (this) {
      closed = true;
    }
    stop("the runner was closed");
    if (runs.stream().noneMatch(RunEngine::isOnItsThread)) {
      awaitOthers();
    }
  }

  /** Threads that wait in here, in listeners of their runs say, do not wait for each other. */
  private void awaitOthers() {
    noteClosing(Thread.currentThread());
    try {
      while (isAnyRunning()) {
        ended.await(LONG);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      noteClosed(Thread.currentThread());
    }
  }

  private void noteClosing(Thread thread) {
    synchronized (this) {
      closing.add(thread);
    }
    ended.raise();
  }

  /** A raised signal wakes one; it has to wake the next. */
  private void noteClosed(Thread thread) {
    synchronized (this) {
      closing.remove(thread);
    }
    ended.raise();
  }

  private synchronized boolean isAnyRunning() {
    return !closing.containsAll(threads.keySet());
  }
}
