package io.runbook4j.benchmarks;

import io.runbook4j.benchmarks.EngineBenchmark.Contender;
import io.runbook4j.benchmarks.LimiterBenchmark.Question;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
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
  private static final String BYTES = "gc.alloc.rate.norm";

  private final Effort effort;
  private final List<String> leftOut = new ArrayList<>();

  Suite(Effort effort) {
    this.effort = effort;
  }

  /** Makes a table for each engine workload. */
  void engines(Consumer<Table> done) {
    done.accept(new Table(
        "engine-clean",
        "Engine, no failures",
        "an item (1,000,000 items, chunks of 100)",
        engines(Engine.Workload.CLEAN, Stream.of(Contender.values()))));
    done.accept(new Table(
        "engine-one-percent",
        "Engine, 1 % of the items fail",
        "an item (1,000,000 items, chunks of 100)",
        engines(
            Engine.Workload.ONE_PERCENT_BAD,
            Stream.of(Contender.values()).filter(Contender::tellsItems))));
  }

  private List<Row> engines(Engine.Workload workload, Stream<Contender> contenders) {
    List<Row> rows = new ArrayList<>();
    for (Contender engine : contenders.toList()) {
      run(
          engine.title() + ", " + workload,
          effort.seconds(
              options(EngineBenchmark.class)
                  .param("engine", engine.name())
                  .param("workload", workload.name()),
              engine),
          rows,
          result -> new Row(
              engine.title(),
              role(engine),
              median(result, Suite::engineCpu),
              median(result, each -> each.getPrimaryResult().getScore()),
              median(result, each -> secondary(each, BYTES)),
              engine.keeps(workload)));
    }
    return rows;
  }

  private static Row.Role role(Contender engine) {
    return switch (engine) {
      case HAND_LOOP -> Row.Role.FLOOR;
      case RUNBOOK4J_MEMORY -> Row.Role.BASELINE;
      case RUNBOOK4J_FILE, RUNBOOK4J_FORCED -> Row.Role.OURS;
      default -> Row.Role.PEER;
    };
  }

  private static double engineCpu(IterationResult iteration) {
    return secondary(iteration, "cpuNanos") / secondary(iteration, "runs") / EngineBenchmark.ITEMS;
  }

  /** Makes a table for each question, and for two threads at once. */
  void limiters(Consumer<Table> done) {
    for (Question question : Question.values()) {
      done.accept(new Table(
          "limiter-" + question.name().toLowerCase(Locale.ROOT).replace('_', '-'),
          "Limiter, one thread, " + question.title(),
          "a call",
          limiters(question, 1)));
    }
    for (Question question : List.of(Question.PERMITTED, Question.DENIED)) {
      done.accept(new Table(
          "limiter-two-threads-" + question.name().toLowerCase(Locale.ROOT),
          "Limiter, two threads at one limiter, " + question.title(),
          "a call",
          limiters(question, 2)));
    }
  }

  private List<Row> limiters(Question question, int threads) {
    List<Row> rows = new ArrayList<>();
    for (Limiter limiter : Limiter.values()) {
      boolean floor = limiter == Limiter.NANO_TIME || limiter == Limiter.CAS;
      if (!floor && !limiter.answers(question)) {
        continue;
      }
      run(
          limiter.title() + ", " + question.title(),
          effort.blinks(options(LimiterBenchmark.class)
              .param("limiter", limiter.name())
              .param("question", question.name())
              .threads(threads)
              .addProfiler(CpuTime.class)),
          rows,
          result -> new Row(
              limiter.title(),
              role(limiter),
              median(result, each -> secondary(each, CpuTime.LABEL)),
              median(result, each -> each.getPrimaryResult().getScore()),
              median(result, each -> secondary(each, BYTES)),
              ""));
    }
    return rows;
  }

  private static Row.Role role(Limiter limiter) {
    return switch (limiter) {
      case NANO_TIME, CAS -> Row.Role.FLOOR;
      case RUNBOOK4J -> Row.Role.BASELINE;
      case RUNBOOK4J_EXACT -> Row.Role.OURS;
      default -> Row.Role.PEER;
    };
  }

  private static ChainedOptionsBuilder options(Class<?> benchmark) {
    return new OptionsBuilder()
        .include(benchmark.getName() + "\\.")
        .forks(1)
        .addProfiler(GCProfiler.class)
        .jvmArgsAppend(
            "-Xms2g", "-Xmx2g", "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
  }

  /** Runs one row; one that fails is left out, and named in the results. */
  private void run(
      String name, ChainedOptionsBuilder options, List<Row> rows, Function<RunResult, Row> row) {
    try {
      Collection<RunResult> results = new Runner(options.shouldFailOnError(true).build()).run();
      rows.add(row.apply(results.iterator().next()));
    } catch (RunnerException e) {
      leftOut.add(name + " (" + e.getMessage() + ")");
    }
  }

  /** {@return the rows that failed} */
  List<String> leftOut() {
    return leftOut;
  }

  private static double secondary(IterationResult iteration, String label) {
    Result<?> result = iteration.getSecondaryResults().get(label);
    if (result == null) {
      throw new IllegalStateException("result " + label + " must be among "
          + iteration.getSecondaryResults().keySet() + ", was not");
    }
    return result.getScore();
  }

  private static double median(RunResult result, ToDoubleFunction<IterationResult> figure) {
    double[] sorted = result.getBenchmarkResults().stream()
        .flatMap(fork -> fork.getIterationResults().stream())
        .mapToDouble(figure)
        .sorted()
        .toArray();
    return Arrays.stream(sorted)
        .skip((sorted.length - 1) / 2)
        .limit(2 - sorted.length % 2)
        .average()
        .orElseThrow();
  }

  /** How long to measure. */
  enum Effort {
    /**
     * About six minutes in all. The engines need that long a warm-up until the compiler is through.
     */
    QUICK(12, 4, 500, 3, 5, 120),
    /** As long as it takes to trust the second digit. */
    FULL(5, 10, 2_000, 5, 20, 500);

    private final int engineWarmups;
    private final int engineIterations;
    private final int engineMillis;
    private final int limiterWarmups;
    private final int limiterIterations;
    private final int limiterMillis;

    Effort(
        int engineWarmups,
        int engineIterations,
        int engineMillis,
        int limiterWarmups,
        int limiterIterations,
        int limiterMillis) {
      this.engineWarmups = engineWarmups;
      this.engineIterations = engineIterations;
      this.engineMillis = engineMillis;
      this.limiterWarmups = limiterWarmups;
      this.limiterIterations = limiterIterations;
      this.limiterMillis = limiterMillis;
    }

    ChainedOptionsBuilder seconds(ChainedOptionsBuilder options, Contender engine) {
      if (engine == Contender.RUNBOOK4J_FORCED) {
        return with(options, 1, 1, engineMillis); // one run takes seconds, most of them the disk's
      }
      return with(options, engineWarmups, engineIterations, engineMillis);
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
