package io.runbook4j.health;

import io.runbook4j.health.HealthReport.Result;
import io.runbook4j.spi.health.Health.Status;
import io.runbook4j.spi.time.Time;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/** Whether the process's own threads move. Asks nothing outside of it. Safe for many threads. */
final class LifeSigns {
  private final Time time;
  private final List<Pulse> pulses = new CopyOnWriteArrayList<>();
  private volatile String deadlock = "";

  LifeSigns(Time time) {
    this.time = time;
  }

  HealthCheck.Heartbeat heartbeat(String name, Duration atMost) {
    Pulse pulse = new Pulse(Checks.name(name, "name"), Checks.positive(atMost, "atMost"));
    pulses.add(pulse);
    return pulse;
  }

  /** Looks for threads that wait for each other; stops all threads for a moment. */
  void lookForDeadlock() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long[] ids = Objects.requireNonNullElse(threads.findDeadlockedThreads(), new long[0]);
    deadlock = Arrays.stream(threads.getThreadInfo(ids))
        .filter(Objects::nonNull)
        .map(ThreadInfo::getThreadName)
        .sorted()
        .collect(Collectors.joining(", "));
  }

  Result deadlocks() {
    String seen = deadlock;
    return seen.isEmpty()
        ? result("deadlocks", Status.HEALTHY, "none")
        : result("deadlocks", Status.UNHEALTHY, "threads wait for each other: " + seen);
  }

  List<Result> heartbeats() {
    return pulses.stream().map(Pulse::result).toList();
  }

  static Result moving(String name, Duration stillness, Duration atMost) {
    return stillness.compareTo(atMost) <= 0
        ? result(name, Status.HEALTHY, "moves")
        : result(
            name,
            Status.UNHEALTHY,
            "has not moved for " + text(stillness, atMost) + ", more than " + text(atMost, atMost));
  }

  /** {@return so many seconds if what is allowed is of whole ones, else milliseconds} */
  private static String text(Duration duration, Duration atMost) {
    return atMost.toMillis() % 1_000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }

  private static Result result(String name, Status status, String detail) {
    return new Result(name, status, detail, Optional.empty());
  }

  /** One thread's sign of life. */
  private final class Pulse implements HealthCheck.Heartbeat {
    private final String name;
    private final Duration atMost;
    private volatile long beatNanos = time.nanoTime();

    Pulse(String name, Duration atMost) {
      this.name = name;
      this.atMost = atMost;
    }

    @Override
    public void beat() {
      beatNanos = time.nanoTime();
    }

    @Override
    public void close() {
      pulses.remove(this);
    }

    Result result() {
      return moving(name, Duration.ofNanos(time.nanoTime() - beatNanos), atMost);
    }
  }
}
