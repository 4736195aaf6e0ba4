package io.runbook4j.testkit;

import io.runbook4j.spi.alert.AlertChannel;
import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.sync.Source;
import io.runbook4j.spi.sync.Target;
import io.runbook4j.spi.time.Signal;
import io.runbook4j.spi.time.Time;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * Kills a simulated process: after {@link #crash}, or after a {@link SimulatedCrash} of a wrapped
 * target, every call through what it wrapped throws {@code SimulatedCrash} and does nothing, so
 * that no clean-up of the dead process has any effect. Safe for many threads.
 *
 * <p>One switch is one process. The next process gets a new switch around the same ledger, source
 * and service. What the operating system would do for a dead process, such as letting go of locks,
 * a test does by hand: {@code close()} on the ledger that was wrapped.
 *
 * <p>Each call of a wrapped source, target or ledger is two steps, one before and one after it;
 * {@link Ledger#record} has a third in between. To die at every place in turn, run with
 * {@link #atStep} 1, 2, 3 and so on until {@link #isCrashed} stays false.
 */
@SuppressWarnings("overloads") // javac warns of wrap(lambda), which nobody needs
public final class CrashSwitch {
  private final long crashStep;
  private final List<Signal> awaited = new ArrayList<>(); // once for each waiter
  private long steps;
  private int records;
  private int crashRecord;
  private CrashMoment crashMoment = CrashMoment.BEFORE;
  private boolean crashed;

  private CrashSwitch(long crashStep) {
    this.crashStep = crashStep;
  }

  /** {@return a process that dies when it is told to} */
  public static CrashSwitch create() {
    return new CrashSwitch(0);
  }

  /** {@return a process that dies at this step, counted from 1} */
  public static CrashSwitch atStep(long step) {
    if (step < 1) {
      throw new IllegalArgumentException("step must be at least 1, was " + step);
    }
    return new CrashSwitch(step);
  }

  /** Lets the process die in the n-th {@link Ledger#record}, counted from 1. */
  public synchronized CrashSwitch crashAtRecord(int number, CrashMoment moment) {
    if (number < 1) {
      throw new IllegalArgumentException("number must be at least 1, was " + number);
    }
    crashRecord = number;
    crashMoment = moment;
    return this;
  }

  /** Kills the process, and wakes all that wait through its time, so that they die too. */
  public void crash() {
    List<Signal> waiting;
    synchronized (this) {
      crashed = true;
      waiting = List.copyOf(awaited);
    }
    waiting.forEach(Signal::raise);
  }

  /** {@return whether the process is dead} */
  public synchronized boolean isCrashed() {
    return crashed;
  }

  /** {@return how many steps were made} */
  public synchronized long steps() {
    return steps;
  }

  /** {@return a target that dies with the process, and whose crashes kill it} */
  public <T> Target<T> wrap(Target<T> target) {
    return new MortalTarget<>(this, target);
  }

  /** {@return a source that dies with the process} */
  public <T> Source<T> wrap(Source<T> source) {
    return new MortalSource<>(this, source);
  }

  /** {@return a ledger that dies with the process} */
  public Ledger wrap(Ledger ledger) {
    return new MortalLedger(this, ledger);
  }

  /** {@return a time that dies with the process, whoever waits on it at once} */
  public Time wrap(Time time) {
    return new MortalTime(this, time);
  }

  /** {@return a channel that dies with the process} */
  public AlertChannel wrap(AlertChannel channel) {
    return alert -> {
      alive("alert");
      channel.send(alert);
    };
  }

  /**
   * {@return an executor whose tasks do not begin once the process is dead} A crash ends the task
   * that meets it, and is not seen outside.
   */
  public Executor wrap(Executor executor) {
    return task -> {
      alive("executor");
      executor.execute(() -> runMortal(task));
    };
  }

  private void runMortal(Runnable task) {
    if (isCrashed()) {
      return;
    }
    try {
      task.run();
    } catch (SimulatedCrash e) {
      crash(); // the thread ends with its process; the crash itself is what the test asked for
    }
  }

  /** Throws if the process is dead. */
  synchronized void alive(String where) {
    if (crashed) {
      throw new SimulatedCrash("dead before " + where);
    }
  }

  /** Makes one step: throws if the process is dead, or dies here. */
  void step(String where) {
    alive(where);
    if (isDueAtNextStep()) {
      die(where);
    }
  }

  SimulatedCrash die(String where) {
    crash();
    throw new SimulatedCrash(where);
  }

  synchronized boolean isDueAtNextStep() {
    return ++steps == crashStep;
  }

  synchronized int countRecord() {
    return ++records;
  }

  synchronized boolean isDueAtRecord(int number, CrashMoment moment) {
    return number == crashRecord && moment == crashMoment;
  }

  synchronized void await(Signal signal) {
    alive("wait");
    awaited.add(signal);
  }

  synchronized void forget(Signal signal) {
    awaited.remove(signal);
  }
}
