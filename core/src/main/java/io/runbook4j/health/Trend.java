package io.runbook4j.health;

import java.time.Duration;
import java.util.Optional;

/** The slope of recent samples by least squares. Not safe for many threads. */
final class Trend {
  /** How many samples are kept. */
  static final int MOST = 120;

  /** What is further ahead than ten years is never. */
  static final double MOST_SECONDS = 10 * 365.25 * 86_400;

  private static final int FEWEST = 3;
  private static final double NANOS = 1e9;

  private final long windowNanos;
  private final long spacingNanos;
  private final long[] at = new long[MOST];
  private final double[] value = new double[MOST];
  private int first;
  private int size;

  Trend(Duration window) {
    this.windowNanos = window.toNanos();
    this.spacingNanos = windowNanos / MOST;
  }

  void clear() {
    size = 0;
  }

  /** The last sample takes the place of the one before while it is close to the one before that. */
  void add(long now, double sample) {
    if (size >= 2 && now - at[index(size - 2)] < spacingNanos) {
      size--;
    }
    if (size == MOST) {
      first = (first + 1) % MOST;
      size--;
    }
    at[index(size)] = now;
    value[index(size)] = sample;
    size++;
  }

  private int index(int i) {
    return (first + i) % MOST;
  }

  /**
   * {@return the seconds from now until usage has grown by this much since the last sample; 0 if it
   * has by now; infinite if it does not grow; empty if the samples do not tell}
   */
  Optional<Double> secondsUntil(double growth, long now) {
    while (size > 0 && now - at[first] > windowNanos) {
      first = (first + 1) % MOST;
      size--;
    }
    if (size < FEWEST || at[index(size - 1)] - at[first] < windowNanos / 12) {
      return Optional.empty();
    }
    double slope = slope();
    double passed = (now - at[index(size - 1)]) / NANOS;
    return Optional.of(slope > 0 ? Math.max(0, growth / slope - passed) : Double.POSITIVE_INFINITY);
  }

  /** {@return the growth a second; about the means, so that large values lose no digits} */
  private double slope() {
    double meanTime = 0;
    double meanValue = 0;
    for (int i = 0; i < size; i++) {
      meanTime += seconds(i) / size;
      meanValue += value[index(i)] / size;
    }
    double products = 0;
    double squares = 0;
    for (int i = 0; i < size; i++) {
      double distance = seconds(i) - meanTime;
      products += distance * (value[index(i)] - meanValue);
      squares += distance * distance;
    }
    return products / squares;
  }

  private double seconds(int i) {
    return (at[index(i)] - at[first]) / NANOS;
  }
}
