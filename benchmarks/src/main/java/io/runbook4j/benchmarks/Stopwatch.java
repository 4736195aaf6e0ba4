package io.runbook4j.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** Takes the time of one thing, on the clock and on the processor. */
final class Stopwatch {
  private final OperatingSystemMXBean system =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private long wallNanos;
  private long cpuNanos;

  void start() {
    cpuNanos = -system.getProcessCpuTime();
    wallNanos = -System.nanoTime();
  }

  /** Counts the first time only. */
  void stop() {
    if (wallNanos < 0) {
      wallNanos += System.nanoTime();
      cpuNanos += system.getProcessCpuTime();
    }
  }

  double wallMillis() {
    return wallNanos / 1e6;
  }

  double cpuMillis() {
    return cpuNanos / 1e6;
  }
}
