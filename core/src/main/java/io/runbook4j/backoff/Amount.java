package io.runbook4j.backoff;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * A length of time in the largest unit that makes it a whole number.
 *
 * @param number how many
 * @param unit of which unit
 */
record Amount(long number, TimeUnit unit) {
  static Amount of(long nanos) {
    TimeUnit[] units = TimeUnit.values();
    for (int i = units.length - 1; i > 0; i--) {
      long size = units[i].toNanos(1);
      if (nanos % size == 0) {
        return new Amount(nanos / size, units[i]);
      }
    }
    return new Amount(nanos, TimeUnit.NANOSECONDS);
  }

  static String range(Amount from, Amount to) {
    return (from.unit == to.unit ? from.number : from) + " to " + to;
  }

  @Override
  public String toString() {
    String plural = unit.name().toLowerCase(Locale.ROOT);
    return number + " " + (number == 1 ? plural.substring(0, plural.length() - 1) : plural);
  }
}
