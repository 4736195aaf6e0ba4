package io.runbook4j.backoff;

import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How long to wait before each further try. Immutable and safe for many threads, as far as a
 * resilience4j schedule that was handed in is.
 */
public final class BackOff {
  /*
   * Each base delay doubles up to max, and the delay is drawn evenly from base x 0.75 .. base x 1.25,
   * cut to min .. max BEFORE drawing. Cutting afterwards would put half of all delays exactly on max
   * once the base has got there, and those who failed together would come back together.
   */
  private static final Duration LONGEST = Duration.ofDays(365);

  private final long minNanos;
  private final long maxNanos;
  private final @Nullable IntervalFunction custom;

  private BackOff(long minNanos, long maxNanos, @Nullable IntervalFunction custom) {
    this.minNanos = minNanos;
    this.maxNanos = maxNanos;
    this.custom = custom;
  }

  /**
   * Returns delays that double from {@code min} to {@code max}, each moved by chance by up to a
   * quarter up or down, and never outside {@code min} and {@code max}. At {@code max} they still
   * differ: they lie between three quarters of it and {@code max}. When both are equal, every delay
   * is that long.
   *
   * @param min the shortest delay; positive
   * @param max the longest delay; at least {@code min}, at most 365 days
   */
  public static BackOff between(Duration min, Duration max) {
    if (min.isNegative() || min.isZero()) {
      throw new IllegalArgumentException("min must be positive, was " + min);
    }
    if (max.compareTo(min) < 0) {
      throw new IllegalArgumentException("max must be at least min (" + min + "), was " + max);
    }
    if (max.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("max must be at most 365 days, was " + max);
    }
    return new BackOff(min.toNanos(), max.toNanos(), null);
  }

  /**
   * Returns the delays of a resilience4j schedule, unchanged up to 365 days. Its chance is its own:
   * {@link #delay} makes no use of the generator then.
   */
  public static BackOff of(IntervalFunction schedule) {
    return new BackOff(0, 0, Objects.requireNonNull(schedule, "schedule"));
  }

  /**
   * {@return how long to wait before a try}
   *
   * @param attempt which wait it is, from 1: 1 is before the second try
   * @param random where jitter comes from
   * @throws IllegalStateException if a resilience4j schedule gives no delay or a negative one
   */
  public Duration delay(int attempt, RandomGenerator random) {
    if (attempt < 1) {
      throw new IllegalArgumentException("attempt must be at least 1, was " + attempt);
    }
    if (custom != null) {
      return ofCustom(custom, attempt);
    }
    long base = base(attempt);
    long low = Math.max(minNanos, base - base / 4);
    long high = Math.min(maxNanos, base + base / 4);
    return Duration.ofNanos(low == high ? low : random.nextLong(low, high + 1));
  }

  /** {@return the delay before jitter: min, doubled for each further attempt, at most max} */
  private long base(int attempt) {
    int doublings = attempt - 1;
    boolean overflows = doublings >= Long.numberOfLeadingZeros(minNanos) - 1;
    return overflows ? maxNanos : Math.min(maxNanos, minNanos << doublings);
  }

  private static Duration ofCustom(IntervalFunction schedule, int attempt) {
    Long millis = schedule.apply(attempt);
    if (millis == null || millis < 0) {
      throw new IllegalStateException("delay of " + schedule + " for attempt " + attempt
          + " must be at least 0 ms, was " + millis);
    }
    return Duration.ofMillis(Math.min(millis, LONGEST.toMillis()));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof BackOff that
        && minNanos == that.minNanos
        && maxNanos == that.maxNanos
        && Objects.equals(custom, that.custom);
  }

  @Override
  public int hashCode() {
    return Objects.hash(minNanos, maxNanos, custom);
  }

  /** {@return the schedule for a person, such as {@code 2 to 5 minutes, doubling, jittered}} */
  @Override
  public String toString() {
    if (custom != null) {
      return "a resilience4j schedule (" + custom.getClass().getName() + ")";
    }
    if (minNanos == maxNanos) {
      return Amount.of(minNanos) + " each time";
    }
    return Amount.range(Amount.of(minNanos), Amount.of(maxNanos)) + ", doubling, jittered";
  }
}
