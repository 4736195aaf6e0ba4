package io.runbook4j.benchmarks;

import io.runbook4j.alert.AlertRouter;
import io.runbook4j.alert.Watch;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.time.Signal;
import io.runbook4j.spi.time.Time;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a watch's own thread does in a minute. Its loop runs here on the caller's thread; each time
 * it waits, the clock goes on by as much, and an event of each user is recorded once a minute.
 */
final class WatchMinute implements Time {
  private static final Instant START = Instant.parse("2026-03-02T09:00:00Z");
  private static final int USERS = 50_000;
  private static final int WARM_UP = 60;
  private static final int MINUTES = 120;

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final boolean isKept;
  private final String[] users = WatchBenchmark.users(USERS);
  private final double[] minutes = new double[MINUTES];
  private final List<Runnable> loops = new ArrayList<>();
  private Duration elapsed = Duration.ZERO;
  private long workingSince;
  private @Nullable Watch watched;

  /** @param isKept whether there is a state file */
  WatchMinute(boolean isKept) {
    this.isKept = isKept;
  }

  /** {@return nanoseconds on a processor, the median of an hour's minutes} */
  double nanos() {
    Path folder = Folders.create();
    Watch.Builder builder = Watch.builder(this, AlertRouter.builder(this).build())
        .job(WatchBenchmark.JOB, WatchBenchmark.withAllUsers())
        .executor(loops::add);
    if (isKept) {
      builder.state(folder.resolve("watch.state"));
    }
    watched = builder.start();
    workingSince = threads.getCurrentThreadCpuTime();
    loops.forEach(Runnable::run);
    Folders.remove(folder);
    double[] sorted = Arrays.copyOfRange(minutes, WARM_UP, MINUTES);
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private int minute() {
    return (int) elapsed.toMinutes();
  }

  /** Ends one turn of the loop, and begins the next, later. */
  private void pass(Duration time) {
    minutes[minute()] += threads.getCurrentThreadCpuTime() - workingSince;
    int before = minute();
    elapsed = elapsed.plus(time);
    Watch watch = watched;
    if (watch != null && minute() == MINUTES) {
      watch.close();
    } else if (watch != null && minute() > before) {
      record(watch);
    }
    workingSince = threads.getCurrentThreadCpuTime();
  }

  private void record(Watch watch) {
    for (int i = 0; i < users.length; i++) {
      if (i % WatchBenchmark.FAILS == 0) {
        watch.failed(WatchBenchmark.JOB, users[i], FailureKind.SERVER_ERROR, now());
      } else {
        watch.succeeded(WatchBenchmark.JOB, users[i], now());
      }
    }
  }

  @Override
  public Instant now() {
    return START.plus(elapsed);
  }

  @Override
  public long nanoTime() {
    return elapsed.toNanos();
  }

  @Override
  public void sleep(Duration duration) {
    throw new UnsupportedOperationException("a watch must not sleep, was asked to for " + duration);
  }

  @Override
  public Signal newSignal() {
    return new Signal() {
      @Override
      public void raise() {}

      @Override
      public boolean await(Duration atMost) {
        pass(atMost);
        return false;
      }
    };
  }
}
