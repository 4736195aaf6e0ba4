package io.runbook4j.alert;

import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.health.Health;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.time.Signal;
import io.runbook4j.spi.time.Time;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches jobs: takes signals, applies rules, and tells a router what fires. Safe for many threads.
 *
 * <p><b>Signals.</b> {@link #succeeded}, {@link #failed} and {@link #latency} only count: no lock,
 * no allocation, well below 100 ns. The others are seldom, take a short lock, and are judged at
 * once. <b>Users</b> are kept as keyed hashes only.
 *
 * <p><b>Time.</b> The watch goes by the monotonic clock; a wall clock that is set moves neither
 * windows nor states, and is counted and logged. What an event says about its own time decides in
 * which bucket it counts: late ones go where they belong as long as a window reaches there, and
 * decisions that were made are not made again; those from the future (more than a bucket ahead)
 * count as now. Time in which the machine slept does not pass. Nothing happening is neither good
 * nor bad: see {@link Rule}, and {@link Rule#absenceOf} to be told of it.
 *
 * <p><b>Restarts.</b> With a {@linkplain Builder#state state file}, counts, states and silences
 * survive. What fires goes on firing and is not told again; time down is time without data, and
 * does not count as pending.
 *
 * <p><b>Memory</b> for each job: 21 kB for windows, 5 kB for kinds of failures, 0.2 MB for
 * latencies at most, and up to 2.1 MB (4.2 MB while it is replaced) for 100,000 users; only what
 * its rules need.
 */
public final class Watch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Watch.class);
  /** Longer latencies count as this one. */
  private static final Duration LONGEST = Duration.ofDays(1);

  private static final Duration STEP = Duration.ofMillis(Tier.FINE.millis());

  private final WatchClock clock;
  private final AlertRouter router;
  private final Advisor advisor;
  private final Executor executor;
  private final SipHash userHash;
  private final @Nullable StateFile stateFile;
  private final Duration saveEvery;
  private final Map<String, JobWatch> jobs = new ConcurrentHashMap<>();
  private final AtomicLong clockSteps = new AtomicLong();
  private final Deque<Alert> outgoing = new ArrayDeque<>(); // guarded by itself
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicBoolean saveSoon = new AtomicBoolean();
  private final Runnable keeper = this::keep;
  private final Signal wakeSignal;
  private long savedAt;

  private Watch(Builder builder) {
    clock = new WatchClock(builder.time);
    router = builder.router;
    advisor = new Advisor(builder.triage, Map.of());
    executor = builder.executor;
    saveEvery = builder.saveEvery;
    wakeSignal = builder.time.newSignal();
    stateFile = builder.state == null ? null : StateFile.open(builder.state, clock);
    userHash = stateFile == null ? StateFile.randomHash() : stateFile.userHash();
    savedAt = clock.now();
  }

  /** {@return a builder for a watch that tells this router} */
  public static Builder builder(Time time, AlertRouter router) {
    return new Builder(time, router);
  }

  private void run() {
    if (stateFile != null) {
      router.restore(stateFile.router());
      router.keptBy(keeper);
    }
    executor.execute(this::tickUntilClosed);
  }

  private void tickUntilClosed() {
    try {
      while (!closed.get()) {
        long now = clock.now();
        long next = (Tier.FINE.bucket(now) + 1) * Tier.FINE.millis();
        wakeSignal.await(Duration.ofMillis(next - now));
        if (!closed.get()) {
          tickFenced();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      LOG.warn("The watch was interrupted and judges no more; its state is kept.");
    }
  }

  // A watch that died of one mistake, or of no memory, would be silent about everything else.
  private void tickFenced() {
    try {
      tick();
    } catch (RuntimeException | Error e) {
      LOG.error("The watch could not look at its jobs; tried again in {}.", STEP, e);
    }
  }

  private void tick() {
    Duration step = clock.follow();
    if (step.abs().compareTo(STEP) > 0) {
      clockSteps.incrementAndGet();
      LOG.warn("The wall clock stepped by {}; windows and states go on as they are.", step);
    }
    router.tryWaiting();
    jobs.forEach((name, job) -> advance(name, job));
    handOn(); // first: a page waits for no disk
    long now = clock.now();
    boolean isDue = saveSoon.getAndSet(false) || now - savedAt >= saveEvery.toMillis();
    if (stateFile != null && isDue) {
      savedAt = now;
      save(stateFile);
    }
  }

  private void save(StateFile file) {
    boolean isDone = false;
    try {
      Map<String, SealedFile.Saved> encoded = file.encode(jobs);
      handOn(); // what was told meanwhile is in the router's state, or in the jobs' too
      RouterState state = router.state();
      file.save(encoded, state);
      isDone = state.pending().isEmpty();
    } finally {
      // what is on its way is written again until it has arrived, or else it would be sent anew
      if (!isDone) {
        saveSoon.set(true);
      }
    }
  }

  private void keep() {
    saveSoon.set(true);
    wakeSignal.raise();
  }

  private void handOn() {
    for (Alert next = takeNext(); next != null; next = takeNext()) {
      handOn(next);
    }
  }

  private @Nullable Alert takeNext() {
    synchronized (outgoing) {
      return outgoing.poll();
    }
  }

  // What there was no memory for goes at the next look: rather twice to a channel than not at all.
  private void handOn(Alert alert) {
    try {
      router.hand(advised(alert));
    } catch (RuntimeException | Error e) {
      synchronized (outgoing) {
        outgoing.addFirst(alert);
      }
      throw e;
    }
  }

  // An alert without advice is better than none.
  private Alert advised(Alert alert) {
    try {
      return alert.isResolved() ? alert : advisor.advised(alert);
    } catch (RuntimeException | Error e) {
      LOG.warn("An alert is told without advice. job={}", Words.oneLine(alert.job()), e);
      return alert;
    }
  }

  // A watch that died of a mistake in one rule would be silent about everything else.
  private void advance(String name, JobWatch job) {
    try {
      job.advance(clock.now());
    } catch (RuntimeException e) {
      LOG.error("Rules could not be applied; tried again in 10 s. job={}", name, e);
    }
  }

  /**
   * Begins to watch a job. Does nothing if it is watched with the same rules.
   *
   * @param rules at least one, with different names
   * @throws IllegalArgumentException if it is watched with other rules
   */
  public void add(String job, List<Rule> rules) {
    check(job, rules);
    JobWatch watched = jobs.computeIfAbsent(job, name -> begin(name, rules));
    if (!watched.rules().equals(rules)) {
      throw new IllegalArgumentException("rules must be those that job " + job
          + " is watched with (" + watched.rules() + "), was " + rules);
    }
  }

  private static void check(String job, List<Rule> rules) {
    Words.named("job", job);
    if (rules.isEmpty()) {
      throw new IllegalArgumentException("rules must be at least one, was none");
    }
    Set<String> names = new HashSet<>();
    for (Rule rule : rules) {
      if (!names.add(rule.name())) {
        throw new IllegalArgumentException(
            "rules must have different names, was twice " + rule.name());
      }
    }
  }

  private JobWatch begin(String name, List<Rule> rules) {
    JobWatch job = new JobWatch(name, rules, userHash, new Around());
    if (stateFile != null) {
      stateFile.restore(name, job);
    }
    return job;
  }

  private JobWatch job(String name) {
    JobWatch job = jobs.get(name);
    if (job == null) {
      throw new IllegalArgumentException(
          "job must be one that is watched (" + jobs.keySet() + "), was " + name);
    }
    return job;
  }

  /**
   * Counts an event that succeeded.
   *
   * @param user whose it was; empty if it was nobody's
   * @param at when it happened, by the wall clock
   */
  public void succeeded(String job, String user, Instant at) {
    job(job).outcome(user, JobSeries.success(), clock.at(at));
  }

  /**
   * Counts an event that failed. A failure of kind INTEGRITY is a finding of corruption too, and
   * takes a short lock.
   *
   * @param user whose it was; empty if it was nobody's
   * @param at when it happened, by the wall clock
   */
  public void failed(String job, String user, FailureKind kind, Instant at) {
    JobWatch watched = job(job);
    watched.outcome(user, JobSeries.cell(kind), clock.at(at));
    if (kind == FailureKind.INTEGRITY) {
      watched.corruption("an item failed with INTEGRITY");
    }
  }

  /**
   * Counts a latency; one above a day as a day.
   *
   * @param at when it was over, by the wall clock
   */
  public void latency(String job, Duration took, Instant at) {
    Duration counted = took.compareTo(LONGEST) > 0 ? LONGEST : took;
    job(job).latency(counted.toNanos(), clock.at(at));
  }

  /**
   * Notes a health check's answer. Whatever is not UNHEALTHY counts as good; else its detail is in
   * the alerts as the reason, and must be fit to be shown.
   */
  public void probe(String job, Health health) {
    job(job).probe(health);
  }

  /**
   * Notes a gauge's newest value. One that no rule of the job looks at is left aside.
   *
   * @param value finite
   */
  public void gauge(String job, String name, double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          "value of gauge " + name + " must be finite, was " + value);
    }
    job(job).gauge(name, value);
  }

  /** Notes the end of a run that COMPLETED. */
  public void run(String job, Counts counts) {
    run(job, RunState.COMPLETED, counts);
  }

  /**
   * Notes the end of a run. Of one that did not complete only its failures count: it says nothing
   * of the items that it did not reach, so it ends no alert, and is none of the runs that
   * {@link Rule#absenceOf} waits for.
   *
   * @throws IllegalArgumentException if the run goes on
   */
  public void run(String job, RunState state, Counts counts) {
    if (state == RunState.RUNNING) {
      throw new IllegalArgumentException("state must be one of an ended run, was " + state);
    }
    job(job).run(state == RunState.COMPLETED, counts.failed());
  }

  /**
   * Notes that data was found corrupt.
   *
   * @param text what was found, for a person; without user ids
   */
  public void corruption(String job, String text) {
    Objects.requireNonNull(text, "text");
    job(job).corruption(text);
  }

  /** Notes that the job's data has been looked at since, and is intact. */
  public void intact(String job) {
    job(job).intact();
  }

  /**
   * Says which service a job's target is, for the triage table. Default the job's name, of which a
   * word may be a service's.
   */
  public void service(String job, String service) {
    advisor.services().put(Words.named("job", job), Words.named("service", service));
  }

  /** {@return the router that is told what fires} */
  public AlertRouter router() {
    return router;
  }

  /** {@return the rules that the job is watched with; none if it is not watched} */
  public List<Rule> rules(String job) {
    JobWatch watched = jobs.get(job);
    return watched == null ? List.of() : watched.rules();
  }

  /** {@return where the job's rules stand, in their order} */
  public List<Status> statuses(String job) {
    return job(job).statuses();
  }

  /** {@return the same; nothing if the job is not watched} */
  List<Status> statusesIfWatched(String name) {
    JobWatch job = jobs.get(name);
    return job == null ? List.of() : job.statuses();
  }

  /** {@return how often things were not as they should be, over all jobs, since it was started} */
  public Oddities oddities() {
    return jobs.values().stream()
        .map(JobWatch::oddities)
        .reduce(new Oddities(0, 0, clockSteps.get(), 0), Oddities::plus);
  }

  /** Saves the state, and judges no more. Leaves the router open. */
  @Override
  public void close() {
    if (!closed.getAndSet(true)) {
      wakeSignal.raise();
      router.notKeptBy(keeper);
      handOn(); // before the disk is asked for anything
      if (stateFile != null) {
        Map<String, SealedFile.Saved> encoded = stateFile.encode(jobs);
        handOn();
        stateFile.close(encoded, router.state());
      }
    }
  }

  private final class Around implements JobWatch.Surroundings {
    @Override
    public long now() {
      return clock.now();
    }

    @Override
    public Instant wall(long at) {
      return clock.wall(at);
    }

    @Override
    public boolean isSilenced(String job) {
      return router.isSilenced(job);
    }

    @Override
    public long repeatMillis() {
      return router.repeatMillis();
    }

    @Override
    public void tell(Alert alert) {
      synchronized (outgoing) {
        outgoing.add(alert);
      }
      saveSoon.set(true);
      wakeSignal.raise(); // the caller holds its job's lock: the watch's own thread hands it on
    }
  }

  /** Where a rule of a job stands. */
  public enum State {
    /** The threshold is not reached. */
    INACTIVE,
    /** It is reached, and not for long enough yet. */
    PENDING,
    /** It is reached, or was and is not clear yet. */
    FIRING
  }

  /**
   * Where a rule of a job stands.
   *
   * @param rule the rule
   * @param state its state
   * @param value what was compared with the threshold last; NaN before there was anything
   * @param text the same in words, with the threshold; empty before there was anything
   * @param firingSince since when it fires; present if it does
   */
  public record Status(
      Rule rule, State state, double value, String text, Optional<Instant> firingSince) {}

  /**
   * How often things were not as they should be.
   *
   * @param lateDropped events older than every window
   * @param futureClamped events from the future, counted as now
   * @param clockSteps steps of the wall clock by more than 10 s
   * @param fullUserTables jobs that had more users than are counted
   */
  public record Oddities(
      long lateDropped, long futureClamped, long clockSteps, long fullUserTables) {
    Oddities plus(Oddities other) {
      return new Oddities(
          lateDropped + other.lateDropped,
          futureClamped + other.futureClamped,
          clockSteps + other.clockSteps,
          fullUserTables + other.fullUserTables);
    }
  }

  /** Collects what a watch needs. Not safe for many threads. */
  public static final class Builder {
    private final Time time;
    private final AlertRouter router;
    private final Map<String, List<Rule>> jobs = new LinkedHashMap<>();
    private Triage triage = Triage.defaults();
    private @Nullable Path state;
    private Duration saveEvery = Duration.ofSeconds(30);
    private Executor executor = task -> {
      Thread thread = new Thread(task, "runbook4j-watch");
      thread.setDaemon(true);
      thread.start();
    };

    private Builder(Time time, AlertRouter router) {
      this.time = Objects.requireNonNull(time, "time");
      this.router = Objects.requireNonNull(router, "router");
    }

    /**
     * Adds a job and its rules, as {@link Watch#add} does.
     *
     * @throws IllegalArgumentException if there are no rules, or two of a name
     */
    public Builder job(String name, List<Rule> rules) {
      check(name, rules);
      jobs.put(name, List.copyOf(rules));
      return this;
    }

    /**
     * Sets the table of what to do about what: its row for what an alert is about goes behind the
     * alert's text. Default the runbooks'; {@code Triage.builder().build()} has none.
     */
    public Builder triage(Triage triage) {
      this.triage = Objects.requireNonNull(triage, "triage");
      return this;
    }

    /**
     * Sets the file that keeps counts and states over a restart, and of the router what is
     * silenced, on its way, or undelivered; for one watch at a time. Beside it a file {@code .key}
     * keeps the key of the users' hashes. Default none.
     */
    public Builder state(Path file) {
      this.state = Objects.requireNonNull(file, "file");
      return this;
    }

    /**
     * Sets how often the state is saved, besides when something was told or silenced. Default 30 s.
     */
    public Builder saveEvery(Duration interval) {
      this.saveEvery = Words.positive("saveEvery", interval);
      return this;
    }

    /** Sets what runs the watch's own loop. Default a daemon thread. */
    public Builder executor(Executor executor) {
      this.executor = Objects.requireNonNull(executor, "executor");
      return this;
    }

    /**
     * {@return the watch, at work}
     *
     * @throws IllegalStateException if the state file is of a newer format, or cannot be read
     */
    public Watch start() {
      Watch watch = new Watch(this);
      jobs.forEach(watch::add);
      watch.run();
      return watch;
    }
  }
}
