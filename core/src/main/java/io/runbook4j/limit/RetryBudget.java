package io.runbook4j.limit;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the retries of a service to a share of its calls, so that an outage is not made worse: of
 * n calls, at most {@code minimum + share * n} are retried. What good times save up is bounded too,
 * at ten times the minimum, and at least 100 retries. Safe for many threads; takes no lock.
 */
public final class RetryBudget {
  /** Tokens are counted in millionths, so that a small share is not rounded away. */
  private static final long TOKEN = 1_000_000;

  private static final int MOST_MINIMUM = 1_000_000;
  private static final double DEFAULT_SHARE = 0.2;
  private static final int DEFAULT_MINIMUM = 50;

  private final long perCall;
  private final long most;
  private final AtomicLong saved;

  private RetryBudget(double share, int minimum) {
    this.perCall = (long) (share * TOKEN);
    this.most = Math.max(100, 10L * minimum) * TOKEN;
    this.saved = new AtomicLong(minimum * TOKEN);
  }

  /**
   * {@return a budget}
   *
   * @param share retries for each call, 0 to 1
   * @param minimum the retries that are there from the start, 0 to 1,000,000
   */
  public static RetryBudget of(double share, int minimum) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("share must be 0 to 1, was " + share);
    }
    if (minimum < 0 || minimum > MOST_MINIMUM) {
      throw new IllegalArgumentException(
          "minimum must be 0 to " + MOST_MINIMUM + ", was " + minimum);
    }
    return new RetryBudget(share, minimum);
  }

  /** {@return a budget of 20 % of the calls, and 50 retries from the start} */
  public static RetryBudget defaults() {
    return of(DEFAULT_SHARE, DEFAULT_MINIMUM);
  }

  /** Notes a call that is not a retry. */
  public void onCall() {
    long seen = saved.get();
    while (seen < most && !saved.compareAndSet(seen, Math.min(most, seen + perCall))) {
      seen = saved.get();
    }
  }

  /**
   * Spends one retry if there is one.
   *
   * @return whether there was
   */
  public boolean tryRetry() {
    long seen = saved.get();
    while (seen >= TOKEN) {
      if (saved.compareAndSet(seen, seen - TOKEN)) {
        return true;
      }
      seen = saved.get();
    }
    return false;
  }

  /** {@return how many retries there are now} */
  public long available() {
    return saved.get() / TOKEN;
  }
}
