package io.runbook4j.benchmarks;

import io.runbook4j.benchmarks.LimiterBenchmark.Question;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;

/** Makes the limiters' tables: for each JDK, number of threads and question. */
final class LimiterSuite {
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
        Suite.compared(rows(jdk, threads, question)));
  }

  private List<Row> rows(Jdk jdk, int threads, Question question) {
    Map<Limiter, ChainedOptionsBuilder> rows = new EnumMap<>(Limiter.class);
    for (Limiter limiter : Limiter.values()) {
      if (role(limiter) == Row.Role.FLOOR || limiter.answers(question)) {
        ChainedOptionsBuilder options = Suite.options(LimiterBenchmark.class)
            .jvm(jdk.java().toString())
            .param("limiter", limiter.name())
            .param("question", question.name())
            .threads(threads);
        rows.put(limiter, suite.effort().blinks(options));
      }
    }
    return suite
        .inTurns(
            suite.effort().blinkTurns(),
            rows,
            limiter -> limiter.title() + ", " + question.title() + ", JDK " + jdk.version())
        .entrySet()
        .stream()
        .map(row -> Suite.row(row.getKey().title(), role(row.getKey()), row.getValue()))
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
