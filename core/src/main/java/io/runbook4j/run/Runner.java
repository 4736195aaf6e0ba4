package io.runbook4j.run;

import io.runbook4j.adapter.Redactor;
import io.runbook4j.alert.AlertRouter;
import io.runbook4j.alert.Incidents;
import io.runbook4j.alert.Triage;
import io.runbook4j.alert.Watch;
import io.runbook4j.ledger.MemoryLedger;
import io.runbook4j.limit.Limits;
import io.runbook4j.limit.RetryBudget;
import io.runbook4j.spi.alert.AlertChannel;
import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.ItemState;
import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.ledger.LedgerEntry.RunResumed;
import io.runbook4j.spi.ledger.ResumePoint;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunOrigin;
import io.runbook4j.spi.ledger.RunSummary;
import io.runbook4j.spi.sync.Source;
import io.runbook4j.spi.time.Time;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Runs jobs, and reruns and resumes what earlier runs left. Safe for many threads; each call runs
 * on its caller's thread until the run ends.
 *
 * <p>Runs of one runner share the limiter and the retry budget of each service. A run that could
 * not be finished ends with a report, not with an exception; an exception means that the run did
 * not begin, and that nothing is recorded of it: what the job needs is missing, say, or its target
 * cannot tell its name; or that it could not be recorded, or that the target threw an
 * {@link Error}.
 */
public final class Runner implements AutoCloseable {
  private final Host host;
  private final boolean ownsRouter;
  private final Reruns reruns;
  private final ActiveRuns active;
  private final EndedRuns ended = new EndedRuns();
  private final Optional<ExecutorService> ownExecutor;

  private Runner(Builder builder) {
    Time time = builder.time;
    ownsRouter = builder.router == null;
    active = new ActiveRuns(time);
    ownExecutor = builder.executor == null
        ? Optional.of(Executors.newCachedThreadPool(new DaemonThreads()))
        : Optional.empty();
    host = new Host(
        builder.ledger == null ? MemoryLedger.create() : builder.ledger,
        builder.limits == null ? Limits.create(time, builder.random) : builder.limits,
        new Budgets(builder.budget),
        List.copyOf(builder.listeners),
        builder.router(),
        Optional.ofNullable(builder.watch),
        Optional.ofNullable(builder.incidents),
        builder.triage,
        time,
        builder.random,
        builder.executor == null ? ownExecutor.orElseThrow() : builder.executor,
        builder.redactor);
    reruns = new Reruns(host.ledger());
  }

  /** {@return a builder; with no settings it gives a runner that keeps its ledger in memory} */
  public static Builder builder() {
    return new Builder();
  }

  /** {@return the ledger, for questions about earlier runs} */
  public Ledger ledger() {
    return host.ledger();
  }

  /**
   * Runs the job over its whole source.
   *
   * @return the report
   */
  public <T> RunReport run(SyncJob<T> job) {
    return start(job, RunOrigin.full(), job.source(), Known.nothing());
  }

  /**
   * Goes on with the newest run of the job that was stopped, failed or died, unless a later one
   * over the whole source is complete; if there is none, runs the job. A rerun that is complete
   * does not end a run that is not. Where the source is a file that was replaced meanwhile, the run
   * cannot go on and fails, saying so; then a new one has to begin, with {@link #run}.
   *
   * @return the report
   * @throws IllegalStateException if that run is going on
   */
  public <T> RunReport runOrResume(SyncJob<T> job) {
    Optional<RunId> unfinished = reruns.unfinished(job);
    return unfinished.isPresent() ? resume(job, unfinished.get()) : run(job);
  }

  /**
   * Goes on with a run that was stopped, failed or died, in this process or another. Items that
   * have an outcome are not sent again; chunks that were sent and have no result are treated as
   * {@link SyncJob.Builder#inDoubt} says.
   *
   * @return the report
   * @throws IllegalArgumentException if there is no such run, or it is another job's
   * @throws IllegalStateException if the run is going on, or completed
   */
  public <T> RunReport resume(SyncJob<T> job, RunId run) {
    RunSummary summary = reruns.resumable(job, run);
    RunOrigin origin = summary.started().origin();
    return execute(job, Reruns.source(job, origin), ends -> {
      Function<ResumePoint, Known> known = reruns.known(job, summary);
      host.ledger().record(run, List.of(new RunResumed(host.time().now())));
      ResumePoint point = host.ledger().resumePoint(run);
      return new RunSetup<>(
          run, origin, job, ends, Optional.of(point), known.apply(point), ended.counted(summary));
    });
  }

  /**
   * Reruns the items that failed in the run and have not succeeded since.
   *
   * @return the report
   */
  public <T> RunReport rerunFailed(SyncJob<T> job, RunId run) {
    return rerunFailed(job, run, ItemFilter.failed());
  }

  /**
   * Reruns those items of the run that pass the filter and have not succeeded since, and no others;
   * none that another rerun, which is going on, has still to send. (Two that begin in the same
   * moment do not see each other yet.)
   *
   * <p>Items in doubt are verified first where the target can; those that it does not know are then
   * sent, since the filter asked for them.
   *
   * @return the report
   * @throws IllegalArgumentException if there is no such run, or it is another job's
   */
  public <T> RunReport rerunFailed(SyncJob<T> job, RunId run, ItemFilter filter) {
    reruns.run(job, run);
    return rerun(job, RunOrigin.Kind.RERUN_FAILED, Optional.of(run), reruns.of(job, run, filter));
  }

  /**
   * Reruns the items of the job that failed, were skipped or were not reached in their newest run,
   * but not those that were deferred to an outbox: whoever drains it applies them.
   *
   * @return the report
   */
  public <T> RunReport rerunOutstanding(SyncJob<T> job) {
    return rerunOutstanding(
        job, ItemFilter.all().states(ItemState.FAILED, ItemState.SKIPPED, ItemState.NOT_REACHED));
  }

  /**
   * Reruns those outstanding items of the job that pass the filter, in doubt as
   * {@link #rerunFailed}.
   *
   * @return the report
   */
  public <T> RunReport rerunOutstanding(SyncJob<T> job, ItemFilter filter) {
    return rerun(
        job, RunOrigin.Kind.RERUN_OUTSTANDING, Optional.empty(), reruns.outstanding(job, filter));
  }

  /**
   * Runs the job over its whole source once more, those items that have succeeded included.
   *
   * @param reason why that is right, such as a global issue that was found and resolved; recorded;
   *     not blank
   * @return the report
   */
  public <T> RunReport replayAll(SyncJob<T> job, String reason) {
    RunOrigin origin =
        new RunOrigin(RunOrigin.Kind.REPLAY, Optional.empty(), ItemFilter.all(), reason);
    return start(job, origin, job.source(), Known.nothing());
  }

  /**
   * Stops all runs that are going on; each ends with a report, and can be resumed. Returns at once.
   */
  public void stop(String reason) {
    active.stop(reason);
  }

  /**
   * Stops all runs, waits until they have ended, with the answers to their calls in flight
   * recorded, and closes the ledger. An interrupt ends the wait; a chunk that is still in flight is
   * then in doubt, as is one of a run on whose own thread this is called, or on a thread that makes
   * one of its calls: nothing waits there.
   */
  @Override
  public void close() {
    try {
      active.close();
      ownExecutor.ifPresent(ExecutorService::shutdown);
      if (ownsRouter) {
        host.router().close();
      }
    } finally {
      host.ledger().close();
    }
  }

  private <T> RunReport rerun(
      SyncJob<T> job, RunOrigin.Kind kind, Optional<RunId> parent, Reruns.Chosen chosen) {
    RunOrigin origin = Reruns.origin(kind, parent, chosen.items());
    return start(
        job,
        origin,
        Reruns.source(job, origin),
        new Known(Reruns.doubtful(job, chosen.items()), Map.of(), chosen.leftOut()));
  }

  private <T> RunReport start(SyncJob<T> job, RunOrigin origin, Source<T> source, Known known) {
    RunId id = RunId.at(host.time().now(), host.random());
    return execute(
        job,
        source,
        ends -> new RunSetup<>(id, origin, job, ends, Optional.empty(), known, List.of()));
  }

  private <T> RunReport execute(
      SyncJob<T> job, Source<T> source, Function<Ends<T>, RunSetup<T>> setup) {
    active.enter();
    try {
      host.getToKnow(job);
      Ends<T> ends = Ends.of(job, source);
      RunSetup<T> begun = setup.apply(ends);
      RunReport report = active.run(new RunEngine<>(begun, host));
      ended.add(report, begun);
      return report;
    } finally {
      active.leave();
    }
  }

  /** Collects a runner's settings. Not safe for many threads. */
  public static final class Builder {
    private @Nullable Ledger ledger;
    private @Nullable Limits limits;
    private Supplier<RetryBudget> budget = RetryBudget::defaults;
    private final List<RunListener> listeners = new ArrayList<>();
    private final List<AlertChannel> channels = new ArrayList<>();
    private @Nullable AlertRouter router;
    private @Nullable Watch watch;
    private @Nullable Incidents incidents;
    private Triage triage = Triage.defaults();
    private Time time = Time.system();
    private RandomGenerator random = new Random();
    private @Nullable Executor executor;
    private Redactor redactor = new Redactor();

    private Builder() {}

    /**
     * Sets the ledger, which the runner closes. Default one in memory, which forgets when the
     * process ends.
     */
    public Builder ledger(Ledger ledger) {
      this.ledger = Objects.requireNonNull(ledger, "ledger");
      return this;
    }

    /** Sets the limiters, to share them with adapters and other runners. Default its own. */
    public Builder limits(Limits limits) {
      this.limits = Objects.requireNonNull(limits, "limits");
      return this;
    }

    /** Sets how each service's retry budget is made. Default {@link RetryBudget#defaults}. */
    public Builder retryBudget(Supplier<RetryBudget> budget) {
      this.budget = Objects.requireNonNull(budget, "budget");
      return this;
    }

    /** Adds a listener to every run. */
    public Builder listener(RunListener listener) {
      listeners.add(Objects.requireNonNull(listener, "listener"));
      return this;
    }

    /**
     * Adds a channel for every alert, on a router of the runner's own, with a thread of its own: no
     * chunk waits for an alert. Default none but the log.
     */
    public Builder alerts(AlertChannel channel) {
      channels.add(Objects.requireNonNull(channel, "channel"));
      return this;
    }

    /**
     * Sets the router that takes the alerts, in the place of channels. The runner leaves it open.
     */
    public Builder alerts(AlertRouter router) {
      this.router = Objects.requireNonNull(router, "router");
      return this;
    }

    /**
     * Sets the watch that is told of every outcome of the jobs that it watches: those that it was
     * built with or given, and those with rules that look beyond one run, which it applies. The
     * runner leaves it open. Default none, and then a job may have no such rule.
     */
    public Builder watch(Watch watch) {
      this.watch = Objects.requireNonNull(watch, "watch");
      return this;
    }

    /**
     * Sets the incidents that a run's alerts open, and that are told how runs end: the second in a
     * row that failed, or that a failure stopped, escalates. They go to them at once, besides the
     * channels or the router, which must not lead to the same incidents. The runner leaves them
     * open. Default none.
     */
    public Builder incidents(Incidents incidents) {
      this.incidents = Objects.requireNonNull(incidents, "incidents");
      return this;
    }

    /**
     * Sets the table of what to do about what, whose advice is in alerts and in reports. Default
     * the runbooks'.
     */
    public Builder triage(Triage triage) {
      this.triage = Objects.requireNonNull(triage, "triage");
      return this;
    }

    private AlertRouter router() {
      if (incidents != null && channels.contains(incidents)) {
        throw new IllegalStateException(
            "incidents must be set once, was set by incidents(..) and by alerts(..)");
      }
      if (router == null) {
        AlertRouter.Builder own = AlertRouter.builder(time);
        channels.forEach(own::channel);
        return own.build();
      }
      if (!channels.isEmpty()) {
        throw new IllegalStateException("alerts must be channels or a router, was a router and "
            + channels.size() + " channels; add the channels to the router");
      }
      return router;
    }

    /** Sets the clock that everything waits on. Default the system's. */
    public Builder time(Time time) {
      this.time = Objects.requireNonNull(time, "time");
      return this;
    }

    /**
     * Sets the source of chance for jitter and run ids; safe for many threads if the runner is used
     * by many.
     */
    public Builder random(RandomGenerator random) {
      this.random = Objects.requireNonNull(random, "random");
      return this;
    }

    /**
     * Sets where chunks are sent when a job has more than one in flight. Default daemon threads of
     * its own. It must run each task or refuse it, not discard it; an {@link ExecutorService} that
     * is shut down with tasks in its queue ends the runs whose they are as failed.
     */
    public Builder executor(Executor executor) {
      this.executor = Objects.requireNonNull(executor, "executor");
      return this;
    }

    /**
     * Sets what blots secrets out of every message of a target or a source before it is recorded,
     * reported or raised: {@code Adapters.redactor()}, say, which knows the secrets that adapters
     * were given. Default a new one, which knows secrets by their looks only.
     */
    public Builder redactor(Redactor redactor) {
      this.redactor = Objects.requireNonNull(redactor, "redactor");
      return this;
    }

    /** {@return the runner} */
    public Runner build() {
      return new Runner(this);
    }
  }
}
