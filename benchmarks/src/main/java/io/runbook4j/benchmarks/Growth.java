package io.runbook4j.benchmarks;

import io.runbook4j.benchmarks.Engine.Workload;
import io.runbook4j.benchmarks.EngineBenchmark.Contender;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an item costs in runs of different sizes: the run's thread on a processor, in one process
 * that is warm. Small runs are repeated until there are as many items as in a large one. What a run
 * of one item costs is the same for all sizes, and is taken off.
 */
final class Growth {
  private static final List<Contender> ENGINES =
      List.of(Contender.HAND_LOOP, Contender.RUNBOOK4J_MEMORY, Contender.RUNBOOK4J_FILE);
  private static final List<Integer> SIZES = List.of(10_000, 100_000, 1_000_000, 10_000_000);
  private static final List<Integer> QUICK_SIZES = List.of(10_000, 100_000, 1_000_000);
  private static final int SINGLES = 500;
  private static final int WARMUPS = 3;

  private final List<Integer> sizes;
  private final int largest;
  private final int rounds;

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final Map<Contender, Double> constants = new EnumMap<>(Contender.class);
  private final Map<Contender, SortedMap<Integer, Double>> costs = new EnumMap<>(Contender.class);

  Growth(Suite.Effort effort) {
    this.sizes = effort.isFull() ? SIZES : QUICK_SIZES;
    this.largest = sizes.get(sizes.size() - 1);
    this.rounds = effort.isFull() ? 20 : 3;
  }

  void measure() throws Exception {
    for (Contender engine : ENGINES) {
      for (int i = 0; i < WARMUPS; i++) {
        cost(engine, 2_000_000, 1);
        cost(engine, 20_000, 100);
      }
      measure(engine);
    }
  }

  /** All sizes take turns, so that no size has the better half hour of the machine. */
  private void measure(Contender engine) throws Exception {
    List<Double> singles = new ArrayList<>();
    SortedMap<Integer, List<Double>> runs = new TreeMap<>();
    for (int i = 0; i < rounds; i++) {
      singles.add(cost(engine, 1, SINGLES));
      for (int items : sizes) {
        runs.computeIfAbsent(items, size -> new ArrayList<>())
            .add(cost(engine, items, largest / items));
      }
    }
    double constant = Collections.min(singles); // see Suite.least
    SortedMap<Integer, Double> points = new TreeMap<>();
    runs.forEach((items, costs) -> points.put(items, (Collections.min(costs) - constant) / items));
    constants.put(engine, constant);
    costs.put(engine, points);
  }

  /** {@return what a whole run costs} */
  private double cost(Contender contender, int items, int runs) throws Exception {
    Service service = new Service();
    List<Ticket> tickets = Workload.MADE_WHEN_READ.tickets(items);
    long nanos = 0;
    try (Engine engine = contender.make(tickets, service, Workload.MADE_WHEN_READ)) {
      for (int run = 0; run < runs; run++) {
        long start = threads.getCurrentThreadCpuTime();
        engine.run();
        nanos += threads.getCurrentThreadCpuTime() - start;
        service.reset(items);
        engine.clean();
      }
    }
    return (double) nanos / runs;
  }

  private SortedMap<Integer, Double> points(Contender engine) {
    return costs.getOrDefault(engine, new TreeMap<>());
  }

  private double spread(Contender engine) {
    Collection<Double> points = points(engine).values();
    double least = points.stream().mapToDouble(nanos -> nanos).min().orElse(Double.NaN);
    return points.stream().mapToDouble(nanos -> nanos).max().orElse(Double.NaN) / least;
  }

  /** {@return what was asked} */
  List<Goal> goals() {
    return ENGINES.stream()
        .filter(engine -> engine.role() != Row.Role.FLOOR)
        .map(engine -> new Goal(
            engine.title() + ": growth, the dearest item / the cheapest", "", 1.2, spread(engine)))
        .toList();
  }

  /** {@return the chart} */
  String svg() {
    List<LineChart.Line> lines = ENGINES.stream()
        .map(engine -> new LineChart.Line(engine.title(), engine.role(), points(engine)))
        .toList();
    return new LineChart("Growth: CPU ns an item, by the items of a run", lines).svg();
  }

  /** {@return the table} */
  String markdown() {
    List<String> head = new ArrayList<>(List.of("CPU ns an item, in runs of"));
    sizes.forEach(items -> head.add(String.format(Locale.ROOT, "%,d", items)));
    head.addAll(List.of("dearest / cheapest", "a run of one item, µs"));
    return String.format(
        Locale.ROOT, """
        ### Growth

        %sNo failures, chunks of 100, the run's thread alone. Items are made when they are read, \
        which is part of each figure. Each figure, that of one item too, is the least of %d rounds. What a \
        run of one item costs is taken off first.

        ![Growth](charts/growth.svg)

        """, Markdown.table(head, ENGINES.stream().map(this::cells).toList()), rounds);
  }

  private List<String> cells(Contender engine) {
    String mark = engine.role() == Row.Role.FLOOR ? "" : "**";
    List<String> cells = new ArrayList<>(List.of(mark + engine.title() + mark));
    points(engine).values().forEach(nanos -> cells.add(Table.number(nanos)));
    cells.add(String.format(Locale.ROOT, "%.2f", spread(engine)));
    cells.add(Table.number(constants.getOrDefault(engine, Double.NaN) / 1_000));
    return cells;
  }
}
