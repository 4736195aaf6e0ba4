package io.runbook4j.benchmarks;

import io.runbook4j.alert.AlertRouter;
import io.runbook4j.alert.Rule;
import io.runbook4j.alert.RunbookRules;
import io.runbook4j.alert.Watch;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.ThreadParams;

/** What it costs to tell a watch of one event. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class WatchBenchmark {
  static final String JOB = "resume-sync";

  /** Of so many events one fails. */
  static final int FAILS = 100;

  /** What is measured. */
  @Param
  public Asked asked = Asked.NANO_TIME;

  private String[] users = {""};
  private Instant at = Instant.EPOCH;
  private @Nullable Watch made;

  /** Makes the watch, and the users' keys, in whose order they come. */
  @Setup
  public void make() {
    if (asked.users > 0) {
      users = users(asked.users);
    }
    made = Watch.builder(Time.system(), AlertRouter.builder(Time.system()).build())
        .job(JOB, asked.rules())
        .start();
  }

  /** {@return the presets, and a rule for which users count who are well} */
  static List<Rule> withAllUsers() {
    List<Rule> rules = new ArrayList<>(RunbookRules.resumeSync());
    rules.add(Rule.userFailureRate(0.05, Duration.ofHours(24)));
    return rules;
  }

  /** {@return keys of 18 characters, as Salesforce has them} */
  static String[] users(int count) {
    Random random = new Random(7);
    String[] users = new String[count];
    for (int i = 0; i < count; i++) {
      users[i] = "0055g0000" + Long.toString(100_000_000L + random.nextInt(900_000_000));
    }
    return users;
  }

  /** Reads the clock for the events of an iteration: an event comes with its time. */
  @Setup(Level.Iteration)
  public void begin() {
    at = Instant.now();
  }

  /** Ends the watch. */
  @TearDown
  public void close() {
    watch().close();
  }

  private Watch watch() {
    Watch watch = made;
    if (watch == null) {
      throw new IllegalStateException("the watch must have been made, is not");
    }
    return watch;
  }

  /** Tells of one event. */
  @Benchmark
  public long event(Events events, ThreadTime time) {
    if (asked == Asked.NANO_TIME) {
      return System.nanoTime();
    }
    String user = users[events.next(users.length)];
    if (asked == Asked.KEYS) {
      return sum(user);
    }
    if (events.fails()) {
      watch().failed(JOB, user, FailureKind.SERVER_ERROR, at);
    } else {
      watch().succeeded(JOB, user, at);
    }
    return 0;
  }

  private static long sum(String user) {
    long sum = 0;
    for (int i = 0; i < user.length(); i++) {
      sum += user.charAt(i);
    }
    return sum;
  }

  /** Whose event comes next, for each thread. */
  @State(Scope.Thread)
  public static class Events {
    private int next;
    private int untilFailure;

    /** Lets two threads begin at different users. */
    @Setup
    public void begin(ThreadParams thread) {
      next = thread.getThreadIndex() * 17_000;
    }

    int next(int users) {
      next = next + 1 < users ? next + 1 : 0;
      return next;
    }

    boolean fails() {
      untilFailure = untilFailure > 0 ? untilFailure - 1 : FAILS - 1;
      return untilFailure == 0;
    }
  }

  /** What is measured. */
  public enum Asked {
    /** A look at the clock. */
    NANO_TIME("floor: System.nanoTime", Row.Role.FLOOR, 0),
    /** To read each character of the keys. */
    KEYS("floor: reading 50,000 users' keys", Row.Role.FLOOR, 50_000),
    /** Events of nobody. */
    NOBODY("no user keys", Row.Role.OURS, 0),
    /** Of many, of whom those with a failure count. */
    AFFECTED("50,000 users, those counted who fail", Row.Role.OURS, 50_000),
    /** Of some, all of whom count. */
    THOUSAND("1,000 users, all counted", Row.Role.OURS, 1_000),
    /** Of many, all of whom count. */
    FIFTY_THOUSAND("50,000 users, all counted", Row.Role.BASELINE, 50_000);

    private final String title;
    private final Row.Role role;
    private final int users;

    Asked(String title, Row.Role role, int users) {
      this.title = title;
      this.role = role;
      this.users = users;
    }

    String title() {
      return title;
    }

    Row.Role role() {
      return role;
    }

    private List<Rule> rules() {
      return this == THOUSAND || this == FIFTY_THOUSAND
          ? withAllUsers()
          : RunbookRules.resumeSync();
    }
  }
}
