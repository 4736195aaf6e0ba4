package io.runbook4j.benchmarks;

import io.runbook4j.benchmarks.Engine.Workload;
import io.runbook4j.benchmarks.EngineBenchmark.Contender;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;

/** Measures engines, and makes tables of them. */
final class EngineTables {
  private static final int ITEMS = 1_000_000;

  /** What a quick run leaves out to be quick. */
  private static final Set<Contender> NOT_QUICK = EnumSet.of(
      Contender.RAW_FILE,
      Contender.RUNBOOK4J_IN_FLIGHT,
      Contender.EASY_BATCH,
      Contender.SPRING_BATCH_H2,
      Contender.GAX);

  /**
   * The kernel hands over the whole heap before anything is measured. Else whoever allocates pays
   * for each page that no run has touched before, until the first collection, as no host would that
   * has been up for a while.
   */
  private static final String TOUCHED_HEAP = "-XX:+AlwaysPreTouch";

  private static final Plan CLEAN = new Plan(
      "engine-clean",
      "Engine, no failures",
      Workload.CLEAN,
      ITEMS,
      List.of(
          Contender.HAND_LOOP,
          Contender.RAW_FILE,
          Contender.RUNBOOK4J_MEMORY,
          Contender.RUNBOOK4J_FILE,
          Contender.RUNBOOK4J_BACKGROUND,
          Contender.CAMEL,
          Contender.JBERET,
          Contender.EASY_BATCH,
          Contender.SPRING_BATCH,
          Contender.SPRING_BATCH_H2,
          Contender.GAX));

  private static final Plan NO_ORDER = new Plan(
      "engine-no-order",
      "Engine, no failures, keys in no order",
      Workload.NO_ORDER,
      ITEMS,
      List.of(
          Contender.HAND_LOOP,
          Contender.RUNBOOK4J_MEMORY,
          Contender.RUNBOOK4J_FILE,
          Contender.CAMEL,
          Contender.JBERET));

  private static final Plan ANSWERED = new Plan(
      "engine-all-answered",
      "Engine, no failures, answered item by item",
      Workload.ALL_ANSWERED,
      ITEMS,
      List.of(
          Contender.HAND_LOOP,
          Contender.RUNBOOK4J_MEMORY,
          Contender.RUNBOOK4J_FILE,
          Contender.GAX));

  private static final Plan BAD = new Plan(
      "engine-one-percent",
      "Engine, 1 % of the items fail",
      Workload.ONE_PERCENT_BAD,
      ITEMS,
      List.of(
          Contender.HAND_LOOP,
          Contender.RUNBOOK4J_MEMORY,
          Contender.RUNBOOK4J_FILE,
          Contender.JBERET,
          Contender.EASY_BATCH,
          Contender.SPRING_BATCH,
          Contender.SPRING_BATCH_H2,
          Contender.GAX));

  private static final Plan FORCED = new Plan(
      "engine-forced",
      "Engine, no failures, forced to the disk",
      Workload.CLEAN,
      ITEMS,
      List.of(Contender.RAW_FORCED, Contender.RUNBOOK4J_FORCED, Contender.RUNBOOK4J_IN_FLIGHT));

  private final Suite suite;

  EngineTables(Suite suite) {
    this.suite = suite;
  }

  /** Makes a table for each workload, and one for what waits for the disk. */
  List<Goal> run(Consumer<Table> done) {
    List<Goal> goals = new ArrayList<>();
    Map<Measurement, List<IterationResult>> orders =
        suite.effort().isFull() ? inTurns(CLEAN, NO_ORDER) : inTurns(CLEAN);
    Map<Contender, Row> clean = rows(CLEAN, orders);
    done.accept(table(CLEAN, clean));
    cost(clean, Contender.RUNBOOK4J_MEMORY, 20, 16, goals);
    share(clean, Contender.RUNBOOK4J_MEMORY, Contender.CAMEL, 20, 23, goals);
    cost(clean, Contender.RUNBOOK4J_BACKGROUND, 100, 32, goals);
    share(clean, Contender.RUNBOOK4J_BACKGROUND, Contender.SPRING_BATCH_H2, 100, 402, goals);
    Map<Contender, Row> noOrder = rows(NO_ORDER, orders);
    if (noOrder.containsKey(Contender.RUNBOOK4J_MEMORY)) {
      done.accept(table(NO_ORDER, noOrder));
      goals.add(new Goal(
          Contender.RUNBOOK4J_MEMORY.title() + ", keys in no order: CPU an item",
          "ns",
          20,
          of(noOrder, Contender.RUNBOOK4J_MEMORY).cpu()));
    }

    Map<Measurement, List<IterationResult>> both = inTurns(ANSWERED, BAD);
    Map<Contender, Row> answered = rows(ANSWERED, both);
    Map<Contender, Row> bad = rows(BAD, both);
    done.accept(table(ANSWERED, answered));
    done.accept(table(BAD, bad));
    for (Contender engine : List.of(Contender.RUNBOOK4J_MEMORY, Contender.RUNBOOK4J_FILE)) {
      if (bad.containsKey(engine) && answered.containsKey(engine)) {
        goals.add(new Goal(
            engine.title() + ": CPU with 1 % failing / with none, the same target",
            "",
            1.3,
            of(bad, engine).cpu() / of(answered, engine).cpu()));
      }
    }
    goals.addAll(forced(rows(FORCED, inTurns(FORCED)), done));
    return goals;
  }

  /** {@return what the engines have measured for these tables, which are compared} */
  private Map<Measurement, List<IterationResult>> inTurns(Plan... plans) {
    Map<Measurement, ChainedOptionsBuilder> rows = new LinkedHashMap<>();
    for (Plan plan : plans) {
      for (Contender engine : plan.engines()) {
        if (suite.effort().isFull() || !NOT_QUICK.contains(engine)) {
          rows.put(new Measurement(plan, engine), options(plan, engine));
        }
      }
    }
    return suite.inTurns(suite.effort().engines().turns(), rows, Measurement::name);
  }

  private static Table table(Plan plan, Map<Contender, Row> rows) {
    String operation =
        String.format(Locale.ROOT, "an item (%,d items, chunks of %d)", plan.items(), Engine.CHUNK);
    return new Table(plan.id(), plan.title(), operation, List.copyOf(rows.values()));
  }

  private static void cost(
      Map<Contender, Row> rows, Contender engine, double nanos, double bytes, List<Goal> goals) {
    if (rows.containsKey(engine)) {
      goals.add(new Goal(
          engine.title() + ": CPU an item", "ns", nanos, of(rows, engine).cpu()));
      goals.add(new Goal(
          engine.title() + ": allocated an item", "B", bytes, of(rows, engine).bytes()));
    }
  }

  /**
   * Adds what was asked as a share of a peer. The nanoseconds were named for a machine on which
   * that peer took {@code theirs}; on another one, only the share says the same.
   */
  private static void share(
      Map<Contender, Row> rows,
      Contender engine,
      Contender peer,
      double ours,
      double theirs,
      List<Goal> goals) {
    if (rows.containsKey(engine) && rows.containsKey(peer)) {
      goals.add(new Goal(
          String.format(
              Locale.ROOT,
              "%s: CPU / that of %s (%.0f / %.0f ns where it was asked for)",
              engine.title(),
              peer.title(),
              ours,
              theirs),
          "",
          ours / theirs,
          of(rows, engine).cpu() / of(rows, peer).cpu()));
    }
  }

  private static Row of(Map<Contender, Row> rows, Contender engine) {
    Row row = rows.get(engine);
    if (row == null) {
      throw new IllegalStateException("row " + engine + " must be measured, was not");
    }
    return row;
  }

  /** Makes the table of what waits for the disk: here the clock counts, a bare file the measure. */
  private static List<Goal> forced(Map<Contender, Row> rows, Consumer<Table> done) {
    if (!rows.containsKey(Contender.RAW_FORCED) || !rows.containsKey(Contender.RUNBOOK4J_FORCED)) {
      return List.of(); // it has failed, and is named at the end
    }
    double bare = of(rows, Contender.RAW_FORCED).wall();
    rows.replaceAll((engine, row) -> new Row(
        row.name(),
        engine == Contender.RUNBOOK4J_FORCED ? Row.Role.BASELINE : row.role(),
        row.cpu(),
        row.wall(),
        row.bytes(),
        String.format(
            Locale.ROOT, "%.2f of the bare file's time on the clock", row.wall() / bare)));
    done.accept(table(FORCED, rows));
    return List.of(new Goal(
        Contender.RUNBOOK4J_FORCED.title() + ": time / the same forces on a bare file",
        "",
        1.15,
        of(rows, Contender.RUNBOOK4J_FORCED).wall() / bare));
  }

  private ChainedOptionsBuilder options(Plan plan, Contender engine) {
    ChainedOptionsBuilder options = Suite.options(EngineBenchmark.class, TOUCHED_HEAP)
        .param("engine", engine.name())
        .param("workload", plan.workload().name())
        .param("items", Integer.toString(plan.items()));
    return pace(plan, engine).applied(options);
  }

  private Suite.Pace pace(Plan plan, Contender engine) {
    if (engine == Contender.SPRING_BATCH_H2 && plan.workload().hasBad()) {
      return suite.effort().longRuns();
    }
    return plan.equals(FORCED) ? suite.effort().forcedRuns() : suite.effort().engines();
  }

  /** {@return the rows that were measured, all figures for an item} */
  private static Map<Contender, Row> rows(
      Plan plan, Map<Measurement, List<IterationResult>> measured) {
    Map<Contender, Row> rows = new EnumMap<>(Contender.class);
    for (Contender engine : plan.engines()) {
      List<IterationResult> iterations = measured.get(new Measurement(plan, engine));
      if (iterations != null) {
        rows.put(engine, row(plan, engine, iterations));
      }
    }
    return rows;
  }

  private static Row row(Plan plan, Contender engine, List<IterationResult> iterations) {
    return new Row(
        engine.title(),
        engine.role(),
        Suite.least(iterations, EngineTables::cpu) / plan.items(),
        Suite.least(iterations, each -> each.getPrimaryResult().getScore()) / plan.items(),
        Suite.median(iterations, each -> Suite.secondary(each, Suite.BYTES)) / plan.items(),
        engine.keeps(plan.workload()));
  }

  private static double cpu(IterationResult iteration) {
    return Suite.secondary(iteration, "cpuNanos") / Suite.secondary(iteration, "runs");
  }

  /** A table to be: which engines, and what they do. */
  private record Plan(
      String id, String title, Workload workload, int items, List<Contender> engines) {}

  /** A row of such a table. */
  private record Measurement(Plan plan, Contender engine) {
    String name() {
      return engine.title() + ", " + plan.workload() + ", " + plan.items();
    }
  }
}
