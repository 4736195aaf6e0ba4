package io.runbook4j.alert;

import java.time.Duration;

/**
 * How finely a window is counted: the longer, the coarser. A rule decides at the ends of buckets.
 */
enum Tier {
  /** 10 s, for windows up to an hour. */
  FINE(10_000, 366),
  /** A minute, for windows up to a day. */
  MINUTES(60_000, 1_446),
  /** An hour, for windows up to 31 days. */
  HOURS(3_600_000, 750);

  static final Duration LONGEST = Duration.ofDays(31);

  private final long millis;
  private final int buckets;

  Tier(long millis, int buckets) {
    this.millis = millis;
    this.buckets = buckets;
  }

  /** {@return how long a bucket is} */
  long millis() {
    return millis;
  }

  /** {@return how many buckets are kept: the longest window's, and a few for what is ahead} */
  int buckets() {
    return buckets;
  }

  long bucket(long at) {
    return Math.floorDiv(at, millis);
  }

  int length(Duration window) {
    return (int) (window.toMillis() / millis);
  }

  static Tier of(Duration window) {
    if (window.compareTo(Duration.ofHours(1)) <= 0) {
      return FINE;
    }
    return window.compareTo(Duration.ofDays(1)) <= 0 ? MINUTES : HOURS;
  }

  /** Checks that a window is a whole number of its tier's buckets. */
  static Duration window(String name, Duration window) {
    return window(name, window, of(window));
  }

  static Duration window(String name, Duration window, Tier tier) {
    if (window.isNegative()
        || window.isZero()
        || window.compareTo(LONGEST) > 0
        || !window.equals(Duration.ofMillis(window.toMillis()))
        || window.toMillis() % tier.millis != 0) {
      throw new IllegalArgumentException(name + " must be a positive multiple of "
          + Duration.ofMillis(tier.millis) + ", at most " + LONGEST + ", was " + window);
    }
    return window;
  }
}
