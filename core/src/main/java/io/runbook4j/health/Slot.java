package io.runbook4j.health;

import io.runbook4j.health.HealthReport.Reading;
import io.runbook4j.health.HealthReport.Result;
import io.runbook4j.spi.health.Health;
import io.runbook4j.spi.health.Health.Status;
import io.runbook4j.spi.health.HealthProbe;
import io.runbook4j.spi.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One probe: when it is due, whether it runs, and its last answer. Safe for many threads.
 *
 * <p>At most one call of it is under way. One that takes too long is interrupted and counts as
 * unhealthy, at each interval anew while it does not end; its late answer is dropped. So is every
 * answer once this is closed: one that the host cut off says nothing of the service.
 */
final class Slot {
  private static final Logger LOG = LoggerFactory.getLogger(HealthCheck.class);
  private static final int MOST_DETAIL = 500;
  private static final int MOST_INTERVALS = 3;

  private final String name;
  private final HealthProbe probe;
  private final boolean isAdvisory;
  private final Settings settings;

  // all below guarded by this
  private Phase phase = Phase.IDLE;
  private @Nullable Thread runner;
  private long began;
  private long due;
  private @Nullable Answer last;
  private long failures;
  private long successes;

  /** What all probes share. */
  record Settings(
      Time time,
      Duration interval,
      Duration timeout,
      Duration slow,
      UnaryOperator<String> redaction) {}

  private enum Phase {
    IDLE,
    QUEUED,
    RUNNING,
    TOO_LATE,
    CLOSED
  }

  private record Answer(Health health, Instant at, long nanos) {}

  Slot(String name, HealthProbe probe, boolean isAdvisory, Settings settings) {
    this.name = name;
    this.probe = probe;
    this.isAdvisory = isAdvisory;
    this.settings = settings;
    this.due = now();
  }

  private long now() {
    return settings.time().nanoTime();
  }

  String name() {
    return name;
  }

  /** {@return whether the caller has to ask now} */
  synchronized boolean takeTurn() {
    long now = now();
    if (phase != Phase.IDLE || now - due < 0) {
      return false;
    }
    phase = Phase.QUEUED;
    due = now + settings.interval().toNanos();
    return true;
  }

  /** Has the probe asked as soon as this time has passed since its last answer. */
  synchronized void hasten(Duration every) {
    Answer seen = last;
    long soon = seen == null ? now() : seen.nanos() + every.toNanos();
    if (phase == Phase.IDLE && soon - due < 0) {
      due = soon;
    }
  }

  /** Interrupts the probe if it takes too long. {@return what counts as its answer, then} */
  synchronized Optional<Health> overdue() {
    long now = now();
    if (phase == Phase.RUNNING && now - began >= settings.timeout().toNanos()) {
      phase = Phase.TOO_LATE;
      interrupt();
    } else if (phase != Phase.TOO_LATE || now - due < 0) {
      return Optional.empty();
    }
    due = now + settings.interval().toNanos();
    return Optional.of(keep(new Health(
        Status.UNHEALTHY,
        Duration.ofNanos(now - began),
        "no answer within " + settings.timeout().toMillis() + " ms")));
  }

  /** Asks no more. */
  synchronized void close() {
    phase = Phase.CLOSED;
    interrupt();
  }

  private void interrupt() {
    if (runner != null) {
      runner.interrupt();
    }
  }

  /** {@return the nanoseconds until there is something to do} */
  synchronized long nanosUntilNext() {
    return switch (phase) {
      case RUNNING -> began + settings.timeout().toNanos() - now();
      case QUEUED -> settings.timeout().toNanos(); // it may begin at any moment
      case IDLE, TOO_LATE, CLOSED -> due - now();
    };
  }

  /**
   * Asks, on the caller's thread, unless this was closed meanwhile.
   *
   * @param heard is told the answer if it came in time; also before an error of the machine goes on
   */
  void ask(Consumer<Health> heard) {
    OptionalLong start = begin();
    if (start.isEmpty()) {
      return;
    }
    Health answer = unhealthy("the machine could not go on");
    try {
      answer = presentable(judged(call(), start.getAsLong()));
    } finally {
      end(answer).ifPresent(heard);
    }
  }

  private synchronized OptionalLong begin() {
    if (phase == Phase.CLOSED) {
      return OptionalLong.empty();
    }
    phase = Phase.RUNNING;
    runner = Thread.currentThread();
    began = now();
    return OptionalLong.of(began);
  }

  private Health call() {
    try {
      @Nullable Health answer = probe.check();
      return answer == null ? unhealthy("the probe returned null") : answer;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return unhealthy("the probe was interrupted");
    } catch (StackOverflowError e) { // the stack is empty again, the machine is well
      return thrown(e);
    } catch (VirtualMachineError e) {
      throw e;
    } catch (Throwable e) { // the fence around foreign code
      return thrown(e);
    }
  }

  private Health thrown(Throwable e) {
    // its message may name hosts, which a report must not
    LOG.warn("Probe {} threw {}", name, redacted(e.toString()));
    return unhealthy("the probe threw " + e.getClass().getName());
  }

  /** Nobody took the question. {@return what counts as the answer, unless this was closed} */
  synchronized Optional<Health> refused() {
    if (phase == Phase.CLOSED) {
      return Optional.empty();
    }
    phase = Phase.IDLE;
    return Optional.of(keep(unhealthy("the executor refused the probe")));
  }

  private static Health unhealthy(String detail) {
    return new Health(Status.UNHEALTHY, Duration.ZERO, detail);
  }

  private synchronized Optional<Health> end(Health answer) {
    boolean isInTime = phase == Phase.RUNNING;
    runner = null;
    phase = phase == Phase.CLOSED ? Phase.CLOSED : Phase.IDLE;
    if (!isInTime) {
      Thread.interrupted(); // was meant for the probe
      return Optional.empty();
    }
    return Optional.of(keep(answer));
  }

  private Health judged(Health answer, long start) {
    Duration latency = answer.latency();
    if (latency.isNegative() || latency.isZero()) {
      latency = Duration.ofNanos(now() - start); // the probe did not look
    }
    boolean isSlow = latency.compareTo(settings.slow()) > 0;
    if (isSlow && answer.status() == Status.HEALTHY) {
      return new Health(
          Status.DEGRADED,
          latency,
          "took " + latency.toMillis() + " ms, more than " + settings.slow().toMillis() + " ms; "
              + answer.detail());
    }
    return new Health(answer.status(), latency, answer.detail());
  }

  /** The whole text is redacted first: no cut leaves a part of a secret. */
  private Health presentable(Health answer) {
    String detail = redacted(answer.detail());
    return new Health(
        answer.status(),
        answer.latency(),
        detail.length() <= MOST_DETAIL ? detail : detail.substring(0, MOST_DETAIL));
  }

  private synchronized Health keep(Health answer) {
    failures = answer.status() == Status.UNHEALTHY ? failures + 1 : 0;
    successes = answer.status() == Status.HEALTHY ? successes + 1 : 0;
    last = new Answer(answer, settings.time().now(), now());
    return answer;
  }

  private String redacted(String text) {
    try {
      @Nullable String redacted = settings.redaction().apply(text);
      return redacted == null ? "(not shown)" : redacted;
    } catch (RuntimeException e) {
      LOG.warn("The redaction threw {}; the text is not shown.", e.getClass().getName());
      return "(not shown)";
    }
  }

  /** {@return whether a worker need not wait for this service} */
  synchronized boolean isWarm(int healthyInARow) {
    return isAdvisory || (successes >= healthyInARow && result().status() == Status.HEALTHY);
  }

  /** {@return why a worker has to wait for this service} */
  synchronized String coldness(int healthyInARow) {
    return name + " was healthy " + Math.min(successes, healthyInARow) + " of " + healthyInARow
        + " times in a row (" + result().detail() + ")";
  }

  synchronized Result result() {
    Answer seen = last;
    if (seen == null) {
      return result(Status.UNHEALTHY, "no answer yet", Optional.empty());
    }
    Duration age = Duration.ofNanos(now() - seen.nanos());
    Health health = seen.health();
    Optional<Reading> reading =
        Optional.of(new Reading(seen.at(), age, health.latency(), failures));
    if (age.compareTo(settings.interval().multipliedBy(MOST_INTERVALS)) <= 0) {
      return result(health.status(), health.detail(), reading);
    }
    Status status = health.status() == Status.HEALTHY ? Status.DEGRADED : health.status();
    String old = "the last answer is " + age.toSeconds() + " s old; ";
    return result(status, old + health.detail(), reading);
  }

  private Result result(Status status, String detail, Optional<Reading> reading) {
    return new Result(name, atWorst(status), detail, reading);
  }

  private Status atWorst(Status status) {
    return isAdvisory && status == Status.UNHEALTHY ? Status.DEGRADED : status;
  }

  /** {@return the answer; at worst degraded if the probe is advisory} */
  Health atWorst(Health answer) {
    return new Health(atWorst(answer.status()), answer.latency(), answer.detail());
  }
}
