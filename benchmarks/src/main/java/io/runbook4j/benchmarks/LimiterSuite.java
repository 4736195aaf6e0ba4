package io.runbook4j.benchmarks;

import io.runbook4j.benchmarks.LimiterBenchmark.Question;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;

/** Makes the limiters' tables: for each JDK, number of threads and question. */
final class LimiterSuite {
  /** From here on a thread had its processor to itself. */
  private static final double UNDISTURBED = 0.9;

  private final Suite suite;
  private final List<Jdk> jdks;
  private final boolean quick;

  /** @param jdks the first is measured in full, the others too unless {@code quick} */
  LimiterSuite(Suite suite, List<Jdk> jdks, boolean quick) {
    this.suite = suite;
    this.jdks = jdks;
    this.quick = quick;
  }

  void run(Consumer<Table> done) {
    for (int threads = 1; threads <= 2; threads++) {
      for (Question question : Question.values()) {
        for (Jdk jdk : jdks) {
          if (!quick || isInQuick(jdk, threads, question)) {
            done.accept(table(jdk, threads, question));
          }
        }
      }
    }
  }

  private boolean isInQuick(Jdk jdk, int threads, Question question) {
    if (!jdk.equals(jdks.get(0))) {
      return threads == 1 && question == Question.PERMITTED;
    }
    return threads == 1 || question == Question.PERMITTED || question == Question.DENIED;
  }

  private Table table(Jdk jdk, int threads, Question question) {
    String asked = threads == 1 ? "one thread" : "two threads at one limiter";
    String id = (threads == 1 ? "limiter-" : "limiter-two-threads-")
        + question.name().toLowerCase(Locale.ROOT).replace('_', '-');
    boolean first = jdk.equals(jdks.get(0));
    return new Table(
        first ? id : id + "-jdk" + jdk.feature(),
        "Limiter, " + asked + ", " + question.title() + ", JDK " + jdk.version(),
        "a call",
        compared(rows(jdk, threads, question)));
  }

  private List<Row> rows(Jdk jdk, int threads, Question question) {
    List<Row> rows = new ArrayList<>();
    for (Limiter limiter : Limiter.values()) {
      boolean floor = role(limiter) == Row.Role.FLOOR;
      if (!floor && !limiter.answers(question)) {
        continue;
      }
      suite.run(
          limiter.title() + ", " + question.title() + ", JDK " + jdk.version(),
          suite
              .effort()
              .blinks(Suite.options(LimiterBenchmark.class)
                  .jvm(jdk.java().toString())
                  .param("limiter", limiter.name())
                  .param("question", question.name())
                  .threads(threads)),
          rows,
          result -> row(limiter, result));
    }
    return rows;
  }

  private static Row row(Limiter limiter, RunResult result) {
    List<IterationResult> iterations = undisturbed(result);
    return new Row(
        limiter.title(),
        role(limiter),
        Suite.median(
            iterations,
            each -> Suite.secondary(each, "cpuNanos") / each.getMetadata().getAllOps()),
        Suite.median(iterations, each -> each.getPrimaryResult().getScore()),
        Suite.median(iterations, each -> Suite.secondary(each, Suite.BYTES)),
        "");
  }

  /**
   * {@return the iterations in which no thread was put off} Two threads that take turns do not
   * contend. If these are fewer than three, all: some limiters put their callers off themselves.
   */
  private static List<IterationResult> undisturbed(RunResult result) {
    List<IterationResult> all = Suite.iterations(result);
    List<IterationResult> some = all.stream()
        .filter(each ->
            Suite.secondary(each, "cpuNanos") >= UNDISTURBED * Suite.secondary(each, "wallNanos"))
        .toList();
    return some.size() < 3 ? all : some;
  }

  /** {@return the rows, ours with a word on how they compare with the look at the clock} */
  private static List<Row> compared(List<Row> rows) {
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

  private static Row.Role role(Limiter limiter) {
    return switch (limiter) {
      case NANO_TIME, CAS, FETCH_AND_ADD -> Row.Role.FLOOR;
      case RUNBOOK4J -> Row.Role.BASELINE;
      case RUNBOOK4J_EXACT -> Row.Role.OURS;
      default -> Row.Role.PEER;
    };
  }
}
