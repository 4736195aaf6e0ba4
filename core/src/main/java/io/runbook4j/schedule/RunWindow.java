package io.runbook4j.schedule;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * When a run may send. Immutable.
 *
 * <p>A window opens and closes when the clock of its zone reaches a time. Where the clock is put
 * forward over that time, this is the moment at which it is put forward; a window whose times are
 * both left out does not open on that day. Where the clock is put back, and the time comes twice,
 * the first one counts, for opening and for closing: the window neither opens nor closes again.
 */
public final class RunWindow {
  private static final RunWindow ALWAYS = new RunWindow(List.of());
  private static final Pattern TIME = Pattern.compile("[0-9]{2}:[0-9]{2}");
  private static final String LAST_MIDNIGHT = "24:00";
  // Two zones whose windows touch in winter part at the latest when one of them changes its clock.
  private static final Duration HORIZON = Duration.ofDays(400);

  // Empty: always open.
  private final List<Opening> openings;

  private RunWindow(List<Opening> openings) {
    this.openings = openings;
  }

  /** {@return the window that is always open} */
  public static RunWindow always() {
    return ALWAYS;
  }

  /**
   * Returns a window that opens every day.
   *
   * @param from when it opens, as {@code HH:mm}
   * @param to when it closes, as {@code HH:mm} or {@code 24:00}; if it is before {@code from}, on
   *     the next day. Not the same as {@code from}: the whole day is {@code 00:00} to {@code 24:00}
   * @param zone whose clock counts
   */
  public static RunWindow daily(String from, String to, ZoneId zone) {
    LocalTime opens = time(from, "from", "HH:mm");
    LocalTime closes =
        to.equals(LAST_MIDNIGHT) ? LocalTime.MIDNIGHT : time(to, "to", "HH:mm or 24:00");
    if (to.equals(from)) {
      throw new IllegalArgumentException(
          "to must be other than from (" + from + "; the whole day is 00:00 to 24:00), was " + to);
    }
    Objects.requireNonNull(zone, "zone");
    return new RunWindow(List.of(new Opening(opens, closes, EnumSet.allOf(DayOfWeek.class), zone)));
  }

  private static LocalTime time(String text, String name, String form) {
    if (TIME.matcher(text).matches()) {
      try {
        return LocalTime.parse(text);
      } catch (DateTimeException e) {
        throw new IllegalArgumentException(badTime(text, name, form), e);
      }
    }
    throw new IllegalArgumentException(badTime(text, name, form));
  }

  private static String badTime(String text, String name, String form) {
    return name + " must be a time of day as " + form + ", was \"" + text + "\"";
  }

  /**
   * {@return this window on these days only} A window over midnight belongs to the day on which it
   * opens.
   *
   * @throws IllegalArgumentException if it opens on none of them
   * @throws IllegalStateException if this window is always open, and so has no zone that tells the
   *     day: say {@code daily("00:00", "24:00", zone)}
   */
  public RunWindow on(DayOfWeek first, DayOfWeek... more) {
    if (openings.isEmpty()) {
      throw new IllegalStateException("window must have a zone that tells the day, such as"
          + " daily(\"00:00\", \"24:00\", zone), was always");
    }
    Set<DayOfWeek> wanted = EnumSet.of(first, more);
    return new RunWindow(openings.stream().map(opening -> opening.on(wanted)).toList());
  }

  /** {@return a window that is open when this or the other one is} */
  public RunWindow or(RunWindow other) {
    if (openings.isEmpty() || other.openings.isEmpty()) {
      return ALWAYS;
    }
    return new RunWindow(
        Stream.concat(openings.stream(), other.openings.stream()).distinct().toList());
  }

  /** {@return whether a run may send at the instant} */
  public boolean isOpen(Instant instant) {
    Objects.requireNonNull(instant, "instant");
    return openings.isEmpty()
        || openings.stream().anyMatch(opening -> opening.next(instant).contains(instant));
  }

  /** {@return the first instant from this one on at which the window is open} */
  public Instant nextOpen(Instant instant) {
    return openings.stream()
        .map(opening -> opening.next(instant).opens())
        .map(opens -> opens.isBefore(instant) ? instant : opens)
        .min(Comparator.naturalOrder())
        .orElse(instant);
  }

  /**
   * {@return when the window closes that is open at the instant, or else the one that opens next}
   * Empty if it stays open for more than a year.
   */
  public Optional<Instant> nextClose(Instant instant) {
    if (openings.isEmpty()) {
      return Optional.empty();
    }
    Instant opens = nextOpen(instant);
    Instant closes = opens;
    while (isOpen(closes)) {
      closes = lastClose(closes);
      if (Duration.between(opens, closes).compareTo(HORIZON) > 0) {
        return Optional.empty();
      }
    }
    return Optional.of(closes);
  }

  private Instant lastClose(Instant open) {
    return openings.stream()
        .map(opening -> opening.next(open))
        .filter(span -> span.contains(open))
        .map(Opening.Span::closes)
        .max(Comparator.naturalOrder())
        .orElse(open);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RunWindow that && openings.equals(that.openings);
  }

  @Override
  public int hashCode() {
    return openings.hashCode();
  }

  /**
   * {@return the window for a person, such as {@code 22:00 to 06:00 Europe/London on Mon, Tue}; or
   * {@code always}}
   */
  @Override
  public String toString() {
    return openings.isEmpty()
        ? "always"
        : openings.stream().map(Opening::toString).collect(Collectors.joining(" or "));
  }
}
