package io.runbook4j.alert;

import io.runbook4j.spi.alert.Alert;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * The moment at which something happens to an incident, and where to say what.
 *
 * @param at on the watch's kind of time line, which never steps
 * @param wall the same on the wall clock
 * @param out takes an alert, and the levels of the chain that it is for
 */
record Beat(long at, Instant wall, BiConsumer<Set<Integer>, Alert> out) {
  /** What is later than this is said to be late. */
  private static final long LATE_MILLIS = 10_000;

  void say(Set<Integer> levels, Alert alert) {
    out.accept(levels, alert);
  }

  void set(Map<Deadline, Long> due, Deadline deadline, Duration in) {
    due.put(deadline, at + in.toMillis());
  }

  /** Sets a deadline that comes again: from when it was due, or from now if that was long ago. */
  void again(Map<Deadline, Long> due, Deadline deadline, long since, Duration every) {
    due.put(deadline, (isLate(since) ? at : since) + every.toMillis());
  }

  private boolean isLate(long since) {
    return at - since >= LATE_MILLIS;
  }

  /** {@return nothing, or by how much it is late, to go behind a text} */
  String lateBy(long since) {
    return isLate(since) ? " (late by " + Words.roughly(Duration.ofMillis(at - since)) + ")" : "";
  }

  /** {@return the time after so long, to the second} */
  Instant after(Duration duration) {
    return wall.plus(duration).truncatedTo(ChronoUnit.SECONDS);
  }

  /** {@return when a deadline is on the wall clock, to the second} */
  Instant wallOf(Map<Deadline, Long> due, Deadline deadline) {
    return after(Duration.ofMillis(due.getOrDefault(deadline, at) - at));
  }
}
