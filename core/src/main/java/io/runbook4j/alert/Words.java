package io.runbook4j.alert;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;

/** Numbers and durations, for names and for people. */
final class Words {
  private static final int LONGEST_NAME = 500;

  private Words() {}

  /** {@return a share in percent, at most two decimals, such as {@code 7} or {@code 0.5}} */
  static String percent(double share) {
    return number(100 * share, 2);
  }

  static String number(double value, int decimals) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return String.valueOf(value);
    }
    BigDecimal rounded = BigDecimal.valueOf(value).setScale(decimals, RoundingMode.HALF_UP);
    return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
  }

  /**
   * {@return a duration in its largest whole unit, such as {@code 30m}, {@code 24h}, {@code 90s}}
   */
  static String shortly(Duration duration) {
    long millis = duration.toMillis();
    if (millis % 1_000 != 0) {
      return millis + "ms";
    }
    long seconds = millis / 1_000;
    if (seconds % 86_400 == 0 && seconds > 86_400) {
      return seconds / 86_400 + "d";
    }
    if (seconds % 3_600 == 0 && seconds > 3_600) {
      return seconds / 3_600 + "h";
    }
    return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }

  /**
   * {@return a duration for a person, such as {@code 12m} or {@code 2h 5m}; no finer than it is}
   */
  static String roughly(Duration duration) {
    long minutes = duration.toMinutes();
    if (minutes < 1) {
      return duration.toSeconds() + "s";
    }
    return minutes < 60 ? minutes + "m" : minutes / 60 + "h " + minutes % 60 + "m";
  }

  /** {@return the name, which fits into every file} */
  static String named(String what, String name) {
    if (name.isBlank() || name.length() > LONGEST_NAME) {
      throw new IllegalArgumentException(what + " must be 1 to " + LONGEST_NAME
          + " characters and not blank, was \"" + name.substring(0, Math.min(name.length(), 50))
          + "\" (" + name.length() + ")");
    }
    return name;
  }

  static double share(String name, double share) {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException(name + " must be above 0 and at most 1, was " + share);
    }
    return share;
  }

  /** {@return the text as one line of a log: what a service says begins no other} */
  static String oneLine(String text) {
    return text.replaceAll("\\p{Cc}", " ");
  }

  static long atLeast(String name, long least, long value) {
    if (value < least) {
      throw new IllegalArgumentException(name + " must be at least " + least + ", was " + value);
    }
    return value;
  }

  static Duration positive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + " must be positive, was " + value);
    }
    return value;
  }
}
