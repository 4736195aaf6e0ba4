package io.runbook4j.benchmarks;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What one question to a limiter costs that never waits. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LimiterBenchmark {
  /** Which limiter. */
  @Param
  public Limiter limiter = Limiter.NANO_TIME;

  /** What is asked of it. */
  @Param
  public Question question = Question.PERMITTED;

  private BooleanSupplier take = () -> false;

  /** Makes the limiter. */
  @Setup
  public void make() {
    take = limiter.open(question);
  }

  /** Asks for a permit. */
  @Benchmark
  public boolean take(ThreadTime time) {
    return take.getAsBoolean();
  }

  /** What is asked. */
  public enum Question {
    /** One permit, always free. */
    PERMITTED("permitted"),
    /** One permit, never free. */
    DENIED("denied"),
    /** Five permits, always free. */
    WEIGHT_5("weight 5"),
    /** One permit of a quota a second and a quota a minute, always free. */
    TWO_WINDOWS("two windows");

    private final String title;

    Question(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }
  }
}
