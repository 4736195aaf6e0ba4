package io.runbook4j.benchmarks;

import io.runbook4j.benchmarks.EngineBenchmark.Contender;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Runs everything and writes {@code RESULTS.md} with its charts. */
public final class Main {
  private Main() {}

  /** Takes the module's folder, and {@code quick} or {@code full}. */
  public static void main(String[] args) throws Exception {
    Path module = Path.of(args[0]);
    Suite suite = new Suite(Suite.Effort.valueOf(args[1].toUpperCase(Locale.ROOT)));
    StringBuilder text = new StringBuilder(head(args[1]));
    text.append(calls());
    Path charts = Files.createDirectories(module.resolve("charts"));
    Consumer<Table> done = table -> {
      text.append(table.markdown());
      write(charts.resolve(table.id() + ".svg"), new BarChart(table).svg());
      write(module.resolve("RESULTS.md"), text.toString()); // so that a stopped run leaves some
    };
    suite.engines(done);
    suite.limiters(done);
    for (String row : suite.leftOut()) {
      text.append("Left out, because it failed: ").append(row).append("\n\n");
    }
    write(module.resolve("RESULTS.md"), text + Files.readString(module.resolve("NOTES.md")));
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String head(String effort) throws IOException {
    return """
        # Benchmark results

        Written by `benchmarks/run%s` on %s; do not edit. %s, %d processors, %s %s, JDK %s (%s), \
        heap of 2 GiB, one fork for each row, medians.

        **CPU** is the time of the whole process on a processor, its garbage collection and \
        compiler included; **wall** is the time on the clock; **B** is what was allocated. The \
        machine has other work to do at the same time, so read CPU before wall, compare ratios \
        within a table, and take differences under 10 %% for noise.

        """.formatted(
            effort.equals("quick") ? " --quick" : "",
            LocalDate.now(ZoneOffset.UTC),
            processor(),
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("os.name"),
            System.getProperty("os.arch"),
            System.getProperty("java.version"),
            System.getProperty("java.vm.name"));
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

  private static String calls() throws Exception {
    List<String> rows = new ArrayList<>();
    rows.add(row(
        "**Runbook4j, the service answers for each item**", Calls.of(Contender.RUNBOOK4J_MEMORY)));
    rows.add(
        row("**Runbook4j, the service refuses the whole chunk**: bisection", Calls.bisecting()));
    rows.add(row(
        "Easy Batch 7.0.2, the whole chunk refused: batch scanning",
        Calls.of(Contender.EASY_BATCH)));
    rows.add(row(
        "Spring Batch 6.0.4, the whole chunk refused: item by item",
        Calls.of(Contender.SPRING_BATCH)));
    return String.format(Locale.ROOT, """
        ### Calls to the service, 1 %% of %,d items bad at random, chunks of 100

        | | calls |
        |---|--:|
        %s

        Counted, not timed. Every good item is applied exactly once in each of them.

        """, Calls.ITEMS, String.join("\n", rows));
  }

  private static String row(String name, long calls) {
    return String.format(Locale.ROOT, "| %s | %,d |", name, calls);
  }
}
