package io.runbook4j.limit;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * N permits in any window of T: no sliding window of length T ever holds more than N acquisitions.
 * Immutable.
 *
 * <p><b>Paced</b>, the default from 64 permits up: a small burst (2 % of N, at least 3 and at most
 * 50 permits), then an even pace. It uses at least 96 % of N (95 % from a permit each microsecond
 * to ten), in constant time and memory (one number), whatever N is. <b>Exact</b>, the default below
 * 64 permits: remembers the acquisitions of the last T and uses the whole N, all at once if asked
 * to. It takes 12 bytes for each of the N permits, from the start and for good (120 kB for 10,000 a
 * day, 12 MB at most), and a short lock that nobody waits under. With either, a heavy weight costs
 * no more than a light one.
 *
 * <p><b>Margin.</b> A request leaves some time after its permit was handed out, not always the same
 * time, so that what is N in a window here may be more at the service. The window is therefore kept
 * longer by the margin; as long as those delays differ by less than that, the service does not see
 * more than N either.
 */
public final class Quota {
  /** How many permits an exact quota may have: 12 MB. */
  public static final long MOST_EXACT = 1_000_000;

  static final long SMALL = 64;
  static final long MOST_PERMITS = 1_000_000_000_000L;
  static final Duration LONGEST_WINDOW = Duration.ofDays(366);
  private static final Duration MOST_DEFAULT_MARGIN = Duration.ofMillis(100);

  private final long permits;
  private final Duration window;
  private final Duration margin;
  private final boolean exact;

  private Quota(long permits, Duration window, Duration margin, boolean exact) {
    this.permits = permits;
    this.window = window;
    this.margin = margin;
    this.exact = exact;
  }

  /**
   * {@return a quota of so many permits in any window}
   *
   * @param permits 1 to 10^12
   * @param window positive, at most 366 days
   */
  public static Quota of(long permits, Duration window) {
    if (permits < 1 || permits > MOST_PERMITS) {
      throw new IllegalArgumentException(
          "permits must be 1 to " + MOST_PERMITS + ", was " + permits);
    }
    if (window.isNegative() || window.isZero() || window.compareTo(LONGEST_WINDOW) > 0) {
      throw new IllegalArgumentException(
          "window must be positive and at most " + LONGEST_WINDOW + ", was " + window);
    }
    Duration share = window.dividedBy(200);
    Duration margin = share.compareTo(MOST_DEFAULT_MARGIN) < 0 ? share : MOST_DEFAULT_MARGIN;
    return new Quota(permits, window, margin, permits < SMALL);
  }

  /**
   * {@return this quota as an exact one, which uses the whole N and takes 12 bytes for each permit}
   *
   * @throws IllegalArgumentException if it has more than {@link #MOST_EXACT} permits
   */
  public Quota exact() {
    if (permits > MOST_EXACT) {
      throw new IllegalArgumentException("permits must be at most " + MOST_EXACT
          + " for an exact quota (12 bytes each), was " + permits
          + "; the paced default has no such"
          + " bound");
    }
    return new Quota(permits, window, margin, true);
  }

  /**
   * {@return this quota with another margin} Default 0.5 % of the window, at most 100 ms. Zero is
   * for a service that counts where the permits are handed out.
   *
   * @param margin zero or positive, at most the window
   */
  public Quota margin(Duration margin) {
    if (margin.isNegative() || margin.compareTo(window) > 0) {
      throw new IllegalArgumentException(
          "margin must be zero or positive and at most the window (" + window + "), was " + margin);
    }
    return new Quota(permits, window, margin, exact);
  }

  /** {@return N} */
  public long permits() {
    return permits;
  }

  /** {@return T, without the margin} */
  public Duration window() {
    return window;
  }

  /** {@return by how much the window is kept longer} */
  public Duration margin() {
    return margin;
  }

  /** {@return whether each acquisition is remembered, so that the whole N is used} */
  boolean isExact() {
    return exact;
  }

  /** {@return whether whatever obeys this quota obeys {@code that} too} */
  boolean covers(Quota that) {
    return permits <= that.permits
        && window.compareTo(that.window) >= 0
        && window.plus(margin).compareTo(that.window.plus(that.margin)) >= 0;
  }

  /** {@return a window in which nothing has been taken yet} */
  Window open(long nowNanos) {
    long nanos = window.plus(margin).toNanos();
    return exact
        ? new LogWindow((int) permits, nanos, nowNanos)
        : new PacedWindow(permits, nanos, nowNanos);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Quota that
        && permits == that.permits
        && exact == that.exact
        && window.equals(that.window)
        && margin.equals(that.margin);
  }

  @Override
  public int hashCode() {
    return Objects.hash(permits, window, margin, exact);
  }

  @Override
  public String toString() {
    return permits + " in " + window + (exact ? " (exact)" : " (paced)");
  }
}
