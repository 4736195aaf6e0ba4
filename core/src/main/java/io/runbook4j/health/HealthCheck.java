package io.runbook4j.health;

import io.runbook4j.alert.Rule;
import io.runbook4j.alert.RunbookRules;
import io.runbook4j.alert.Watch;
import io.runbook4j.health.HealthReport.Result;
import io.runbook4j.spi.health.Health;
import io.runbook4j.spi.health.HealthProbe;
import io.runbook4j.spi.time.Signal;
import io.runbook4j.spi.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks services in the background how they are, side by side, and tells at any time what the last
 * answers were. A report reads memory only, so that it comes at once however a service hangs. Safe
 * for many threads.
 *
 * <p>Each probe has at most one thread at a time. One that does not answer in time is interrupted
 * and counts as unhealthy; no other waits for it. Of each probe the last answer is kept, with at
 * most 500 characters of detail.
 */
public final class HealthCheck implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HealthCheck.class);

  private final Slot.Settings settings;
  private final List<Slot> slots;
  private final BiConsumer<String, Health> onAnswer;
  private final @Nullable Watch watch;
  private final List<Rule> rules;
  private final Loop loop;
  private final LifeSigns signs;
  private final Executor executor;
  private final Optional<ExecutorService> own;
  private final List<Signal> waiters = new CopyOnWriteArrayList<>();
  private long lookedNanos; // of the loop's thread alone
  private boolean hasLooked;

  private HealthCheck(Builder builder) {
    if (builder.timeout.compareTo(builder.slow) <= 0) {
      throw new IllegalArgumentException("timeout must be more than slow (" + builder.slow
          + "), or no answer is ever slow, was " + builder.timeout);
    }
    settings = new Slot.Settings(
        builder.time, builder.interval, builder.timeout, builder.slow, builder.redaction);
    slots = builder.probes.values().stream()
        .map(named -> new Slot(named.name(), named.probe(), named.isAdvisory(), settings))
        .toList();
    onAnswer = builder.onAnswer;
    watch = builder.watch;
    rules = builder.rules;
    own = builder.executor == null
        ? Optional.of(Loop.daemonThreads("runbook4j-health-"))
        : Optional.empty();
    executor = builder.executor == null ? own.orElseThrow() : builder.executor;
    loop = new Loop(builder.time, this::step);
    signs = new LifeSigns(builder.time);
  }

  /** A sign of life that one of the host's threads gives. Safe for many threads. */
  public interface Heartbeat extends AutoCloseable {
    /** Says that the thread moves. Costs a look at the clock. */
    void beat();

    /** Says that the thread has come to its proper end. */
    @Override
    void close();
  }

  /** {@return a builder} */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Begins to ask.
   *
   * @throws IllegalStateException if it was started or closed before
   * @throws IllegalArgumentException if the watch knows one of the probes by other rules
   */
  public void start() {
    if (watch != null) {
      slots.forEach(slot -> watch.add(watched(slot), rules));
    }
    loop.start(executor, "health check");
  }

  /**
   * {@return how the services are, for whoever decides whether this process gets work}
   *
   * <p>A service that has not answered yet is unhealthy; one whose last answer is older than three
   * intervals is degraded at best.
   */
  public HealthReport readiness() {
    return new HealthReport(
        settings.time().now(), slots.stream().map(Slot::result).toList());
  }

  /**
   * {@return whether this process's own threads move, for whoever decides whether to restart it}
   *
   * <p>It knows nothing of services: no restart makes them healthy. Unhealthy are a heartbeat that
   * fails to come, threads that wait for each other, and this check if it stands still.
   */
  public HealthReport liveness() {
    List<Result> results = new ArrayList<>();
    Duration stillness = loop.isStarted() ? loop.stillness() : Duration.ZERO;
    results.add(LifeSigns.moving("health-check", stillness, settings.interval().multipliedBy(3)));
    results.add(signs.deadlocks());
    results.addAll(signs.heartbeats());
    return new HealthReport(settings.time().now(), results);
  }

  /**
   * Expects a sign of life from now on. Close it when the thread ends.
   *
   * @param name the thread's, for the report
   * @param atMost the longest time between two signs of life
   */
  public Heartbeat heartbeat(String name, Duration atMost) {
    return signs.heartbeat(name, atMost);
  }

  /**
   * Waits until a worker may take jobs: every service that is not advisory was healthy so many
   * times in a row, and still is.
   *
   * @throws IllegalStateException if the check was not started
   * @throws InterruptedException if the thread is interrupted
   */
  public WarmUp.Result await(WarmUp warmUp) throws InterruptedException {
    if (!loop.isStarted() && !loop.isClosed()) {
      throw new IllegalStateException("health check must be started first, was not started");
    }
    Signal answered = settings.time().newSignal();
    waiters.add(answered);
    try {
      return await(warmUp, answered);
    } finally {
      waiters.remove(answered);
    }
  }

  private WarmUp.Result await(WarmUp warmUp, Signal answered) throws InterruptedException {
    long began = settings.time().nanoTime();
    while (true) {
      List<Slot> cold =
          slots.stream().filter(slot -> !slot.isWarm(warmUp.healthyInARow())).toList();
      Duration waited = Duration.ofNanos(settings.time().nanoTime() - began);
      if (cold.isEmpty()) {
        return new WarmUp.Result(true, waited, "");
      }
      Duration left = warmUp.atMost().minus(waited);
      if (loop.isClosed() || left.isNegative() || left.isZero()) {
        String why = cold.stream()
            .map(slot -> slot.coldness(warmUp.healthyInARow()))
            .collect(Collectors.joining("; "));
        return new WarmUp.Result(
            false, waited, loop.isClosed() ? "the health check was closed; " + why : why);
      }
      cold.forEach(slot -> slot.hasten(warmUp.every()));
      loop.wake();
      answered.await(left);
    }
  }

  private static String watched(Slot slot) {
    return "health/" + slot.name();
  }

  private Duration step() {
    if (!hasLooked
        || settings.time().nanoTime() - lookedNanos >= settings.interval().toNanos()) {
      hasLooked = true;
      lookedNanos = settings.time().nanoTime();
      signs.lookForDeadlock();
    }
    long nanos = settings.interval().toNanos();
    for (Slot slot : slots) {
      slot.overdue().ifPresent(late -> tellElsewhere(slot, late));
      if (slot.takeTurn() && !execute(() -> ask(slot))) {
        slot.refused().ifPresent(answer -> tell(slot, answer));
      }
      nanos = Math.min(nanos, slot.nanosUntilNext());
    }
    return Duration.ofNanos(nanos);
  }

  private void tellElsewhere(Slot slot, Health answer) {
    if (!execute(() -> tell(slot, answer))) {
      tell(slot, answer);
    }
  }

  private boolean execute(Runnable task) {
    try {
      executor.execute(task);
      return true;
    } catch (RuntimeException e) {
      if (!loop.isClosed()) {
        LOG.warn("The executor refused a task of the health check: {}", e.toString());
      }
      return false;
    }
  }

  private void ask(Slot slot) {
    try {
      slot.ask(answer -> tell(slot, answer));
    } finally {
      loop.wake(); // to look when the next one is due
    }
  }

  private void tell(Slot slot, Health answer) {
    waiters.forEach(Signal::raise);
    if (watch != null) {
      watch.probe(watched(slot), slot.atWorst(answer));
    }
    try {
      onAnswer.accept(slot.name(), answer);
    } catch (VirtualMachineError e) {
      throw e;
    } catch (Throwable e) { // the fence around foreign code
      LOG.warn("{}.accept threw", onAnswer.getClass().getName(), e);
    }
  }

  /**
   * Asks no more, and interrupts the probes that run: their answers are dropped, since they say
   * nothing of the services. May be called twice.
   */
  @Override
  public void close() {
    loop.close();
    waiters.forEach(Signal::raise);
    slots.forEach(Slot::close);
    own.ifPresent(ExecutorService::shutdownNow);
  }

  /** Collects what is asked, and how. Not safe for many threads. */
  public static final class Builder {
    private final Map<String, Named> probes = new LinkedHashMap<>();
    private Time time = Time.system();
    private Duration interval = Duration.ofMinutes(1);
    private Duration timeout = Duration.ofSeconds(10);
    private Duration slow = Duration.ofSeconds(5);
    private UnaryOperator<String> redaction = UnaryOperator.identity();
    private BiConsumer<String, Health> onAnswer = (name, health) -> {};
    private @Nullable Watch watch;
    private List<Rule> rules = List.of();
    private @Nullable Executor executor;

    private record Named(String name, HealthProbe probe, boolean isAdvisory) {}

    private Builder() {}

    /**
     * Asks a service that this process cannot work without.
     *
     * @param name of letters, digits, blanks and {@code ._/-}, at most 64
     */
    public Builder probe(String name, HealthProbe probe) {
      return add(new Named(name, Objects.requireNonNull(probe, "probe"), false));
    }

    /**
     * Asks something that this process can work without, such as whether it is local-only or how
     * much of a budget is left: it is degraded at worst, and no worker waits for it.
     */
    public Builder advisory(String name, HealthProbe probe) {
      return add(new Named(name, Objects.requireNonNull(probe, "probe"), true));
    }

    private Builder add(Named named) {
      if (probes.putIfAbsent(Checks.name(named.name(), "name"), named) != null) {
        throw new IllegalArgumentException(
            "name must be one that no other probe has, was " + named.name());
      }
      return this;
    }

    /** Sets the clock and the waiting. Default {@link Time#system}. */
    public Builder time(Time time) {
      this.time = Objects.requireNonNull(time, "time");
      return this;
    }

    /**
     * Sets where the check and its probes run: one thread, and one more for each probe; with fewer,
     * answers come late. Close the check before you shut it down, or probes that this interrupts
     * count as failed. Default daemon threads of its own.
     */
    public Builder executor(Executor executor) {
      this.executor = Objects.requireNonNull(executor, "executor");
      return this;
    }

    /** Sets how often each service is asked. Default a minute. */
    public Builder interval(Duration interval) {
      this.interval = Checks.positive(interval, "interval");
      return this;
    }

    /** Sets how long a probe may take. Default 10 seconds; more than {@link #slow}. */
    public Builder timeout(Duration timeout) {
      this.timeout = Checks.positive(timeout, "timeout");
      return this;
    }

    /** Sets the latency above which a healthy service is degraded. Default 5,000 ms. */
    public Builder slow(Duration slow) {
      this.slow = Checks.positive(slow, "slow");
      return this;
    }

    /** Sets what takes secrets out of every detail; safe for many threads. Default nothing does. */
    public Builder redaction(UnaryOperator<String> redaction) {
      this.redaction = Objects.requireNonNull(redaction, "redaction");
      return this;
    }

    /**
     * Sets who hears of every answer, by the probe's name, on the probe's thread: rules over
     * failures and latencies, say. What it throws is logged. Default nobody.
     */
    public Builder onAnswer(BiConsumer<String, Health> onAnswer) {
      this.onAnswer = Objects.requireNonNull(onAnswer, "onAnswer");
      return this;
    }

    /**
     * Has this watch judge every answer by the runbooks' rules for health checks, as
     * {@link #watch(Watch, List)} does: failed is SEV3 at once and SEV1 three times in a row, more
     * than 5,000 ms is a warning. Default none does.
     */
    public Builder watch(Watch watch) {
      return watch(watch, RunbookRules.healthChecks());
    }

    /**
     * Has this watch judge every answer. For the watch each probe is a job of its own, named
     * {@code health/} and the probe's name; one that is advisory never counts as failed. The watch
     * stays open.
     *
     * @param rules at least one, with different names
     */
    public Builder watch(Watch watch, List<Rule> rules) {
      this.watch = Objects.requireNonNull(watch, "watch");
      this.rules = List.copyOf(rules);
      return this;
    }

    /**
     * {@return a check that is not started yet}
     *
     * @throws IllegalArgumentException if the time-out is not more than what is slow
     */
    public HealthCheck build() {
      return new HealthCheck(this);
    }
  }
}
