package io.runbook4j.run;

import io.runbook4j.spi.time.Signal;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * One call to the target on a thread of the host's executor. As a future it says whether the call
 * began, not how it ended: one that is cancelled before that is never made, be it cancelled by the
 * run or by a pool that is shut down with it in its queue, as Spring's does. Safe for many threads.
 */
final class Flight<T> extends CompletableFuture<Boolean> implements Runnable {
  private final Batch<T> batch;
  private final boolean isNew;
  private final Consumer<Batch<T>> call;
  private final Signal signal;
  private final Set<Thread> callers;

  /**
   * @param isNew whether the batch was never sent before
   * @param call makes the call, and sees to its answer
   * @param signal is raised when there is something to look at
   * @param callers has the thread as long as it makes the call
   */
  Flight(
      Batch<T> batch, boolean isNew, Consumer<Batch<T>> call, Signal signal, Set<Thread> callers) {
    this.batch = batch;
    this.isNew = isNew;
    this.call = call;
    this.signal = signal;
    this.callers = callers;
  }

  Batch<T> batch() {
    return batch;
  }

  /** {@return whether the batch was never sent before} */
  boolean isNew() {
    return isNew;
  }

  @Override
  public void run() {
    if (!complete(true)) {
      return; // taken back
    }
    callers.add(Thread.currentThread());
    try {
      call.accept(batch);
    } finally {
      callers.remove(Thread.currentThread());
      signal.raise();
    }
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean cancelled = super.cancel(mayInterruptIfRunning);
    signal.raise();
    return cancelled;
  }
}
