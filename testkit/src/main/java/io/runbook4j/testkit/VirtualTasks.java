package io.runbook4j.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs each task as a participant of its own. */
final class VirtualTasks implements Executor {
  private final Baton baton;
  private final VirtualSignal allEnded;

  // Threads are reused, because a simulation may start thousands of tasks, and end when idle, for a
  // test may make thousands of simulations.
  private final Executor threads = new ThreadPoolExecutor(
      0, Integer.MAX_VALUE, 200, TimeUnit.MILLISECONDS, new SynchronousQueue<>(), task -> {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        return thread;
      });

  // All below guarded by this; never held while the baton's lock is taken.
  private final List<Throwable> thrown = new ArrayList<>();
  private int begun;
  private int unfinished;

  VirtualTasks(Baton baton) {
    this.baton = baton;
    this.allEnded = new VirtualSignal(baton, 0);
  }

  @Override
  public void execute(Runnable task) {
    baton.add(new Task("task-" + count(), task));
  }

  /** Waits until no task is left, and throws what the first failed one threw. */
  void awaitAll() {
    while (hasUnfinished()) {
      try {
        baton.awaitTasks(allEnded);
      } catch (IllegalStateException e) {
        takeThrown().forEach(e::addSuppressed); // a task that died is often why the others wait
        throw e;
      }
    }
    throwFirst();
  }

  private synchronized int count() {
    unfinished++;
    return ++begun;
  }

  private synchronized boolean hasUnfinished() {
    return unfinished > 0;
  }

  private synchronized boolean countEnded() {
    return --unfinished == 0;
  }

  private synchronized void keep(Throwable failure) {
    thrown.add(failure);
  }

  private synchronized List<Throwable> takeThrown() {
    List<Throwable> taken = List.copyOf(thrown);
    thrown.clear();
    return taken;
  }

  private void throwFirst() {
    List<Throwable> failures = takeThrown();
    if (failures.isEmpty()) {
      return;
    }
    Throwable first = failures.get(0);
    failures.stream().skip(1).filter(other -> other != first).forEach(first::addSuppressed);
    if (first instanceof Error error) {
      throw error;
    }
    if (first instanceof RuntimeException exception) {
      throw exception;
    }
    throw new IllegalStateException("a task threw " + first, first);
  }

  /** A participant that gets a thread when it is first given the baton. */
  private final class Task extends Participant implements Runnable {
    private final Runnable work;

    Task(String name, Runnable work) {
      super(name, null);
      this.work = work;
    }

    @Override
    void go() {
      if (thread == null) {
        threads.execute(this);
      } else {
        super.go();
      }
    }

    @Override
    public void run() {
      Thread mine = Thread.currentThread();
      mine.setName(name);
      thread = mine;
      try {
        work.run();
      } catch (Throwable e) {
        keep(e);
      } finally {
        if (countEnded()) {
          allEnded.raise();
        }
        baton.leave();
      }
    }
  }
}
