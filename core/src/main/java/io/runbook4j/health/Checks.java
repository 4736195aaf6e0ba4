package io.runbook4j.health;

import java.time.Duration;
import java.util.regex.Pattern;

/** Checks of arguments. */
final class Checks {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/ -]{0,63}");

  private Checks() {}

  static Duration positive(Duration value, String name) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + " must be positive, was " + value);
    }
    return value;
  }

  static String name(String value, String name) {
    if (!NAME.matcher(value).matches()) {
      throw new IllegalArgumentException(name
          + " must be of letters, digits, blanks and ._/- (at most 64, beginning with a letter or"
          + " digit), was \"" + value + "\"");
    }
    return value;
  }
}
