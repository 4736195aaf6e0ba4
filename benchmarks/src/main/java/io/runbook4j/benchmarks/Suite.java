package io.runbook4j.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
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

  /** Runs one row; one that fails is left out, and named in the results. */
  void run(
      String name, ChainedOptionsBuilder options, List<Row> rows, Function<RunResult, Row> row) {
    try {
      Collection<RunResult> results = new Runner(options.shouldFailOnError(true).build()).run();
      rows.add(row.apply(results.iterator().next()));
    } catch (RunnerException e) {
      leftOut.add(name + " (" + e.getMessage() + ")");
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

  static List<IterationResult> iterations(RunResult result) {
    return result.getBenchmarkResults().stream()
        .flatMap(fork -> fork.getIterationResults().stream())
        .toList();
  }

  static double median(RunResult result, ToDoubleFunction<IterationResult> figure) {
    return median(iterations(result), figure);
  }

  static double median(List<IterationResult> iterations, ToDoubleFunction<IterationResult> figure) {
    double[] sorted = iterations.stream().mapToDouble(figure).sorted().toArray();
    return Arrays.stream(sorted)
        .skip((sorted.length - 1) / 2)
        .limit(2 - sorted.length % 2)
        .average()
        .orElseThrow();
  }

  /** {@return a row of a benchmark whose threads have a {@link ThreadTime}} */
  static Row row(String title, Row.Role role, RunResult result) {
    List<IterationResult> iterations = undisturbed(result);
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
  private static List<IterationResult> undisturbed(RunResult result) {
    List<IterationResult> all = iterations(result);
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

  /** How long to measure. */
  enum Effort {
    /**
     * About six minutes in all. The engines need that long a warm-up until the compiler is through.
     */
    QUICK(12, 4, 500, 1, 4, 8, 60),
    /** As long as it takes to trust the second digit. */
    FULL(5, 8, 1_500, 2, 8, 12, 100);

    private final int engineWarmups;
    private final int engineIterations;
    private final int engineMillis;
    private final int limiterForks;
    private final int limiterWarmups;
    private final int limiterIterations;
    private final int limiterMillis;

    Effort(
        int engineWarmups,
        int engineIterations,
        int engineMillis,
        int limiterForks,
        int limiterWarmups,
        int limiterIterations,
        int limiterMillis) {
      this.engineWarmups = engineWarmups;
      this.engineIterations = engineIterations;
      this.engineMillis = engineMillis;
      this.limiterForks = limiterForks;
      this.limiterWarmups = limiterWarmups;
      this.limiterIterations = limiterIterations;
      this.limiterMillis = limiterMillis;
    }

    ChainedOptionsBuilder seconds(ChainedOptionsBuilder options) {
      return with(options, engineWarmups, engineIterations, engineMillis);
    }

    boolean isFull() {
      return this == FULL;
    }

    /** For a run that takes seconds: one to warm up, and some to measure. */
    ChainedOptionsBuilder runs(ChainedOptionsBuilder options) {
      return with(options, 1, this == QUICK ? 2 : 5, 1);
    }

    ChainedOptionsBuilder blinks(ChainedOptionsBuilder options) {
      return with(options.forks(limiterForks), limiterWarmups, limiterIterations, limiterMillis);
    }

    private static ChainedOptionsBuilder with(
        ChainedOptionsBuilder options, int warmups, int iterations, int millis) {
      return options
          .warmupIterations(warmups)
          .warmupTime(TimeValue.milliseconds(millis))
          .measurementIterations(iterations)
          .measurementTime(TimeValue.milliseconds(millis));
    }
  }
}
