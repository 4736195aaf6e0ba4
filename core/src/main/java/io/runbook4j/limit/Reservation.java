package io.runbook4j.limit;

import java.time.Duration;

/**
 * A place in a limiter's line, for a caller that does not block: it asks how long to wait, comes
 * back after that, and takes its permits. Safe for many threads.
 *
 * <p>The permits are counted when they are taken, not when they were reserved. A reservation whose
 * owner does not come back within a minute after it was due lapses: those behind move up, and if
 * the owner does come back, it is the last in line.
 */
public final class Reservation {
  private final RateLimiter limiter;
  private final Line line;
  private final Line.Place place;
  private final int weight;

  Reservation(RateLimiter limiter, Line line, int weight) {
    this.limiter = limiter;
    this.line = line;
    this.weight = weight;
    this.place = line.reserve(weight);
  }

  /**
   * {@return how long to wait from now, as things stand} It changes: longer when the limiter is
   * closed, shorter when somebody ahead cancels. Zero if it is due, taken or cancelled.
   */
  public Duration remaining() {
    return Duration.ofNanos(line.waitNanos(place));
  }

  /**
   * Takes the permits if they are due, leaving those ahead their own.
   *
   * @return whether it did; never true twice, nor after {@link #cancel}
   */
  public boolean tryTake() {
    boolean taken = line.take(place);
    if (taken) {
      limiter.countGranted(weight);
    }
    return taken;
  }

  /** Gives up the place; those behind move up. Does nothing once taken, or the second time. */
  public void cancel() {
    line.leave(place);
  }
}
