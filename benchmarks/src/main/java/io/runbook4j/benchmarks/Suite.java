package io.runbook4j.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs the benchmarks and makes tables of their results. */
final class Suite {
  static final String BYTES = "gc.alloc.rate.norm";

  /** From here on a thread had its processor to itself. */
  private static final double UNDISTURBED = 0.9;

  private final Effort effort;
  private final List<String> leftOut = new ArrayList<>();

  Suite(Effort effort) {
    this.effort = effort;
  }

  static ChainedOptionsBuilder options(Class<?> benchmark, String... jvmArguments) {
    List<String> arguments = new ArrayList<>(
        List.of("-Xms2g", "-Xmx2g", "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir")));
    arguments.addAll(List.of(jvmArguments));
    return new OptionsBuilder()
        .include(benchmark.getName() + "\\.")
        .forks(1)
        .addProfiler(GCProfiler.class)
        .jvmArgsAppend(arguments.toArray(String[]::new));
  }

  /**
   * Runs rows in turns, each time in a process of its own, so that none has the better minutes of
   * the machine. One that fails once is left out, and named in the results.
   *
   * @return what the others' iterations have measured, in the order of the rows
   */
  <K> Map<K, List<IterationResult>> inTurns(
      int turns, Map<K, ChainedOptionsBuilder> rows, Function<K, String> name) {
    Map<K, List<IterationResult>> measured = new LinkedHashMap<>();
    rows.keySet().forEach(row -> measured.put(row, new ArrayList<>()));
    for (int turn = 0; turn < turns; turn++) {
      measured
          .entrySet()
          .removeIf(row -> !run(
              name.apply(row.getKey()),
              Objects.requireNonNull(rows.get(row.getKey())),
              row.getValue()));
    }
    return measured;
  }

  /** {@return whether it was measured} */
  private boolean run(String name, ChainedOptionsBuilder options, List<IterationResult> measured) {
    try {
      Collection<RunResult> results = new Runner(options.shouldFailOnError(true).build()).run();
      measured.addAll(iterations(results.iterator().next()));
      return true;
    } catch (RunnerException e) {
      leftOut.add(name + " (" + e.getMessage() + ")");
      return false;
    }
  }

  /** {@return how long to measure} */
  Effort effort() {
    return effort;
  }

  /** {@return the rows that failed} */
  List<String> leftOut() {
    return leftOut;
  }

  static double secondary(IterationResult iteration, String label) {
    Result<?> result = iteration.getSecondaryResults().get(label);
    if (result == null) {
      throw new IllegalStateException("result " + label + " must be among "
          + iteration.getSecondaryResults().keySet() + ", was not");
    }
    return result.getScore();
  }

  private static List<IterationResult> iterations(RunResult result) {
    return result.getBenchmarkResults().stream()
        .flatMap(fork -> fork.getIterationResults().stream())
        .toList();
  }

  static double median(List<IterationResult> iterations, ToDoubleFunction<IterationResult> figure) {
    double[] sorted = iterations.stream().mapToDouble(figure).sorted().toArray();
    return Arrays.stream(sorted)
        .skip((sorted.length - 1) / 2)
        .limit(2 - sorted.length % 2)
        .average()
        .orElseThrow();
  }

  /**
   * {@return the least of all iterations} What else the machine does can only add to a time, and on
   * a machine that is shared it adds half of it for a minute and nothing in the next. It is also
   * the process in which the compiler did best, and may lie between two collections.
   */
  static double least(List<IterationResult> iterations, ToDoubleFunction<IterationResult> figure) {
    return iterations.stream().mapToDouble(figure).min().orElseThrow();
  }

  /** {@return a row of a benchmark whose threads have a {@link ThreadTime}} */
  static Row row(String title, Row.Role role, List<IterationResult> all) {
    List<IterationResult> iterations = undisturbed(all);
    return new Row(
        title,
        role,
        median(
            iterations, each -> secondary(each, "cpuNanos") / each.getMetadata().getAllOps()),
        median(iterations, each -> each.getPrimaryResult().getScore()),
        median(iterations, each -> secondary(each, BYTES)),
        "");
  }

  /**
   * {@return the iterations in which no thread was put off} Two threads that take turns do not
   * contend. If these are fewer than three, all: some limiters put their callers off themselves.
   */
  private static List<IterationResult> undisturbed(List<IterationResult> all) {
    List<IterationResult> some = all.stream()
        .filter(each -> secondary(each, "cpuNanos") >= UNDISTURBED * secondary(each, "wallNanos"))
        .toList();
    return some.size() < 3 ? all : some;
  }

  /** {@return the rows, ours with a word on how they compare with the look at the clock} */
  static List<Row> compared(List<Row> rows) {
    return rows.stream()
        .map(row -> rows.stream()
            .filter(other -> other.name().equals(Limiter.NANO_TIME.title()))
            .filter(clock -> row.role() == Row.Role.BASELINE || row.role() == Row.Role.OURS)
            .findFirst()
            .map(clock ->
                row.noted(String.format(Locale.ROOT, "%.2f of nanoTime", row.cpu() / clock.cpu())))
            .orElse(row))
        .toList();
  }

  /**
   * How to measure.
   *
   * @param turns how many times, each in a process of its own
   * @param warmups iterations that do not count
   * @param iterations those that do
   * @param millis how long each takes
   */
  record Pace(int turns, int warmups, int iterations, int millis) {
    /** {@return how many iterations count in all turns} */
    int all() {
      return turns * iterations;
    }

    ChainedOptionsBuilder applied(ChainedOptionsBuilder options) {
      return options
          .warmupIterations(warmups)
          .warmupTime(TimeValue.milliseconds(millis))
          .measurementIterations(iterations)
          .measurementTime(TimeValue.milliseconds(millis));
    }
  }

  /** How much time to take. */
  enum Effort {
    /**
     * About five minutes in all. The engines warm up for three seconds, until the compiler is
     * through.
     */
    QUICK(
        new Pace(1, 12, 4, 250),
        new Pace(1, 1, 1, 1),
        new Pace(1, 1, 2, 1),
        new Pace(1, 3, 4, 120)),
    /** As long as it takes to trust the second digit. */
    FULL(
        new Pace(3, 8, 6, 750),
        new Pace(3, 1, 4, 1),
        new Pace(3, 1, 1, 1),
        new Pace(2, 8, 12, 100));

    @SuppressWarnings("ImmutableEnumChecker") // a record of numbers
    private final Pace engines;

    @SuppressWarnings("ImmutableEnumChecker") // as above
    private final Pace forcedRuns;

    @SuppressWarnings("ImmutableEnumChecker") // as above
    private final Pace longRuns;

    @SuppressWarnings("ImmutableEnumChecker") // as above
    private final Pace blinks;

    Effort(Pace engines, Pace forcedRuns, Pace longRuns, Pace blinks) {
      this.engines = engines;
      this.forcedRuns = forcedRuns;
      this.longRuns = longRuns;
      this.blinks = blinks;
    }

    boolean isFull() {
      return this == FULL;
    }

    /** {@return for engines; a run takes some milliseconds} */
    Pace engines() {
      return engines;
    }

    /** {@return for engines that wait for the disk; it has as many turns, an iteration is a run} */
    Pace forcedRuns() {
      return forcedRuns;
    }

    /** {@return for engines of which a run takes a minute; it has as many turns} */
    Pace longRuns() {
      return longRuns;
    }

    /** {@return for what takes nanoseconds} */
    Pace blinks() {
      return blinks;
    }
  }
}
