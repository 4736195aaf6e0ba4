package io.runbook4j.benchmarks;

import io.runbook4j.benchmarks.WatchBenchmark.Asked;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;

/** Measures what a watch costs, and makes its table. */
final class WatchSuite {
  private static final double MOST_NANOS = 100;

  private final Suite suite;
  private final List<Goal> goals = new ArrayList<>();

  WatchSuite(Suite suite) {
    this.suite = suite;
  }

  /** {@return the table, each figure for one call} */
  Table table() {
    Map<Asking, ChainedOptionsBuilder> askings = new LinkedHashMap<>();
    for (int threads = 1; threads <= 2; threads++) {
      for (Asked asked : Asked.values()) {
        if (threads == 1 || (asked.role() != Row.Role.FLOOR && suite.effort().isFull())) {
          Asking asking = new Asking(asked, threads);
          askings.put(asking, suite.effort().blinks().applied(asking.options()));
        }
      }
    }
    List<Row> rows = new ArrayList<>();
    suite
        .inTurns(suite.effort().blinks().turns(), askings, Asking::title)
        .forEach((asking, iterations) -> rows.add(row(asking, iterations)));
    return new Table("watch", "Watch, recording one event", "an event", Suite.compared(rows));
  }

  private Row row(Asking asking, List<IterationResult> iterations) {
    Row row = Suite.row(asking.title(), asking.role(), iterations);
    if (asking.role() != Row.Role.FLOOR) {
      String title = "Watch, " + asking.title();
      goals.add(new Goal(title + ": CPU an event", "ns", MOST_NANOS, row.cpu()));
      // What JMH allocates for an iteration is some hundredths of a byte an event.
      double bytes = Math.round(row.bytes() * 10) / 10.0;
      goals.add(new Goal(title + ": allocated an event, to a tenth", "B", 0, bytes));
    }
    return row;
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

  /** Who is asked, by how many threads. */
  private record Asking(Asked asked, int threads) {
    String title() {
      return asked.title() + (threads == 1 ? "" : ", two threads");
    }

    Row.Role role() {
      return asked.role() == Row.Role.BASELINE && threads > 1 ? Row.Role.OURS : asked.role();
    }

    ChainedOptionsBuilder options() {
      return Suite.options(WatchBenchmark.class).param("asked", asked.name()).threads(threads);
    }
  }
}
