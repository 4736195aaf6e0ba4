package io.runbook4j.limit;

import io.runbook4j.spi.LimitSignal;
import io.runbook4j.spi.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * All that can say no: the configured quotas, the learned ones, and the time until which the
 * service is closed. Taking permits takes no lock here; changing the limits does. Safe for many
 * threads.
 */
final class Meter {
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long MOST_JITTER_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Time time;
  private final RandomGenerator random;
  private final RateLimiter.Closing closing;
  private final Object changes = new Object();

  // guarded by changes
  private final List<Quota> quotas = new ArrayList<>();
  private final List<Window> configured = new ArrayList<>();
  private final Learned learned = new Learned();

  // written under changes, read by all
  private volatile Windows windows;
  private volatile long closedUntil;
  private volatile long heaviest = Long.MAX_VALUE;

  Meter(Time time, RandomGenerator random, RateLimiter.Closing closing) {
    this.time = time;
    this.random = random;
    this.closing = closing;
    this.windows = new Windows(time);
    this.closedUntil = time.nanoTime();
  }

  /** {@return the heaviest weight that every configured quota can grant} */
  long heaviest() {
    return heaviest;
  }

  boolean take(long now, int weight, long ahead) {
    return now - closedUntil >= 0 && windows.take(now, weight, ahead);
  }

  long waitNanos(long now, int weight, long ahead) {
    return Math.max(closedUntil - now, windows.waitNanos(now, weight, ahead));
  }

  void correct(long now, long difference) {
    if (difference > 0) {
      windows.charge(now, difference);
    } else if (difference < 0) {
      windows.giveBack(now, -difference);
    }
  }

  /** Adds quotas that are not there yet; the others go on as they are. */
  void add(Iterable<Quota> added, long now) {
    synchronized (changes) {
      for (Quota quota : added) {
        if (!quotas.contains(quota)) {
          quotas.add(quota);
          configured.add(quota.open(now));
          heaviest = Math.min(heaviest, quota.permits());
        }
      }
      windows = compose();
    }
  }

  List<Quota> quotas() {
    synchronized (changes) {
      return List.copyOf(quotas);
    }
  }

  void learn(LimitSignal signal, long now) {
    synchronized (changes) {
      if (signal instanceof LimitSignal.Closed closed) {
        close(closed.delay(), now);
      } else if (signal instanceof LimitSignal.Remaining remaining) {
        learned.remaining(remaining, now);
      } else if (signal instanceof LimitSignal.Policy policy && policy.permits() < 1) {
        close(policy.window(), now);
      } else if (signal instanceof LimitSignal.Policy policy) {
        learned.policy(policy, quotas, now);
      }
      windows = compose();
    }
  }

  Duration closedFor(long now) {
    synchronized (changes) {
      return Duration.ofNanos(Math.max(0, Math.max(closedUntil - now, learned.closedNanos(now))));
    }
  }

  private void close(Duration delay, long now) {
    Duration said = delay.isZero() || delay.isNegative() ? closing.unsaid() : delay;
    long nanos = (said.compareTo(closing.atMost()) < 0 ? said : closing.atMost()).toNanos();
    long wholeMillis = (nanos + MILLI - 1) / MILLI * MILLI;
    long until = now + wholeMillis + jitter(wholeMillis);
    if (until - closedUntil > 0) {
      closedUntil = until;
    }
  }

  /** {@return up to a tenth more, so that the processes of a fleet do not come back as one} */
  private long jitter(long nanos) {
    synchronized (random) { // others may share it, and few generators are safe for many threads
      return random.nextLong(Math.min(nanos / 10, MOST_JITTER_NANOS) + 1);
    }
  }

  private Windows compose() {
    List<Window> all = new ArrayList<>(configured);
    all.addAll(learned.windows());
    return new Windows(time, all.toArray(Window[]::new));
  }
}
