package io.runbook4j.schedule;

import com.cronutils.model.Cron;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Optional;

/** Times of day and days that a cron expression names, by the clock of a zone. Immutable. */
final class LocalCron {
  /*
   * The expression is asked for local times, as if on a clock that is never set, and each is turned
   * into the first instant at which the zone's clock has reached it, as a run window's ends are. So
   * a time that a clock leaves out is the moment at which it is put forward, and one that comes
   * twice counts once.
   *
   * A local time up to what the clock shows at an instant was reached by then. So the next one is
   * after what it shows; and where it was put back, those that come again were reached before.
   */
  private static final Instant REFERENCE = Instant.parse("2000-01-01T00:00:00Z");

  private final String text;
  private final ZoneId zone;
  private final ExecutionTime times;

  private LocalCron(String text, ZoneId zone, ExecutionTime times) {
    this.text = text;
    this.zone = zone;
    this.times = times;
  }

  /**
   * Reads the five fields of Unix: minute, hour, day of month, month, day of week.
   *
   * @throws IllegalArgumentException if it is not that, or if no day is like that
   */
  static LocalCron parse(String text, ZoneId zone) {
    LocalCron cron = new LocalCron(text, zone, ExecutionTime.forCron(parsed(text)));
    if (cron.after(REFERENCE).isEmpty()) {
      throw new IllegalArgumentException(
          "cron must name a time that comes, was \"" + text + "\", which never does");
    }
    return cron;
  }

  private static Cron parsed(String text) {
    try {
      return new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX))
          .parse(text)
          .validate();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "cron must be the five fields minute, hour, day of month, month and day of week, was \""
              + text + "\" (" + e.getMessage() + ")",
          e);
    }
  }

  /** {@return the first time after the instant} Empty only if the calendar ends before. */
  Optional<Instant> after(Instant instant) {
    LocalDateTime local = LocalDateTime.ofInstant(instant, zone);
    while (true) {
      Optional<ZonedDateTime> next = times.nextExecution(local.atZone(ZoneOffset.UTC));
      if (next.isEmpty()) {
        return Optional.empty();
      }
      local = next.get().toLocalDateTime();
      Instant reached = Opening.reached(local, zone);
      if (reached.isAfter(instant)) {
        return Optional.of(reached);
      }
    }
  }

  @Override
  public String toString() {
    return text + " " + zone;
  }
}
