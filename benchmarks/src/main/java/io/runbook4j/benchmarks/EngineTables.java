package io.runbook4j.benchmarks;

import io.runbook4j.benchmarks.Engine.Workload;
import io.runbook4j.benchmarks.EngineBenchmark.Contender;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
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

  /** Enough to force a thousand chunks. */
  private static final int FORCED_ITEMS = 100_000;

  /** What a quick run leaves out: another of ours is like it, or it takes long. */
  private static final Set<Contender> NOT_QUICK = EnumSet.of(
      Contender.RAW_FILE, Contender.RUNBOOK4J_IN_FLIGHT, Contender.SPRING_BATCH_H2, Contender.GAX);

  /**
   * The kernel hands over the whole heap before anything is measured. Else whoever allocates pays
   * for each page that no run has touched before, until the first collection, as no host would that
   * has been up for a while.
   */
  private static final String TOUCHED_HEAP = "-XX:+AlwaysPreTouch";

  private final Suite suite;

  EngineTables(Suite suite) {
    this.suite = suite;
  }

  /** Makes a table for each workload, and one for what waits for the disk. */
  List<Goal> run(Consumer<Table> done) {
    List<Goal> goals = new ArrayList<>();
    Map<Contender, Row> clean = table(
        done,
        "engine-clean",
        "Engine, no failures",
        Workload.CLEAN,
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
    Map<Contender, Row> answered = table(
        done,
        "engine-all-answered",
        "Engine, no failures, answered item by item",
        Workload.ALL_ANSWERED,
        List.of(
            Contender.HAND_LOOP,
            Contender.RUNBOOK4J_MEMORY,
            Contender.RUNBOOK4J_FILE,
            Contender.GAX));
    Map<Contender, Row> bad = table(
        done,
        "engine-one-percent",
        "Engine, 1 % of the items fail",
        Workload.ONE_PERCENT_BAD,
        List.of(
            Contender.HAND_LOOP,
            Contender.RUNBOOK4J_MEMORY,
            Contender.RUNBOOK4J_FILE,
            Contender.JBERET,
            Contender.EASY_BATCH,
            Contender.SPRING_BATCH,
            Contender.SPRING_BATCH_H2,
            Contender.GAX));
    cost(clean, Contender.RUNBOOK4J_MEMORY, 20, 16, goals);
    share(clean, Contender.RUNBOOK4J_MEMORY, Contender.CAMEL, 20, 23, goals);
    cost(clean, Contender.RUNBOOK4J_BACKGROUND, 100, 32, goals);
    share(clean, Contender.RUNBOOK4J_BACKGROUND, Contender.SPRING_BATCH_H2, 100, 402, goals);
    for (Contender engine : List.of(Contender.RUNBOOK4J_MEMORY, Contender.RUNBOOK4J_FILE)) {
      if (bad.containsKey(engine) && answered.containsKey(engine)) {
        goals.add(new Goal(
            engine.title() + ": CPU with 1 % failing / with none, the same target",
            "",
            1.3,
            of(bad, engine).cpu() / of(answered, engine).cpu()));
      }
    }
    goals.addAll(forced(done));
    return goals;
  }

  private Map<Contender, Row> table(
      Consumer<Table> done, String id, String title, Workload workload, List<Contender> engines) {
    Map<Contender, Row> rows = new EnumMap<>(Contender.class);
    engines.forEach(engine -> row(engine, workload, ITEMS, rows));
    done.accept(new Table(
        id, title, "an item (1,000,000 items, chunks of 100)", List.copyOf(rows.values())));
    return rows;
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

  /** Measures what waits for the disk: here the clock counts, and a bare file is the measure. */
  private List<Goal> forced(Consumer<Table> done) {
    Map<Contender, Row> rows = new EnumMap<>(Contender.class);
    row(Contender.RAW_FORCED, Workload.CLEAN, FORCED_ITEMS, rows);
    row(Contender.RUNBOOK4J_FORCED, Workload.CLEAN, FORCED_ITEMS, rows);
    row(Contender.RUNBOOK4J_IN_FLIGHT, Workload.CLEAN, FORCED_ITEMS, rows);
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
    done.accept(new Table(
        "engine-forced",
        "Engine, no failures, forced to the disk",
        "an item (100,000 items, chunks of 100)",
        List.copyOf(rows.values())));
    return List.of(new Goal(
        Contender.RUNBOOK4J_FORCED.title() + ": time / the same forces on a bare file",
        "",
        1.15,
        of(rows, Contender.RUNBOOK4J_FORCED).wall() / bare));
  }

  /** Measures one row, all figures for an item; a quick run leaves some out. */
  private void row(Contender engine, Workload workload, int items, Map<Contender, Row> rows) {
    if (!suite.effort().isFull() && NOT_QUICK.contains(engine)) {
      return;
    }
    List<Row> measured = new ArrayList<>();
    ChainedOptionsBuilder options = Suite.options(EngineBenchmark.class, TOUCHED_HEAP)
        .param("engine", engine.name())
        .param("workload", workload.name())
        .param("items", Integer.toString(items));
    boolean takesSeconds = engine == Contender.SPRING_BATCH_H2 && workload.hasBad();
    suite.run(
        engine.title() + ", " + workload + ", " + items,
        takesSeconds ? suite.effort().runs(options) : suite.effort().seconds(options),
        measured,
        result -> new Row(
            engine.title(),
            engine.role(),
            Suite.median(result, EngineTables::cpu) / items,
            Suite.median(result, each -> each.getPrimaryResult().getScore()) / items,
            Suite.median(result, each -> Suite.secondary(each, Suite.BYTES)) / items,
            engine.keeps(workload)));
    measured.forEach(row -> rows.put(engine, row));
  }

  private static double cpu(IterationResult iteration) {
    return Suite.secondary(iteration, "cpuNanos") / Suite.secondary(iteration, "runs");
  }
}
