package io.runbook4j.spi.ledger;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * Identifies a run. Fit for file names and log lines; ids made by {@link #at} sort by time.
 *
 * @param value 1 to 80 letters, digits, dots, dashes and underscores, not beginning with a dot
 */
public record RunId(String value) implements Comparable<RunId> {
  private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,79}");
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  /** Checks the characters. */
  public RunId {
    if (!ALLOWED.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "run id must be 1 to 80 letters, digits, dots, dashes and underscores, was \"" + value
              + "\"");
    }
  }

  /** {@return a new id, such as {@code 20261123T043112.114Z-9f3a01}} */
  public static RunId at(Instant now, RandomGenerator random) {
    return new RunId(
        STAMP.format(now) + String.format(Locale.ROOT, "-%06x", random.nextInt(1 << 24)));
  }

  @Override
  public int compareTo(RunId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
