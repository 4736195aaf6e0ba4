package io.runbook4j.run;

import io.runbook4j.spi.time.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;

/**
 * The calls of a run that are in flight on the host's executor. Not safe for many threads, but for
 * {@link #isOnItsThread}.
 */
final class Flights<T> {
  private final Executor executor;
  private final Signal signal;
  private final List<Flight<T>> out = new ArrayList<>();
  private final Set<Thread> callers = ConcurrentHashMap.newKeySet();

  /** @param signal is raised when a call has ended, or is known never to be made */
  Flights(Executor executor, Signal signal) {
    this.executor = executor;
    this.signal = signal;
  }

  /**
   * Hands a call to the executor.
   *
   * @param isNew whether the batch was never sent before
   * @param call makes the call, and keeps its answer
   */
  void start(Batch<T> batch, boolean isNew, Consumer<Batch<T>> call) {
    Flight<T> flight = new Flight<>(batch, isNew, call, signal, callers);
    executor.execute(flight);
    out.add(flight);
  }

  /** The batch's answer was taken. */
  void landed(Batch<T> batch) {
    out.removeIf(flight -> flight.batch() == batch);
  }

  /**
   * {@return the calls that were not made and never will be, for the first time asked} The executor
   * has ended with them in its queue, or has cancelled them.
   */
  List<Flight<T>> takeDropped() {
    boolean ended = executor instanceof ExecutorService pool && pool.isTerminated();
    List<Flight<T>> dropped = new ArrayList<>(0);
    for (Flight<T> flight : out) {
      if (flight.isCancelled() || (ended && flight.cancel(false))) {
        dropped.add(flight);
      }
    }
    out.removeAll(dropped);
    return dropped;
  }

  /** {@return whether the calling thread makes one of the calls} */
  boolean isOnItsThread() {
    return callers.contains(Thread.currentThread());
  }
}
