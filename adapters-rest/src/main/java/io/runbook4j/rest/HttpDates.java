package io.runbook4j.rest;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Optional;

/** The three date forms of RFC 9110, section 5.6.7. The day of the week is not looked at. */
final class HttpDates {
  private static final int LONGEST = 64;
  private static final DateTimeFormatter FIXDATE =
      DateTimeFormatter.ofPattern("d MMM uuuu HH:mm:ss 'GMT'", Locale.ENGLISH);
  private static final DateTimeFormatter ASCTIME =
      DateTimeFormatter.ofPattern("MMM d HH:mm:ss uuuu", Locale.ENGLISH);

  private HttpDates() {}

  /** {@return the instant; empty for anything that is no HTTP date} */
  static Optional<Instant> parse(String text, Instant now) {
    String trimmed = text.strip();
    if (trimmed.isEmpty() || trimmed.length() > LONGEST) {
      return Optional.empty();
    }
    try {
      return Optional.of(local(trimmed, now).toInstant(ZoneOffset.UTC));
    } catch (DateTimeException notADate) {
      return Optional.empty();
    }
  }

  private static LocalDateTime local(String text, Instant now) {
    int comma = text.indexOf(',');
    if (comma < 0) {
      int space = text.indexOf(' ');
      String rest = text.substring(space + 1).strip().replaceAll(" +", " ");
      return LocalDateTime.parse(rest, ASCTIME);
    }
    String rest = text.substring(comma + 1).strip();
    return LocalDateTime.parse(rest, rest.indexOf('-') < 0 ? FIXDATE : rfc850(now));
  }

  private static DateTimeFormatter rfc850(Instant now) {
    // two digits mean a year at most 50 years ahead
    return new DateTimeFormatterBuilder()
        .appendPattern("d-MMM-")
        .appendValueReduced(
            ChronoField.YEAR, 2, 2, now.atOffset(ZoneOffset.UTC).toLocalDate().minusYears(49))
        .appendPattern(" HH:mm:ss 'GMT'")
        .toFormatter(Locale.ENGLISH);
  }
}
