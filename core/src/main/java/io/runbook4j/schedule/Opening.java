package io.runbook4j.schedule;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.TextStyle;
import java.time.zone.ZoneOffsetTransition;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Opens at one local time and closes at another, on the days on which it opens.
 *
 * @param from when it opens
 * @param to when it closes; on the next day unless it is after {@code from}; midnight is the next
 *     day's
 * @param days the days on which it opens, at least one
 * @param zone whose clock counts
 */
record Opening(LocalTime from, LocalTime to, Set<DayOfWeek> days, ZoneId zone) {
  /*
   * Both ends are the first instant at which the zone's clock has reached a local time. In a gap that
   * is the end of the gap, in an overlap the first of the two. So an end depends on nothing but its
   * local time: windows that touch by the clock touch in time, on every day of the year.
   */

  /** A span of time. */
  record Span(Instant opens, Instant closes) {
    boolean contains(Instant instant) {
      return !instant.isBefore(opens) && instant.isBefore(closes);
    }
  }

  /** {@return the first span that closes after the instant} It may have opened already. */
  Span next(Instant instant) {
    // A span may have opened the day before. Not earlier: where the clock is put on over a whole
    // day,
    // a span that would have closed on it closes at that moment.
    LocalDate day = LocalDate.ofInstant(instant, zone).minusDays(1);
    while (true) {
      if (days.contains(day.getDayOfWeek())) {
        Span span = on(day);
        if (span.closes().isAfter(instant) && span.opens().isBefore(span.closes())) {
          return span;
        }
      }
      day = day.plusDays(1);
    }
  }

  private Span on(LocalDate day) {
    LocalDate last = to.isAfter(from) ? day : day.plusDays(1);
    return new Span(reached(day.atTime(from), zone), reached(last.atTime(to), zone));
  }

  /** {@return the first instant at which the zone's clock has reached the local time} */
  static Instant reached(LocalDateTime local, ZoneId zone) {
    ZoneOffsetTransition transition = zone.getRules().getTransition(local);
    if (transition == null) {
      return local.toInstant(zone.getRules().getOffset(local));
    }
    ZoneOffset before = transition.getOffsetBefore();
    return transition.isGap() ? transition.getInstant() : local.toInstant(before);
  }

  Opening on(Set<DayOfWeek> wanted) {
    Set<DayOfWeek> both = EnumSet.copyOf(days);
    both.retainAll(wanted);
    if (both.isEmpty()) {
      throw new IllegalArgumentException(
          "days must include one on which the window opens " + days + ", was " + wanted);
    }
    return new Opening(from, to, both, zone);
  }

  @Override
  public String toString() {
    String end = to.equals(LocalTime.MIDNIGHT) ? "24:00" : to.toString();
    return from + " to " + end + " " + zone + (days.size() == 7 ? "" : " on " + dayNames());
  }

  private String dayNames() {
    return days.stream()
        .map(day -> day.getDisplayName(TextStyle.SHORT, Locale.ENGLISH))
        .collect(Collectors.joining(", "));
  }
}
