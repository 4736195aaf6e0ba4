package io.runbook4j.alert;

import io.runbook4j.backoff.BackOff;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.AlertChannel;
import io.runbook4j.spi.alert.Occurrence.Phase;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes alerts to channels. Handing one over never waits, and nothing that a channel does comes
 * back to whoever did. Safe for many threads.
 *
 * <p>Each channel gets its alerts in order, on a thread of its own that lives while there are any.
 * One that fails is tried again after a back-off, or after the {@code retryAfter} of a
 * {@link io.runbook4j.spi.sync.FailureException} if that is longer, until a time to give up; while
 * it waits, a newer alert of the same occurrence takes its place. One that says that the alert
 * itself is wrong (INVALID, TOO_LARGE) is not tried again with it. What could not be delivered is
 * kept to be read, the last 1,000 of it. A channel may get an alert twice (after a crash, or where
 * it was under way when the process ended): the dedup key tells.
 */
public final class AlertRouter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AlertRouter.class);
  private static final Pattern LAMBDA = Pattern.compile("(\\$\\d+)?/.*");
  private static final int MOST_UNDELIVERED = 1_000;
  private static final int MOST_SILENCES = 10_000;

  private final Time time;
  private final Duration repeatEvery;
  private final Duration closeWithin;
  private final List<Delivery> deliveries = new ArrayList<>();
  private final Map<String, Instant> silences = new ConcurrentHashMap<>();
  private final Deque<Undelivered> undelivered = new ArrayDeque<>(); // guarded by itself
  private final List<Runnable> keepers = new CopyOnWriteArrayList<>();

  private AlertRouter(Builder builder) {
    time = builder.time;
    repeatEvery = builder.repeatEvery;
    closeWithin = builder.closeWithin;
    Delivery.Terms terms = new Delivery.Terms(
        time, builder.executor, builder.backOff, builder.giveUpAfter, builder.queue, this::lost);
    for (Listed it : builder.channels) {
      deliveries.add(new Delivery(it.channel(), nameOf(it.channel()), it.from(), terms));
    }
  }

  /**
   * {@return a name that no channel before it has, the same in each process} A lambda's class has
   * an address in its name, behind a slash.
   */
  private String nameOf(AlertChannel channel) {
    String name = channel.name();
    if (name.equals(channel.getClass().getName()) && channel.getClass().isHidden()) {
      name = LAMBDA.matcher(name).replaceFirst("");
    }
    String unique = name;
    for (int i = 2; isTaken(unique); i++) {
      unique = name + " " + i;
    }
    return unique;
  }

  private boolean isTaken(String name) {
    return deliveries.stream().anyMatch(delivery -> delivery.name().equals(name));
  }

  /** {@return a builder for a router without channels} */
  public static Builder builder(Time time) {
    return new Builder(time);
  }

  /**
   * Hands an alert to every channel that takes its severity, and returns at once. One of a job that
   * is {@linkplain #silence silenced} is only noted in the log.
   */
  public void send(Alert alert) {
    if (isSilenced(alert.job()) && isNews(alert)) {
      LOG.info(
          "An alert was not told, its job is silenced. rule={} job={}",
          Words.oneLine(alert.rule()),
          Words.oneLine(alert.job()));
    } else {
      hand(alert);
    }
  }

  /**
   * {@return whether the alert is more than the end of something, or that somebody has taken it on}
   */
  private static boolean isNews(Alert alert) {
    return alert
        .occurrence()
        .filter(it -> it.phase() == Phase.RESOLVED || it.phase() == Phase.ACKNOWLEDGED)
        .isEmpty();
  }

  /**
   * Hands on what a watch, which knows of silences and tells afterwards, or incidents, which are
   * not silenced, have decided to tell.
   */
  void hand(Alert alert) {
    deliveries.forEach(delivery -> delivery.offer(alert));
  }

  /**
   * Says nothing new of a job until then. What a watch's rules still find then is told; what a run
   * or a host sends meanwhile is dropped. What was told before and is resolved, or acknowledged,
   * meanwhile is told at once. What {@link Incidents} tell this router is not silenced: they would
   * go on counting whom they have called. Replaces an earlier silence of the job. Survives a
   * restart where a watch that tells this router has a {@linkplain Watch.Builder#state state file}.
   *
   * @throws IllegalStateException if 10,000 jobs are silenced already
   */
  public void silence(String job, Instant until) {
    Objects.requireNonNull(until, "until");
    silences.values().removeIf(end -> !end.isAfter(time.now()));
    if (silences.size() >= MOST_SILENCES && !silences.containsKey(job)) {
      throw new IllegalStateException(
          "job " + job + " cannot be silenced: " + MOST_SILENCES + " jobs are already");
    }
    silences.put(job, until);
    keepers.forEach(Runnable::run);
  }

  /** Ends a silence before its time, if there is one. */
  public void endSilence(String job) {
    silences.remove(job);
    keepers.forEach(Runnable::run);
  }

  /**
   * {@return the alerts that channels gave up, oldest first; the last 1,000} Those of before a
   * restart are among them where a watch or incidents that tell this router have a state file.
   */
  public List<Undelivered> undelivered() {
    synchronized (undelivered) {
      return List.copyOf(undelivered);
    }
  }

  boolean isSilenced(String job) {
    Instant until = silences.get(job);
    return until != null && time.now().isBefore(until);
  }

  long repeatMillis() {
    return repeatEvery.toMillis();
  }

  /**
   * {@return what is on its way, by channel; with the problem of the last try, empty before the
   * first}
   */
  public List<Undelivered> pending() {
    return deliveries.stream()
        .flatMap(delivery -> delivery.pending().stream()
            .map(alert -> new Undelivered(alert, delivery.name(), delivery.problem())))
        .toList();
  }

  /**
   * {@return what would be missed after a restart} Who keeps it is told by {@link #keptBy} when it
   * is time.
   */
  RouterState state() {
    return new RouterState(pending(), undelivered(), Map.copyOf(silences));
  }

  /** Has this run, quickly, whenever there is something new to keep besides what is on its way. */
  void keptBy(Runnable keeper) {
    keepers.add(keeper);
  }

  /** Forgets who was named to {@link #keptBy}. */
  void notKeptBy(Runnable keeper) {
    keepers.remove(keeper);
  }

  /**
   * Takes over what another process knew, and hands over again what was on its way there. What is
   * known here is newer; two that keep the same router may both have kept a thing.
   */
  void restore(RouterState state) {
    Instant now = time.now();
    state.silences().forEach((job, until) -> {
      if (until.isAfter(now)) {
        silences.putIfAbsent(job, until);
      }
    });
    synchronized (undelivered) {
      state.undelivered().stream()
          .filter(it -> !undelivered.contains(it))
          .forEach(this::addUndelivered);
    }
    for (Undelivered it : state.pending()) {
      deliveries.stream()
          .filter(delivery -> delivery.name().equals(it.channel()))
          .findFirst()
          .ifPresentOrElse(delivery -> delivery.offer(it.alert()), () -> lostWithItsChannel(it));
    }
  }

  private void lostWithItsChannel(Undelivered it) {
    String problem = "under way when the process ended, and no channel has this name now";
    Delivery.warn(it.alert(), it.channel(), problem);
    lost(it.alert(), it.channel(), problem);
  }

  /** Tries what waits because there was no thread to deliver it. */
  void tryWaiting() {
    deliveries.forEach(Delivery::startIfIdle);
  }

  private void lost(Alert alert, String channel, String problem) {
    synchronized (undelivered) {
      addUndelivered(new Undelivered(alert, channel, problem));
    }
    keepers.forEach(Runnable::run);
  }

  private void addUndelivered(Undelivered it) {
    undelivered.addLast(it);
    if (undelivered.size() > MOST_UNDELIVERED) {
      undelivered.removeFirst();
    }
  }

  /**
   * Tries what waits once more, for at most 5 s a channel (unless set otherwise), and keeps the
   * rest as undelivered.
   */
  @Override
  public void close() {
    deliveries.forEach(delivery -> delivery.close(closeWithin));
  }

  /**
   * An alert that did not get through.
   *
   * @param alert what was to be said
   * @param channel to whom, by name
   * @param problem why not
   */
  public record Undelivered(Alert alert, String channel, String problem) {}

  private record Listed(AlertChannel channel, Severity from) {}

  /** Collects what a router needs. Not safe for many threads. */
  public static final class Builder {
    private final Time time;
    private final List<Listed> channels = new ArrayList<>();
    private Duration repeatEvery = Duration.ofHours(4);
    private Duration giveUpAfter = Duration.ofHours(1);
    private Duration closeWithin = Duration.ofSeconds(5);
    private BackOff backOff = BackOff.between(Duration.ofSeconds(1), Duration.ofMinutes(2));
    private int queue = 1_000;
    private Executor executor = task -> {
      Thread thread = new Thread(task, "runbook4j-alerts");
      thread.setDaemon(true);
      thread.start();
    };

    private Builder(Time time) {
      this.time = Objects.requireNonNull(time, "time");
    }

    /**
     * Adds a channel for alerts of every severity. What is on its way to it is found again after a
     * restart by its {@linkplain AlertChannel#name name}; of several of one name, by their order.
     */
    public Builder channel(AlertChannel channel) {
      return channel(channel, Severity.INFO);
    }

    /**
     * Adds a channel for alerts of this severity and above: a pager from SEV3, say. What rises to
     * it is then the first that the channel hears of.
     */
    public Builder channel(AlertChannel channel, Severity from) {
      channels.add(new Listed(
          Objects.requireNonNull(channel, "channel"), Objects.requireNonNull(from, "from")));
      return this;
    }

    /** Sets after how long what still fires is told again. Default 4 h. */
    public Builder repeatEvery(Duration interval) {
      this.repeatEvery = Words.positive("repeatEvery", interval);
      return this;
    }

    /** Sets how long to wait before trying a channel again. Default 1 s to 2 min, doubling. */
    public Builder backOff(BackOff backOff) {
      this.backOff = Objects.requireNonNull(backOff, "backOff");
      return this;
    }

    /**
     * Sets how long an alert is tried, or waits for a thread, before it counts as undelivered.
     * Default 1 h.
     */
    public Builder giveUpAfter(Duration giveUpAfter) {
      this.giveUpAfter = Words.positive("giveUpAfter", giveUpAfter);
      return this;
    }

    /** Sets how long {@link AlertRouter#close} waits for each channel. Default 5 s. */
    public Builder closeWithin(Duration closeWithin) {
      this.closeWithin = Words.positive("closeWithin", closeWithin);
      return this;
    }

    /**
     * Sets how many alerts may wait for each channel, at least 1; the oldest beyond that counts as
     * undelivered. Default 1,000.
     */
    public Builder queue(int most) {
      this.queue = (int) Words.atLeast("queue", 1, most);
      return this;
    }

    /** Sets what runs the deliveries. Default a daemon thread for each that is at work. */
    public Builder executor(Executor executor) {
      this.executor = Objects.requireNonNull(executor, "executor");
      return this;
    }

    /** {@return the router} */
    public AlertRouter build() {
      return new AlertRouter(this);
    }
  }
}
