package io.runbook4j.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
  private final Set<String> leftOut = new LinkedHashSet<>();

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
   * the machine. One that fails is left out, and named in the results.
   *
   * @return what the others' iterations have measured, in the order of the rows
   */
  <K> Map<K, List<IterationResult>> inTurns(
      int turns, Map<K, ChainedOptionsBuilder> rows, Function<K, String> name) {
    Map<K, List<IterationResult>> measured = new LinkedHashMap<>();
    for (int turn = 0; turn < turns; turn++) {
      rows.forEach((row, options) -> run(name.apply(row), options)
          .ifPresent(result ->
              measured.computeIfAbsent(row, r -> new ArrayList<>()).addAll(iterations(result))));
    }
    return measured;
  }

  private Optional<RunResult> run(String name, ChainedOptionsBuilder options) {
    try {
      Collection<RunResult> results = new Runner(options.shouldFailOnError(true).build()).run();
      return Optional.of(results.iterator().next());
    } catch (RunnerException e) {
      leftOut.add(name + " (" + e.getMessage() + ")");
      return Optional.empty();
    }
  }

  /** {@return how long to measure} */
  Effort effort() {
    return effort;
  }

  /** {@return the rows that failed} */
  List<String> leftOut() {
    return List.copyOf(leftOut);
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

  /** How long to measure. */
  enum Effort {
    /**
     * About six minutes in all. The engines need that long a warm-up until the compiler is through.
     */
    QUICK(1, 12, 4, 500, 1, 4, 8, 60),
    /** As long as it takes to trust the second digit. */
    FULL(3, 4, 3, 1_500, 2, 8, 12, 100);

    private final int engineTurns;
    private final int engineWarmups;
    private final int engineIterations;
    private final int engineMillis;
    private final int blinkTurns;
    private final int limiterWarmups;
    private final int limiterIterations;
    private final int limiterMillis;

    Effort(
        int engineTurns,
        int engineWarmups,
        int engineIterations,
        int engineMillis,
        int blinkTurns,
        int limiterWarmups,
        int limiterIterations,
        int limiterMillis) {
      this.engineTurns = engineTurns;
      this.engineWarmups = engineWarmups;
      this.engineIterations = engineIterations;
      this.engineMillis = engineMillis;
      this.blinkTurns = blinkTurns;
      this.limiterWarmups = limiterWarmups;
      this.limiterIterations = limiterIterations;
      this.limiterMillis = limiterMillis;
    }

    ChainedOptionsBuilder seconds(ChainedOptionsBuilder options) {
      return with(options, engineWarmups, engineIterations, engineMillis);
    }

    /** {@return how many times each engine is measured, in a process of its own each time} */
    int engineTurns() {
      return engineTurns;
    }

    boolean isFull() {
      return this == FULL;
    }

    /** For a run that takes seconds: one to warm up, and one or two to measure. */
    ChainedOptionsBuilder runs(ChainedOptionsBuilder options) {
      return with(options, 1, this == QUICK ? 2 : 1, 1);
    }

    /** {@return how many times what takes a blink is measured, each in a process of its own} */
    int blinkTurns() {
      return blinkTurns;
    }

    ChainedOptionsBuilder blinks(ChainedOptionsBuilder options) {
      return with(options, limiterWarmups, limiterIterations, limiterMillis);
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
