package io.runbook4j.alert;

import io.runbook4j.backoff.BackOff;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.AlertChannel;
import io.runbook4j.spi.alert.Occurrence.Phase;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.time.Signal;
import io.runbook4j.spi.time.Time;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Takes alerts to one channel, one after the other, on a thread that lives while there are any.
 * Safe for many threads; the channel is never called under a lock.
 */
final class Delivery {
  private static final Logger LOG = LoggerFactory.getLogger(AlertRouter.class);

  private final AlertChannel channel;
  private final String name;
  private final Severity from;
  private final Terms terms;
  private final Random random = new Random();
  private final Signal closeSignal;
  private final Signal idleSignal;

  // guarded by this
  private final Deque<Offered> queue = new ArrayDeque<>();
  private @Nullable Alert inFlight;
  private String problem = "";
  private boolean running;
  private boolean closing;

  /**
   * Makes a delivery.
   *
   * @param name the channel's, by which its alerts are found again after a restart
   */
  Delivery(AlertChannel channel, String name, Severity from, Terms terms) {
    this.channel = channel;
    this.name = name;
    this.from = from;
    this.terms = terms;
    this.closeSignal = terms.time().newSignal();
    this.idleSignal = terms.time().newSignal();
  }

  String name() {
    return name;
  }

  /** Queues an alert. It takes the place of those that wait and say nothing more than it does. */
  void offer(Alert alert) {
    if (alert.severity().compareTo(from) < 0) {
      return;
    }
    Optional<Alert> dropped = Optional.empty();
    synchronized (this) {
      if (closing) {
        dropped = Optional.of(alert);
      } else {
        dropped = queue(new Offered(alert, terms.time().nanoTime()));
      }
    }
    dropped.ifPresent(it -> terms.lost().accept(it, name, "the queue was full or closed"));
    startIfIdle();
  }

  private synchronized Optional<Alert> queue(Offered newest) {
    queue.removeIf(older -> replaces(newest.alert(), older.alert()));
    queue.addLast(newest);
    return queue.size() > terms.most()
        ? Optional.of(queue.removeFirst().alert())
        : Optional.empty();
  }

  /**
   * {@return whether the newer says all that the older does} An end says all. What is told again
   * while nothing changes says no more than the same rule's next; that somebody has taken it on is
   * said whatever else comes.
   */
  private static boolean replaces(Alert newer, Alert older) {
    if (newer.occurrence().isEmpty()
        || older.occurrence().isEmpty()
        || !newer.dedupKey().equals(older.dedupKey())) {
      return false;
    }
    if (newer.isResolved()) {
      return true;
    }
    Phase before = older.occurrence().get().phase();
    return newer.occurrence().get().phase() != Phase.ACKNOWLEDGED
        && before != Phase.ACKNOWLEDGED
        && (before != Phase.REPEATED || newer.rule().equals(older.rule()));
  }

  /** Has what waits delivered, if no thread is at it: there was none for it, perhaps. */
  void startIfIdle() {
    synchronized (this) {
      if (running || queue.isEmpty()) {
        return;
      }
      running = true;
    }
    try {
      terms.executor().execute(this::deliverAll);
    } catch (RuntimeException | Error e) {
      // Full, shut down, or a thread could not be made: it waits, and is tried again later. To
      // throw on would keep the alert, and others, from the channels behind this one.
      noThread(e);
    }
  }

  private void noThread(Throwable e) {
    String reason = "no thread to deliver it: " + e;
    boolean isNews;
    List<Alert> late;
    synchronized (this) {
      running = false;
      late = takeLate();
      isNews = problem.isEmpty();
      problem = queue.isEmpty() ? "" : reason;
    }
    LOG.atLevel(isNews ? Level.WARN : Level.DEBUG)
        .setCause(e)
        .log("An alert could not be taken to its channel. channel={}", name);
    for (Alert alert : late) {
      warn(alert, name, reason);
      terms.lost().accept(alert, name, reason);
    }
  }

  /** {@return what has waited for a thread for as long as it is tried, no more in the queue} */
  private synchronized List<Alert> takeLate() {
    long now = terms.time().nanoTime();
    List<Offered> late = queue.stream()
        .filter(it -> now - it.atNanos() >= terms.giveUp().toNanos())
        .toList();
    queue.removeAll(late);
    return late.stream().map(Offered::alert).toList();
  }

  private void deliverAll() {
    while (true) {
      Optional<Alert> next = take();
      if (next.isEmpty()) {
        idleSignal.raise();
        return;
      }
      deliver(next.get());
    }
  }

  private synchronized Optional<Alert> take() {
    Offered next = queue.pollFirst();
    inFlight = next == null ? null : next.alert();
    running = inFlight != null;
    problem = "";
    return Optional.ofNullable(inFlight);
  }

  private void deliver(Alert alert) {
    long begun = terms.time().nanoTime();
    for (int attempt = 1; ; attempt++) {
      String problem;
      Duration asked = Duration.ZERO;
      try {
        channel.send(alert);
        return;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        lose(alert, "the thread was interrupted");
        return;
      } catch (VirtualMachineError e) {
        lose(alert, e.toString());
        leave();
        throw e;
      } catch (Throwable e) {
        problem = e.toString();
        failing(problem);
        asked = retryAfter(e);
        LOG.debug("An alert was not taken. channel={} attempt={}", name, attempt, e);
        if (isRefused(e)) {
          lose(alert, problem);
          return;
        }
      }
      boolean isOver =
          Duration.ofNanos(terms.time().nanoTime() - begun).compareTo(terms.giveUp()) >= 0;
      if (isOver || isSuperseded(alert) || !pause(attempt, asked)) {
        lose(alert, problem);
        return;
      }
    }
  }

  /** Ends this thread's part: another one takes what waits. */
  private void leave() {
    synchronized (this) {
      inFlight = null;
      running = false;
    }
    startIfIdle();
  }

  private synchronized void failing(String problem) {
    this.problem = problem;
  }

  /** {@return what became of the last try to deliver what is on its way; empty before the first} */
  synchronized String problem() {
    return problem;
  }

  /** {@return whether a newer alert waits that says all that this one does} */
  private synchronized boolean isSuperseded(Alert alert) {
    return queue.stream().anyMatch(newer -> replaces(newer.alert(), alert));
  }

  /** {@return whether {@link #close} has given up what the channel has} */
  private synchronized boolean isGivenUp() {
    return inFlight == null;
  }

  /**
   * {@return whether the alert itself is what the channel does not take} Trying it again would only
   * hold up those behind it.
   */
  private static boolean isRefused(Throwable problem) {
    return problem instanceof FailureException refusal
        && (refusal.failure().kind() == FailureKind.INVALID
            || refusal.failure().kind() == FailureKind.TOO_LARGE);
  }

  private static Duration retryAfter(Throwable problem) {
    return problem instanceof FailureException refusal
        ? refusal.failure().retryAfter().orElse(Duration.ZERO)
        : Duration.ZERO;
  }

  /** {@return whether to try again, after the longer of the back-off and what was asked for} */
  private boolean pause(int attempt, Duration asked) {
    synchronized (this) {
      if (closing) {
        return false;
      }
    }
    try {
      Duration delay = terms.backOff().delay(attempt, random);
      closeSignal.await(delay.compareTo(asked) < 0 ? asked : delay);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void lose(Alert alert, String problem) {
    if (isSuperseded(alert) || isGivenUp()) {
      return;
    }
    warn(alert, name, problem);
    terms.lost().accept(alert, name, problem);
  }

  static void warn(Alert alert, String channel, String problem) {
    LOG.warn(
        "An alert could not be delivered: {} rule={} job={} channel={} problem={}",
        Words.oneLine(alert.text()),
        Words.oneLine(alert.rule()),
        Words.oneLine(alert.job()),
        channel,
        Words.oneLine(problem));
  }

  /** {@return what has not been delivered yet, in order} */
  synchronized List<Alert> pending() {
    Deque<Alert> all = new ArrayDeque<>();
    queue.forEach(it -> all.addLast(it.alert()));
    if (inFlight != null) {
      all.addFirst(inFlight);
    }
    return List.copyOf(all);
  }

  private synchronized List<Alert> takeAll() {
    List<Alert> all = pending();
    queue.clear();
    inFlight = null;
    return all;
  }

  /** Tries each that waits once more, and waits for that, at most {@code atMost}. */
  void close(Duration atMost) {
    synchronized (this) {
      closing = true;
    }
    closeSignal.raise();
    awaitIdle(atMost);
    for (Alert left : takeAll()) {
      terms.lost().accept(left, name, "closed before it could be delivered");
    }
  }

  private void awaitIdle(Duration atMost) {
    long begun = terms.time().nanoTime();
    try {
      while (isRunning()) {
        Duration left = atMost.minusNanos(terms.time().nanoTime() - begun);
        if (left.isNegative() || !idleSignal.await(left)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean isRunning() {
    return running;
  }

  private record Offered(Alert alert, long atNanos) {}

  /** Where to put what cannot be delivered. */
  interface Lost {
    void accept(Alert alert, String channel, String problem);
  }

  /** How to deliver. */
  record Terms(
      Time time, Executor executor, BackOff backOff, Duration giveUp, int most, Lost lost) {}
}
