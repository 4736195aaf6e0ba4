package io.runbook4j.benchmarks;

import io.runbook4j.benchmarks.LimiterBenchmark.Question;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;

/** Makes the limiters' tables: for each JDK, number of threads and question. */
final class LimiterSuite {
  /** How many looks at the clock our exact limiter may take. */
  private static final double MOST_EXACT = 2;

  private final Suite suite;
  private final List<Jdk> jdks;
  private final List<Goal> goals = new ArrayList<>();

  LimiterSuite(Suite suite, List<Jdk> jdks) {
    this.suite = suite;
    this.jdks = jdks;
  }

  void run(Consumer<Table> done) {
    for (int threads = 1; threads <= 2; threads++) {
      for (Question question : Question.values()) {
        for (Jdk jdk : jdks) {
          if (suite.effort().isFull() || question == Question.PERMITTED) {
            done.accept(table(jdk, threads, question));
          }
        }
      }
    }
  }

  private Table table(Jdk jdk, int threads, Question question) {
    String asked = threads == 1 ? "one thread" : "two threads at one limiter";
    String id = (threads == 1 ? "limiter-" : "limiter-two-threads-")
        + question.name().toLowerCase(Locale.ROOT).replace('_', '-');
    boolean first = jdk.equals(jdks.get(0));
    String title = "Limiter, " + asked + ", " + question.title() + ", JDK " + jdk.version();
    Map<Limiter, Row> rows = rows(jdk, threads, question);
    compare(title, threads, question, rows);
    return new Table(
        first ? id : id + "-jdk" + jdk.feature(),
        title,
        "a call",
        Suite.compared(List.copyOf(rows.values())));
  }

  /** {@return what was asked, once the tables are there} */
  List<Goal> goals() {
    return goals;
  }

  private void compare(String title, int threads, Question question, Map<Limiter, Row> rows) {
    if (threads == 1) {
      share(title, Limiter.RUNBOOK4J, Limiter.NANO_TIME, most(question), rows, Row::cpu);
    }
    if (threads == 1 && question == Question.PERMITTED) {
      share(title, Limiter.RUNBOOK4J_EXACT, Limiter.NANO_TIME, MOST_EXACT, rows, Row::cpu);
      goals.add(new Goal(
          title + ": ours, allocated a call",
          "B",
          0,
          // What JMH allocates for an iteration is some thousandths of a byte a call.
          Math.round(of(Limiter.RUNBOOK4J, rows).bytes() * 100) / 100.0));
    }
    if (question == Question.PERMITTED) {
      compareWithFastest(title, threads, rows);
    }
  }

  /**
   * Two threads by the clock: some limiters put their callers to sleep, which takes no processor,
   * and leaves them waiting all the same.
   */
  private void compareWithFastest(String title, int threads, Map<Limiter, Row> rows) {
    ToDoubleFunction<Row> figure = threads == 1 ? Row::cpu : Row::wall;
    String asked = threads == 1 ? title : title + ", on the clock";
    rows.keySet().stream()
        .filter(limiter -> role(limiter) == Row.Role.PEER && limiter.readsClock())
        .min(Comparator.comparingDouble(limiter -> figure.applyAsDouble(of(limiter, rows))))
        .ifPresent(fastest -> share(asked, Limiter.RUNBOOK4J, fastest, 1, rows, figure));
  }

  /** {@return how many looks at the clock our default limiter may take} */
  private static double most(Question question) {
    return switch (question) {
      case PERMITTED, WEIGHT_5 -> 1.6; // a weight must cost nothing
      case DENIED -> 1.35;
      case TWO_WINDOWS -> 1.8;
    };
  }

  private void share(
      String title,
      Limiter ours,
      Limiter other,
      double most,
      Map<Limiter, Row> rows,
      ToDoubleFunction<Row> figure) {
    goals.add(new Goal(
        title + ": " + ours.title() + " / " + other.title(),
        "",
        most,
        figure.applyAsDouble(of(ours, rows)) / figure.applyAsDouble(of(other, rows))));
  }

  private static Row of(Limiter limiter, Map<Limiter, Row> rows) {
    return Objects.requireNonNull(rows.get(limiter), () -> limiter + " must be measured, was not");
  }

  private Map<Limiter, Row> rows(Jdk jdk, int threads, Question question) {
    Map<Limiter, ChainedOptionsBuilder> limiters = new EnumMap<>(Limiter.class);
    for (Limiter limiter : Limiter.values()) {
      if (role(limiter) == Row.Role.FLOOR || limiter.answers(question)) {
        ChainedOptionsBuilder options = Suite.options(LimiterBenchmark.class)
            .jvm(jdk.java().toString())
            .param("limiter", limiter.name())
            .param("question", question.name())
            .threads(threads);
        limiters.put(limiter, suite.effort().blinks().applied(options));
      }
    }
    Map<Limiter, Row> rows = new EnumMap<>(Limiter.class);
    suite
        .inTurns(
            suite.effort().blinks().turns(),
            limiters,
            limiter -> limiter.title() + ", " + question.title() + ", JDK " + jdk.version())
        .forEach((limiter, iterations) ->
            rows.put(limiter, Suite.row(limiter.title(), role(limiter), iterations)));
    return rows;
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
