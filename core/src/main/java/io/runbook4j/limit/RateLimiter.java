package io.runbook4j.limit;

import io.runbook4j.spi.LimitSignal;
import io.runbook4j.spi.Permits;
import io.runbook4j.spi.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;

/**
 * Gates the calls to one service: all its quotas at once, and whatever the service says while it is
 * called. Safe for many threads.
 *
 * <p><b>Trying</b> takes no lock for paced quotas, a short one for exact ones, and allocates
 * nothing. It does not overtake those who wait: it leaves them their permits. <b>Waiting</b> is in
 * the order of asking; permits are counted when they are handed out, so that threads that wake late
 * do not pile up. <b>Learning</b> only ever tightens what is configured, at once and for everybody,
 * those already waiting included.
 *
 * <p>A weight above what a learned limit ever holds counts as the whole of it.
 */
public final class RateLimiter implements Permits {
  /** 292 years. */
  private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

  private final String name;
  private final Time time;
  private final Meter meter;
  private final Line line;
  private final LongAdder granted = new LongAdder();
  private final LongAdder denied = new LongAdder();
  private final LongAdder waited = new LongAdder();

  private RateLimiter(Builder builder) {
    this.name = builder.name;
    this.time = builder.time;
    this.meter = new Meter(time, builder.random, builder.closing);
    this.line = new Line(time, meter);
    meter.add(builder.quotas, time.nanoTime());
  }

  /**
   * {@return a limiter that keeps these quotas, all at once; without any it is open until it is
   * closed}
   */
  public static RateLimiter of(String name, Time time, Quota... quotas) {
    return builder(name, time).quotas(List.of(quotas)).build();
  }

  /** {@return a builder for a limiter without quotas} */
  public static Builder builder(String name, Time time) {
    return new Builder(name, time);
  }

  /** {@return the name, for reports and messages} */
  public String name() {
    return name;
  }

  /** {@return the configured quotas, in the order in which they were added} */
  public List<Quota> quotas() {
    return meter.quotas();
  }

  /**
   * Takes a permit if one is free now.
   *
   * @return whether it did
   */
  public boolean tryAcquire() {
    return tryAcquire(1);
  }

  /**
   * Takes {@code weight} permits if they are free now, in every quota or in none.
   *
   * @throws IllegalArgumentException if the weight is below 1, or more than a configured quota ever
   *     grants
   */
  @Override
  public boolean tryAcquire(int weight) {
    check(weight);
    long now = time.nanoTime();
    boolean taken = meter.take(now, weight, line.waiting())
        || (line.dropLapsed(now) && meter.take(now, weight, line.waiting()));
    if (taken) {
      granted.add(weight);
    } else {
      denied.increment();
    }
    return taken;
  }

  /**
   * Waits for a permit and takes it, in the order of asking.
   *
   * @throws InterruptedException if the thread is interrupted; nothing is taken then, and those
   *     behind move up
   */
  public void acquire() throws InterruptedException {
    acquire(1);
  }

  /**
   * Waits for {@code weight} permits and takes them, in the order of asking.
   *
   * @throws InterruptedException if the thread is interrupted; nothing is taken then, and those
   *     behind move up
   * @throws IllegalArgumentException if the weight is below 1, or more than a configured quota ever
   *     grants
   */
  public void acquire(int weight) throws InterruptedException {
    acquire(weight, FOREVER);
  }

  /**
   * Waits for {@code weight} permits and takes them, in the order of asking, but no longer than
   * {@code atMost}.
   *
   * @param atMost zero or less is {@link #tryAcquire(int)}
   * @return whether it took them; if not, nothing is taken, and those behind move up
   * @throws InterruptedException if the thread is interrupted; nothing is taken then, and those
   *     behind move up
   * @throws IllegalArgumentException if the weight is below 1, or more than a configured quota ever
   *     grants
   */
  @Override
  public boolean acquire(int weight, Duration atMost) throws InterruptedException {
    check(weight);
    if (Thread.interrupted()) {
      throw new InterruptedException("interrupted before it asked limiter " + name);
    }
    if (atMost.isNegative() || atMost.isZero()) {
      return tryAcquire(weight);
    }
    if (line.waiting() > 0 || !meter.take(time.nanoTime(), weight, 0)) {
      waited.increment();
      if (!line.await(weight, TimeUnit.NANOSECONDS.convert(atMost))) {
        denied.increment();
        return false;
      }
    }
    granted.add(weight);
    return true;
  }

  /**
   * Takes a place in line for {@code weight} permits, without waiting.
   *
   * @throws IllegalArgumentException if the weight is below 1, or more than a configured quota ever
   *     grants
   */
  public Reservation reserve(int weight) {
    check(weight);
    return new Reservation(this, line, weight);
  }

  /**
   * Charges (positive) or gives back (negative) permits after an answer has told the true cost of a
   * call.
   *
   * <p>A charge counts as taken now, also beyond the quota: the service has counted it, and nobody
   * is granted anything until the window has room again. What is given back must have been taken
   * within the last minute. It never makes a window exceed its quota, and so it counts only as far
   * as it is sure to be in the window still: in exact quotas of a minute or more in full; in paced
   * ones as far as it outweighs the pace of that minute (in 10,000 a day, all but the first seven);
   * in shorter windows, which are free again as soon, and in what a service said is left, not at
   * all.
   */
  @Override
  public void correct(int difference) {
    meter.correct(time.nanoTime(), difference);
    line.wakeFirst();
  }

  /**
   * Takes in what the service said.
   *
   * <ul>
   *   <li>{@link LimitSignal.Closed}: nobody is granted anything for that long; see
   *       {@link Closing}. A shorter delay never cuts a longer one.
   *   <li>{@link LimitSignal.Remaining}: no more than so many permits until the reset, which is
   *       believed for a day. A newer answer about the same reset can only lower it; one about a
   *       later reset takes its place, one about an earlier reset holds beside it until then. A
   *       reset of zero says nothing.
   *   <li>{@link LimitSignal.Policy}: one more quota, until the service says another one by that
   *       name. A looser one that a tighter one replaces is kept beside it for its window, so that
   *       no window holds more than the largest of its limits. Zero permits close the limiter for a
   *       window. A window of zero says nothing.
   * </ul>
   *
   * At most 16 policies are kept by name; a 17th takes the place of the oldest.
   */
  @Override
  public void learn(LimitSignal signal) {
    Objects.requireNonNull(signal, "signal");
    meter.learn(signal, time.nanoTime());
    line.wakeFirst();
  }

  /**
   * {@return how long the service still wants nothing at all; zero if it is open, though a quota
   * may be used up}
   */
  public Duration closedFor() {
    return meter.closedFor(time.nanoTime());
  }

  /** {@return how many permits were handed out} */
  public long granted() {
    return granted.sum();
  }

  /** {@return how many times {@code tryAcquire} was refused, or {@code acquire} waited in vain} */
  public long denied() {
    return denied.sum();
  }

  /** {@return how many times {@code acquire} had to wait, whatever came of it} */
  public long waited() {
    return waited.sum();
  }

  @Override
  public String toString() {
    return "RateLimiter[" + name + ", " + quotas() + "]";
  }

  /** Adds quotas that are not there yet. */
  void add(List<Quota> quotas) {
    meter.add(quotas, time.nanoTime());
    line.wakeFirst();
  }

  void countGranted(int weight) {
    granted.add(weight);
  }

  private void check(int weight) {
    if (weight < 1 || weight > meter.heaviest()) {
      throw refused(weight);
    }
  }

  private IllegalArgumentException refused(int weight) {
    String rule = weight < 1
        ? "at least 1"
        : "at most " + meter.heaviest() + ", the smallest quota of limiter " + name;
    return new IllegalArgumentException("weight must be " + rule + ", was " + weight);
  }

  /**
   * What to make of a service that closes. The delay is rounded up to a millisecond, and up to a
   * tenth of it, at most 10 s, is added by chance, so that not all processes come back at once.
   *
   * @param unsaid for how long, if the service did not say; positive
   * @param atMost the longest delay to believe; at least {@code unsaid}, at most 366 days
   */
  public record Closing(Duration unsaid, Duration atMost) {
    private static final Duration LONGEST = Duration.ofDays(366);

    /** Checks that the rules hold. */
    public Closing {
      if (unsaid.isNegative() || unsaid.isZero()) {
        throw new IllegalArgumentException("unsaid must be positive, was " + unsaid);
      }
      if (atMost.compareTo(unsaid) < 0 || atMost.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException(
            "atMost must be at least " + unsaid + " and at most " + LONGEST + ", was " + atMost);
      }
    }

    /** {@return one second if the service does not say, one day at most} */
    public static Closing defaults() {
      return new Closing(Duration.ofSeconds(1), Duration.ofDays(1));
    }
  }

  /** Collects what a limiter needs. Not safe for many threads. */
  public static final class Builder {
    private final String name;
    private final Time time;
    private final List<Quota> quotas = new ArrayList<>();
    private RandomGenerator random = new Random();
    private Closing closing = Closing.defaults();

    private Builder(String name, Time time) {
      this.name = Objects.requireNonNull(name, "name");
      this.time = Objects.requireNonNull(time, "time");
    }

    /** Adds quotas, which are all kept. Default none. */
    public Builder quotas(List<Quota> quotas) {
      this.quotas.addAll(List.copyOf(quotas));
      return this;
    }

    /** Sets the source of chance for jitter. Default one of its own. */
    public Builder random(RandomGenerator random) {
      this.random = Objects.requireNonNull(random, "random");
      return this;
    }

    /** Sets what to make of a service that closes. Default {@link Closing#defaults}. */
    public Builder closing(Closing closing) {
      this.closing = Objects.requireNonNull(closing, "closing");
      return this;
    }

    /** {@return the limiter} */
    public RateLimiter build() {
      return new RateLimiter(this);
    }
  }
}
