package io.runbook4j.benchmarks;

import io.runbook4j.benchmarks.WatchBenchmark.Asked;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.results.RunResult;

/** Measures what a watch costs, and makes its table. */
final class WatchSuite {
  private static final double MOST_NANOS = 100;

  private final Suite suite;
  private final List<Row> rows = new ArrayList<>();
  private final List<Goal> goals = new ArrayList<>();

  WatchSuite(Suite suite) {
    this.suite = suite;
  }

  /** {@return the table, each figure for one call} */
  Table table() {
    for (int threads = 1; threads <= 2; threads++) {
      for (Asked asked : Asked.values()) {
        if (threads == 1 || asked.role() != Row.Role.FLOOR) {
          measure(asked, threads);
        }
      }
    }
    return new Table("watch", "Watch, recording one event", "an event", Suite.compared(rows));
  }

  private void measure(Asked asked, int threads) {
    String title = asked.title() + (threads == 1 ? "" : ", two threads");
    Row.Role role = asked.role() == Row.Role.BASELINE && threads > 1 ? Row.Role.OURS : asked.role();
    suite.run(
        title,
        suite
            .effort()
            .blinks(
                Suite.options(WatchBenchmark.class).param("asked", asked.name()).threads(threads)),
        rows,
        result -> {
          Row row = Suite.row(title, role, result);
          if (role != Row.Role.FLOOR) {
            goals.add(new Goal("Watch, " + title + ": CPU an event", "ns", MOST_NANOS, row.cpu()));
            goals.add(
                new Goal("Watch, " + title + ": allocated an event", "B", 0, leastBytes(result)));
          }
          return row;
        });
  }

  /**
   * {@return what every iteration allocated, to a tenth} The profiler counts what JMH allocates for
   * an iteration too, which is more an event the fewer there are.
   */
  private static double leastBytes(RunResult result) {
    double least = Suite.iterations(result).stream()
        .mapToDouble(each -> Suite.secondary(each, Suite.BYTES))
        .min()
        .orElseThrow();
    return Math.round(least * 10) / 10.0;
  }

  /** {@return what was asked, once the table is there} */
  List<Goal> goals() {
    return goals;
  }

  /** {@return what is to be said beside the table} */
  String markdown() throws Exception {
    double bare = new WatchMinute(false).nanos();
    double kept = new WatchMinute(true).nanos();
    return String.format(
        Locale.ROOT,
        """
        One job with the rules of `RunbookRules.resumeSync()`, and where all users are counted a \
        `userFailureRate` besides; one failure in %d events; the time of \
        an event is read beforehand, and the keys (18 characters) lie in memory in their order, as if \
        they had just been read. What the watch's own thread does does not depend on the number of \
        events: with 50,000 users, all counted, %s ms a minute on a processor, %s ms with a state file that is \
        written twice a minute. At 1,000 events a second that is %s and %s ns for each.

        """,
        WatchBenchmark.FAILS,
        Table.number(bare / 1e6),
        Table.number(kept / 1e6),
        Table.number(bare / 60_000),
        Table.number(kept / 60_000));
  }
}
