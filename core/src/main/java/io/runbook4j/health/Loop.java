package io.runbook4j.health;

import io.runbook4j.spi.time.Signal;
import io.runbook4j.spi.time.Time;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does a step again and again on a thread of an executor, until it is closed; each step tells how
 * long to wait for the next. A step that throws ends it, and it is seen that it does not move any
 * more. Safe for many threads.
 */
final class Loop {
  private static final Logger LOG = LoggerFactory.getLogger(HealthCheck.class);
  private static final int MOST_FRAMES = 10;

  private final Time time;
  private final Signal signal;
  private final Supplier<Duration> step;
  private final AtomicReference<State> state = new AtomicReference<>(State.NEW);
  private volatile long movedNanos;

  private enum State {
    NEW,
    STARTED,
    CLOSED
  }

  Loop(Time time, Supplier<Duration> step) {
    this.time = time;
    this.signal = time.newSignal();
    this.step = step;
  }

  /** {@return an executor of daemon threads, of which the log hears why one ended by an error} */
  static ExecutorService daemonThreads(String prefix) {
    AtomicInteger count = new AtomicInteger();
    return Executors.newCachedThreadPool(task -> {
      Thread thread = new Thread(task, prefix + count.incrementAndGet());
      thread.setDaemon(true);
      thread.setUncaughtExceptionHandler(Loop::ended);
      return thread;
    });
  }

  /** Without its message, which may be foreign. */
  private static void ended(Thread thread, Throwable error) {
    LOG.error(
        "Thread {} was ended by {} at {}",
        thread.getName(),
        error.getClass().getName(),
        Arrays.stream(error.getStackTrace()).limit(MOST_FRAMES).toList());
  }

  /**
   * Starts it.
   *
   * @throws IllegalStateException if it was started or closed before
   */
  void start(Executor executor, String name) {
    if (!state.compareAndSet(State.NEW, State.STARTED)) {
      throw new IllegalStateException(
          name + " must be started once, and not when closed, was " + state.get());
    }
    movedNanos = time.nanoTime();
    executor.execute(this::run);
  }

  private void run() {
    try {
      while (state.get() == State.STARTED) {
        Duration wait = step.get();
        movedNanos = time.nanoTime();
        signal.await(wait);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the host shuts its executor down
    }
  }

  void wake() {
    signal.raise();
  }

  void close() {
    state.set(State.CLOSED);
    signal.raise();
  }

  boolean isStarted() {
    return state.get() == State.STARTED;
  }

  boolean isClosed() {
    return state.get() == State.CLOSED;
  }

  /** {@return how long ago the last step ended} */
  Duration stillness() {
    return Duration.ofNanos(time.nanoTime() - movedNanos);
  }
}
