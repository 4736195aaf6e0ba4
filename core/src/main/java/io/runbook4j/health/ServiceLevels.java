package io.runbook4j.health;

import io.runbook4j.alert.Rule;
import io.runbook4j.alert.RunbookRules;
import io.runbook4j.alert.Watch;
import io.runbook4j.file.internal.Claim;
import io.runbook4j.file.internal.Disk;
import io.runbook4j.spi.health.Health;
import io.runbook4j.spi.health.Health.Status;
import io.runbook4j.spi.health.HealthProbe;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.time.Time;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was promised for each calendar month (UTC), what came of it, and how much may still go
 * wrong. Safe for many threads.
 *
 * <p>It keeps a few counts for each of the last 13 months, in memory and in a file, which one of
 * these at a time has. The file is replaced every 30 seconds while something changes, and when this
 * is closed: what a process that dies has not saved is lost.
 *
 * <p>Whether the service is up is sampled. The time between two samples counts as the first of them
 * was, however the wall clock is set meanwhile; more than 15 minutes between them, or a time in
 * which this process was down or the machine asleep, counts as neither.
 */
public final class ServiceLevels implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceLevels.class);
  private static final Duration SAVE_EVERY = Duration.ofSeconds(30);
  // three times the longest interval at which the runbook's tools look
  private static final Duration MOST_BETWEEN = Duration.ofMinutes(15);

  private static final String NOBODY = ""; // users are not known here

  private final Path file;
  private final Disk disk;
  private final Time time;
  private final Targets targets;
  private final Loop saver;
  private final Optional<ExecutorService> own;
  private final Object writing = new Object();
  private final Months months; // guarded by this
  private boolean isChanged; // guarded by this
  private final Claim claim;
  private boolean isBroken; // guarded by writing
  private boolean isClosed; // guarded by writing
  private final @Nullable Watch watch;
  private final String job;

  private ServiceLevels(Builder builder, Claim claim, Months months) {
    this.claim = claim;
    this.file = builder.file;
    this.disk = builder.disk;
    this.time = builder.time;
    this.targets =
        new Targets(builder.availability, builder.errorRate, builder.latency, builder.recovery);
    this.months = months;
    this.watch = builder.watch;
    this.job = builder.job;
    this.saver = new Loop(builder.time, this::saveInBackground);
    this.own = builder.executor == null
        ? Optional.of(Loop.daemonThreads("runbook4j-levels-"))
        : Optional.empty();
  }

  /**
   * {@return a builder}
   *
   * @param file where the counts are kept
   */
  public static Builder builder(Path file) {
    return new Builder(file);
  }

  /** Counts an operation that succeeded, and how long it took; not negative. */
  public void succeeded(Duration latency) {
    operation(latency, Optional.empty());
  }

  /** Counts an operation that failed, nobody knows why, and how long that took; not negative. */
  public void failed(Duration latency) {
    failed(latency, FailureKind.UNKNOWN);
  }

  /**
   * Counts an operation that failed.
   *
   * @param latency how long that took; not negative
   * @param kind why, for the watch: its alerts say what to do about failures of this kind
   */
  public void failed(Duration latency, FailureKind kind) {
    operation(latency, Optional.of(kind));
  }

  private void operation(Duration latency, Optional<FailureKind> failure) {
    notNegative(latency, "latency");
    Instant now = time.now();
    synchronized (this) {
      Tally tally = months.at(now);
      tally.operations++;
      tally.failed += failure.isPresent() ? 1 : 0;
      tally.slow += latency.compareTo(targets.latency()) >= 0 ? 1 : 0;
      isChanged = true;
    }
    if (watch != null) {
      tell(watch, latency, failure, now);
    }
  }

  private void tell(Watch watch, Duration latency, Optional<FailureKind> failure, Instant now) {
    failure.ifPresentOrElse(
        kind -> watch.failed(job, NOBODY, kind, now), () -> watch.succeeded(job, NOBODY, now));
    watch.latency(job, latency, now);
  }

  /** Says that the service is up now. */
  public void up() {
    sample(true);
  }

  /** Says that the service is down now. */
  public void down() {
    sample(false);
  }

  private synchronized void sample(boolean isUp) {
    months.sample(time, isUp, MOST_BETWEEN);
    isChanged = true;
  }

  /**
   * Counts an incident that has ended.
   *
   * @param took how long, from its detection; not negative
   */
  public void recovered(Duration took) {
    notNegative(took, "took");
    Instant now = time.now();
    synchronized (this) {
      Tally tally = months.at(now);
      tally.recoveries++;
      tally.late += took.compareTo(targets.recovery()) >= 0 ? 1 : 0;
      tally.longestMillis = Math.max(tally.longestMillis, took.toMillis());
      isChanged = true;
    }
  }

  private static void notNegative(Duration value, String name) {
    if (value.isNegative()) {
      throw new IllegalArgumentException(name + " must be at least 0, was " + value);
    }
  }

  /** {@return how this month stands, one objective of each kind} */
  public List<Objective> thisMonth() {
    return month(Months.monthOf(time.now()));
  }

  /** {@return how a month went; one that is not known is one in which nothing happened} */
  public synchronized List<Objective> month(YearMonth month) {
    return targets.judge(month, months.of(Objects.requireNonNull(month, "month")));
  }

  /** {@return a probe that is degraded when an objective of this month is not met} */
  public HealthProbe probe() {
    return () -> {
      String missed = thisMonth().stream()
          .filter(objective -> !objective.isMet())
          .map(objective -> objective.kind() + ": " + objective.text())
          .collect(Collectors.joining("; "));
      return missed.isEmpty()
          ? new Health(Status.HEALTHY, Duration.ZERO, "all objectives of the month are met")
          : new Health(Status.DEGRADED, Duration.ZERO, missed);
    };
  }

  private Duration saveInBackground() {
    try {
      save();
    } catch (UncheckedIOException e) {
      LOG.debug("Service levels {} cannot be saved.", file, e); // save has warned
    } catch (RuntimeException | Error e) { // no memory for a moment, say: not the last save
      LOG.error("Service levels {} cannot be saved; tried again.", file, e);
    }
    return SAVE_EVERY;
  }

  /**
   * Saves what was counted, if anything was since the last time; on disk when this returns. Does
   * nothing once this is closed.
   *
   * @throws UncheckedIOException if it could not be written; it is tried again
   */
  public void save() {
    synchronized (writing) {
      Optional<byte[]> fresh = isClosed ? Optional.empty() : takeChanged();
      if (fresh.isEmpty()) {
        return;
      }
      boolean isSaved = false;
      try {
        byte[] text = fresh.get();
        disk.replace(file, to -> to.append(text, text.length));
        isBroken = false;
        isSaved = true;
      } catch (IOException e) {
        if (!isBroken) {
          LOG.warn("Service levels {} cannot be saved; tried again: {}", file, e.toString());
        }
        isBroken = true;
        throw new UncheckedIOException("Service levels " + file + " cannot be saved", e);
      } finally {
        if (!isSaved) {
          changed();
        }
      }
    }
  }

  private synchronized Optional<byte[]> takeChanged() {
    Optional<byte[]> fresh = isChanged ? Optional.of(months.bytes()) : Optional.empty();
    isChanged = false;
    return fresh;
  }

  private synchronized void changed() {
    isChanged = true;
  }

  /**
   * Saves, lets go of the file and stops saving. A second time does nothing.
   *
   * @throws UncheckedIOException if it could not be saved; what was not saved is lost
   */
  @Override
  public void close() {
    saver.close();
    own.ifPresent(ExecutorService::shutdown);
    synchronized (writing) {
      try {
        save();
      } finally {
        isClosed = true;
        letGo(file, claim);
      }
    }
  }

  private static void letGo(Path file, Claim claim) {
    try {
      claim.close();
    } catch (IOException e) {
      LOG.warn("The lock of service levels {} cannot be closed.", file, e);
    }
  }

  /** Collects what was promised. Not safe for many threads. */
  public static final class Builder {
    private final Path file;
    private Disk disk = Disk.system();
    private Time time = Time.system();
    private double availability = 99.9;
    private double errorRate = 1;
    private Duration latency = Duration.ofSeconds(2);
    private Duration recovery = Duration.ofMinutes(15);
    private @Nullable Executor executor;
    private @Nullable Watch watch;
    private String job = "";
    private List<Rule> rules = List.of();

    private Builder(Path file) {
      this.file = file.toAbsolutePath();
    }

    /** Sets the clock and the waiting. Default {@link Time#system}. */
    public Builder time(Time time) {
      this.time = Objects.requireNonNull(time, "time");
      return this;
    }

    Builder disk(Disk disk) {
      this.disk = disk;
      return this;
    }

    /** Sets where the counts are saved: one thread. Default a daemon thread of its own. */
    public Builder executor(Executor executor) {
      this.executor = Objects.requireNonNull(executor, "executor");
      return this;
    }

    /**
     * Sets the percentage of a month for which the service is up. Default 99.9; at least 50, so
     * that a share, such as 0.999, is not taken for one.
     */
    public Builder availability(double percent) {
      if (!(percent >= 50 && percent < 100)) {
        throw new IllegalArgumentException(
            "availability must be a percentage from 50 to below 100, such as 99.9, was " + percent);
      }
      this.availability = percent;
      return this;
    }

    /** Sets the percentage of operations that failures stay under. Default 1. */
    public Builder errorRate(double percent) {
      if (!(percent > 0 && percent < 100)) {
        throw new IllegalArgumentException(
            "errorRate must be a percentage between 0 and 100, was " + percent);
      }
      this.errorRate = percent;
      return this;
    }

    /** Sets what the 95th percentile of latencies keeps under. Default 2,000 ms. */
    public Builder latency(Duration latency) {
      this.latency = Checks.positive(latency, "latency");
      return this;
    }

    /** Sets what every recovery keeps under. Default 15 minutes. */
    public Builder recovery(Duration recovery) {
      this.recovery = Checks.positive(recovery, "recovery");
      return this;
    }

    /**
     * Has this watch judge every operation by the runbooks' objectives, as {@link #watch(Watch,
     * String, List)} does. Default none does.
     */
    public Builder watch(Watch watch, String job) {
      return watch(watch, job, RunbookRules.serviceObjectives());
    }

    /**
     * Has this watch judge every operation as an event, and as a latency. The watch stays open.
     *
     * @param job the service's name for the watch; not that of a job whose runs feed the watch, or
     *     all would count twice
     * @param rules at least one, with different names; where the objectives are not the runbooks',
     *     neither are the rules
     */
    public Builder watch(Watch watch, String job, List<Rule> rules) {
      this.watch = Objects.requireNonNull(watch, "watch");
      this.job = Objects.requireNonNull(job, "job");
      this.rules = List.copyOf(rules);
      return this;
    }

    /**
     * Reads the file, if there is one, and begins to save.
     *
     * @throws IllegalStateException if the file is damaged or of another version, or another owner
     *     has it; it is left as it is
     * @throws UncheckedIOException if it cannot be read
     * @throws IllegalArgumentException if the watch knows the job by other rules
     */
    public ServiceLevels open() {
      if (watch != null) {
        watch.add(job, rules);
      }
      Claim claim = claim();
      boolean isOpen = false;
      try {
        ServiceLevels levels = new ServiceLevels(this, claim, Months.read(file));
        Executor saving = executor == null ? levels.own.orElseThrow() : executor;
        levels.saver.start(saving, "service levels");
        isOpen = true;
        return levels;
      } finally {
        if (!isOpen) {
          letGo(file, claim);
        }
      }
    }

    private Claim claim() {
      try {
        return Claim.of(file, "The file of service levels");
      } catch (IOException e) {
        throw new UncheckedIOException("Service levels " + file + " cannot be claimed", e);
      }
    }
  }
}
