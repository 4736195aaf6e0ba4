package io.runbook4j.schedule;

import io.runbook4j.schedule.MaintenanceCalendar.Done;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How far a task has come.
 *
 * @param settled up to when nothing is due any more; in the future if it was done early
 * @param warned up to when nobody is warned any more; never before {@code settled}
 * @param done the last entries, oldest first
 */
record Progress(Instant settled, Instant warned, List<Done> done) {
  Progress {
    warned = warned.isBefore(settled) ? settled : warned;
    done = List.copyOf(
        done.subList(Math.max(0, done.size() - MaintenanceCalendar.MOST_KEPT), done.size()));
  }

  static Progress since(Instant begin) {
    return new Progress(begin, begin, List.of());
  }

  Progress with(Done next, Instant settledUntil) {
    return new Progress(
        settledUntil, warned, Stream.concat(done.stream(), Stream.of(next)).toList());
  }

  Progress warnedUntil(Instant until) {
    return new Progress(settled, until, done);
  }

  Optional<Done> last() {
    return done.isEmpty() ? Optional.empty() : Optional.of(done.get(done.size() - 1));
  }
}
