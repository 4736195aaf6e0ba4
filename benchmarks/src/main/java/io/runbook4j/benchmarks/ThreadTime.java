package io.runbook4j.benchmarks;

import java.lang.management.ManagementFactory;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The time of the asking threads alone, read once at either end of an iteration. On a machine with
 * other work to do it says more than the time on the clock.
 */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class ThreadTime {
  /** On a processor. */
  public long cpuNanos;

  /** On the clock; more than the above when the thread was parked or put off. */
  public long wallNanos;

  private long cpuFrom;
  private long wallFrom;

  /** Begins. */
  @Setup(Level.Iteration)
  public void begin() {
    wallFrom = System.nanoTime();
    cpuFrom = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  /** Ends. */
  @TearDown(Level.Iteration)
  public void end() {
    cpuNanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpuFrom;
    wallNanos = System.nanoTime() - wallFrom;
  }
}
