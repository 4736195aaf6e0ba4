package io.runbook4j.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;

/** Runs everything and writes {@code RESULTS.md} with its charts. */
public final class Main {
  private Main() {}

  /**
   * Takes the module's folder; {@code quick}, {@code full}, or {@code accuracy} or {@code watch},
   * which only print the table of that name; and the home of another JDK, or {@code none}.
   */
  public static void main(String[] args) throws Exception {
    if (args[1].equals("accuracy")) {
      System.out.println(new Accuracy().table(false));
      return;
    }
    if (args[1].equals("watch")) {
      WatchSuite watch = new WatchSuite(new Suite(Suite.Effort.FULL));
      System.out.println(
          watch.table().markdown() + watch.markdown() + Goal.markdown(watch.goals()));
      return;
    }
    Path module = Path.of(args[0]);
    Suite.Effort effort = Suite.Effort.valueOf(args[1].toUpperCase(Locale.ROOT));
    Suite suite = new Suite(effort);
    Results results = new Results(module, head(effort));
    engines(suite, results);
    List<Jdk> jdks = effort.isFull() ? jdks(args[2]) : List.of(Jdk.current());
    LimiterSuite limiters = new LimiterSuite(suite, jdks);
    limiters.run(results::add);
    results.goals(limiters.goals());
    if (!effort.isFull()) {
      results.add("A quick run asks limiters for permits only, on one JDK.\n\n", List.of());
    } else if (jdks.size() == 1) {
      results.add(
          "There was no JDK 25 beside this one: the limiters are not measured on it.\n\n",
          List.of());
    }
    Accuracy accuracy = new Accuracy();
    results.add(accuracy.table(!effort.isFull()), accuracy.goals());
    WatchSuite watch = new WatchSuite(suite);
    results.add(watch.table());
    results.add(watch.markdown(), watch.goals());
    results.end(suite.leftOut());
  }

  /** {@return the JDK that runs this, and the other one} */
  private static List<Jdk> jdks(String other) throws IOException {
    return other.equals("none")
        ? List.of(Jdk.current())
        : List.of(Jdk.current(), Jdk.in(Path.of(other)));
  }

  private static void engines(Suite suite, Results results) throws Exception {
    LedgerFigures ledger = new LedgerFigures();
    String asked = ledger.markdown(); // first, while its code is cold
    Growth growth = new Growth(suite.effort());
    growth.measure();
    Calls calls = new Calls();
    results.add(calls.markdown(), calls.goals());
    EngineTables tables = new EngineTables(suite);
    results.goals(tables.run(results::add));
    if (suite.effort().isFull()) {
      results.add(LiveHeap.markdown(), List.of());
    }
    results.chart("growth", growth.svg());
    results.add(growth.markdown(), growth.goals());
    results.add(asked, ledger.goals());
  }

  private static String head(Suite.Effort effort) throws IOException {
    return """
        # Benchmark results

        Written by `benchmarks/run%s` on %s; do not edit. %s, %d processors, %s %s, JDK %s (%s), \
        heap of 2 GiB (touched before the engines are measured). %s

        **CPU** is time on a processor: for engines that of the whole process, its garbage \
        collection and compiler included, for limiters and the watch that of the asking threads; **wall** is the time on the clock; **B** is what was allocated. The \
        machine has other work to do at the same time, so read CPU before wall, compare ratios \
        within a table, and take differences under 10 %% for noise.

        """.formatted(
            effort.isFull() ? "" : " --quick",
            LocalDate.now(ZoneOffset.UTC),
            processor(),
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("os.name"),
            System.getProperty("os.arch"),
            System.getProperty("java.version"),
            System.getProperty("java.vm.name"),
            samples(effort));
  }

  private static String samples(Suite.Effort effort) {
    return String.format(
        Locale.ROOT,
        "Each turn of a row is a process of its own. Engines (turns: %d): CPU and wall are each the"
            + " least of %d iterations (fewer where a run takes seconds), B is the median."
            + " Limiters and the watch (turns: %d): medians of %d iterations.",
        effort.engines().turns(),
        effort.engines().all(),
        effort.blinks().turns(),
        effort.blinks().all());
  }

  private static String processor() throws IOException {
    Path about = Path.of("/proc/cpuinfo");
    if (!Files.exists(about)) {
      return "an unnamed processor";
    }
    return Files.readAllLines(about).stream()
        .filter(line -> line.startsWith("model name"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("an unnamed processor");
  }
}
