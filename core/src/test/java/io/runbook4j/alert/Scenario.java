package io.runbook4j.alert;

import io.runbook4j.spi.health.Health;
import io.runbook4j.spi.ledger.Counts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * A series of buckets, made by chance and on purpose, that can be told to our rules and to
 * Prometheus. Bucket i ends at i steps from the beginning; a sample stamped so holds it.
 */
final class Scenario {
  static final Instant START = Instant.parse("2026-03-02T00:00:00Z");
  private static final int USERS = 40;

  final Duration every;
  final int steps;
  private final Random random;
  private final int[] ok;
  private final int[] failed;
  private final boolean hasUsers;
  private final Map<Integer, Long> pinned = new HashMap<>();
  private final Map<String, double[]> levels = new TreeMap<>();
  private final List<Told> told = new ArrayList<>();

  private Scenario(Duration every, int steps, Random random, boolean hasUsers) {
    this.every = every;
    this.steps = steps;
    this.random = random;
    this.ok = new int[steps + 1];
    this.failed = new int[steps + 1];
    this.hasUsers = hasUsers;
  }

  /** Stretches of traffic and of failure rates, with gaps and bursts. */
  static Scenario random(Duration every, int steps, long seed, boolean hasUsers) {
    Random random = new Random(seed);
    Scenario it = new Scenario(every, steps, random, hasUsers);
    int i = 1;
    while (i <= steps) {
      int length = 1 + random.nextInt(Math.max(2, steps / 8));
      int traffic = random.nextInt(5) == 0 ? 0 : 1 + random.nextInt(30);
      double[] rates = {0, 0.005, 0.02, 0.07, 0.1, 0.25, 0.3, 1};
      double rate = rates[random.nextInt(rates.length)];
      for (int end = Math.min(steps, i + length); i <= end; i++) {
        int events = traffic == 0 ? 0 : random.nextInt(traffic + 1);
        for (int e = 0; e < events; e++) {
          if (random.nextDouble() < rate) {
            it.failed[i]++;
          } else {
            it.ok[i]++;
          }
        }
      }
    }
    return it.happen();
  }

  /** Traffic that does not change, with failures that leave the window bucket by bucket. */
  static Scenario exact(Duration every, Crossing at, long seed) {
    Random random = new Random(seed);
    int traffic = 10 * (1 + random.nextInt(2));
    int failures = (int) Math.round(traffic * at.window() * at.share()) + at.extra();
    int steps = at.first() + at.window() + 30;
    Scenario it = new Scenario(every, steps, random, false);
    Arrays.fill(it.ok, 1, steps + 1, traffic);
    for (int i = at.first(); failures > 0; i++) {
      it.failed[i] = Math.min(traffic, failures);
      it.ok[i] -= it.failed[i];
      failures -= it.failed[i];
    }
    return it.happen();
  }

  /**
   * Pairs of failures, each so far apart that a window of so many buckets just holds both, or just
   * does not: one on the first instant of a bucket, the other on the last instant of the window or
   * on the next one.
   */
  static Scenario pairs(Duration every, int steps, int window, long seed) {
    Scenario it = new Scenario(every, steps, new Random(seed), false);
    int i = 1 + it.random.nextInt(window);
    while (i + 2 * window < steps) {
      boolean isOneWindow = it.random.nextBoolean();
      it.put(i, 0);
      i += isOneWindow ? window - 1 : window;
      it.put(i, isOneWindow ? every.toMillis() - 1 : 0);
      i += window + 1 + it.random.nextInt(window);
    }
    return it.happen();
  }

  private void put(int bucket, long offset) {
    failed[bucket] = 1;
    pinned.put(bucket, offset);
  }

  /** Makes what happens, each event somewhere in its bucket, often on its very edges. */
  private Scenario happen() {
    double[] streaks = level("failures_in_a_row");
    double[] success = level("last_success_timestamp_seconds");
    level("probe_failures_in_a_row");
    level("run_failed");
    double[] findings = level("corruption_findings");
    int streak = 0;
    for (int i = 1; i <= steps; i++) {
      copyForward(i);
      findings[i] = 0;
      int longest = 0;
      for (Event event : events(i)) {
        streak = event.failed() ? streak + 1 : 0;
        longest = Math.max(longest, streak);
        if (!event.failed()) {
          success[i] = i * every.toSeconds();
        }
        outcome(event, i);
        latency(event, i);
      }
      streaks[i] = Math.max(longest, streak);
      Instant end = end(i).minusMillis(1);
      if (random.nextInt(4) == 0) {
        singles(end, i);
      }
      if (i == steps / 2 && random.nextBoolean()) {
        findings[i] = 1;
        tell(end, hearer -> hearer.corruption("two rows differ", end));
      }
    }
    return this;
  }

  private void outcome(Event event, int i) {
    tell(event.at(), hearer -> hearer.outcome(event.failed(), event.user(), event.at()));
    count("user_events user=" + event.user(), i);
    if (event.failed()) {
      count("user_failures user=" + event.user(), i);
    }
  }

  private void singles(Instant end, int i) {
    double part = random.nextInt(100);
    double whole = random.nextInt(3) * 50;
    level("gauge part")[i] = part;
    level("gauge whole")[i] = whole;
    tell(end, hearer -> hearer.gauge("part", part, end));
    tell(end, hearer -> hearer.gauge("whole", whole, end));
    boolean isHealthy = random.nextBoolean();
    double[] failures = level("probe_failures_in_a_row");
    failures[i] = isHealthy ? 0 : failures[i] + 1;
    Duration took = Duration.ofMillis(4_999L + random.nextInt(3));
    level("probe_seconds")[i] = took.toMillis() / 1e3;
    Health.Status status = isHealthy ? Health.Status.HEALTHY : Health.Status.UNHEALTHY;
    tell(end, hearer -> hearer.probe(new Health(status, took, ""), end));
    long lost = random.nextInt(12);
    level("run_failed")[i] = lost;
    tell(end, hearer -> hearer.run(new Counts(20, 20 - lost, lost, 0, 0, 0), end));
  }

  private void tell(Instant at, Consumer<Hearer> word) {
    told.add(new Told(at, word));
  }

  /** {@return the instant at which a bucket ends, and rules are judged} */
  Instant end(int bucket) {
    return START.plus(every.multipliedBy(bucket));
  }

  /** Tells everything; after each bucket {@code judged} is called with its number. */
  void tell(Hearer hearer, IntConsumer judged) {
    hearer.until(START);
    int next = 0;
    for (int i = 1; i <= steps; i++) {
      for (; next < told.size() && told.get(next).at().isBefore(end(i)); next++) {
        hearer.until(told.get(next).at());
        told.get(next).word().accept(hearer);
      }
      hearer.until(end(i));
      judged.accept(i);
    }
  }

  private void copyForward(int i) {
    levels.forEach((name, values) -> {
      if (!name.startsWith("user_") && !name.startsWith("latency_")) {
        values[i] = values[i - 1];
      }
    });
  }

  /**
   * Where failures make a share exactly that of a threshold.
   *
   * @param window of so many buckets
   * @param first the bucket from which on they come
   * @param share the threshold
   * @param extra how many failures more, or less, there are
   */
  record Crossing(int window, int first, double share, int extra) {}

  private record Event(boolean failed, String user, Instant at) {}

  private record Told(Instant at, Consumer<Hearer> word) {}

  /** Who is told a scenario. */
  interface Hearer {
    /** Lets the time pass until then; what comes next happens then. */
    void until(Instant at);

    void outcome(boolean failed, String user, Instant at);

    void latency(Duration took, Instant at);

    void probe(Health health, Instant at);

    void gauge(String name, double value, Instant at);

    void run(Counts counts, Instant at);

    void corruption(String text, Instant at);
  }

  private List<Event> events(int i) {
    List<Boolean> outcomes = new ArrayList<>();
    for (int e = 0; e < ok[i] + failed[i]; e++) {
      outcomes.add(e < failed[i]);
    }
    Collections.shuffle(outcomes, random);
    long[] offsets = random
        .longs(outcomes.size(), 0, every.toMillis())
        .map(offset -> pinned.getOrDefault(i, onAnEdge(offset)))
        .sorted()
        .toArray();
    Instant begin = START.plus(every.multipliedBy(i - 1L));
    List<Event> events = new ArrayList<>();
    for (int e = 0; e < offsets.length; e++) {
      String user = hasUsers ? "u" + random.nextInt(1 + (i * USERS) / steps) : "";
      events.add(new Event(outcomes.get(e), user, begin.plusMillis(offsets[e])));
    }
    return events;
  }

  private long onAnEdge(long offset) {
    return random.nextInt(3) == 0 ? (random.nextBoolean() ? 0 : every.toMillis() - 1) : offset;
  }

  private void latency(Event event, int i) {
    long[] choices = {100_000, 1_999_999, 2_000_000, 3_000_000};
    long micros = choices[random.nextInt(event.failed() ? 4 : 2)];
    Duration took = Duration.ofNanos(1_000 * micros);
    tell(event.at(), hearer -> hearer.latency(took, event.at()));
    count("latency_seconds_count", i);
    count("latency_seconds_bucket le=+Inf", i);
    count("latency_seconds_bucket le=10", i);
    if (micros < 2_000_000) {
      count("latency_seconds_bucket le=2", i);
    }
    if (micros < 1_000_000) {
      count("latency_seconds_bucket le=1", i);
    }
  }

  private double[] level(String name) {
    return levels.computeIfAbsent(name, unused -> new double[steps + 1]);
  }

  private void count(String name, int i) {
    if (!name.endsWith("user=")) {
      level(name)[i]++;
    }
  }

  /** {@return the series as promtool's input, one line each} */
  String inputSeries(String job) {
    StringBuilder yaml = new StringBuilder();
    series(yaml, "events", job, sum());
    series(yaml, "failures", job, Arrays.stream(failed).asDoubleStream().toArray());
    levels.forEach((name, values) -> series(yaml, name, job, values));
    return yaml.toString();
  }

  private double[] sum() {
    double[] sum = new double[steps + 1];
    Arrays.setAll(sum, i -> ok[i] + failed[i]);
    return sum;
  }

  private static void series(StringBuilder yaml, String name, String job, double[] values) {
    String[] parts = name.split(" ", -1);
    String label = parts.length == 1
        ? ""
        : parts[1].contains("=")
            ? "," + parts[1].replaceFirst("=(.*)", "=\"$1\"")
            : ",name=\"" + parts[1] + "\"";
    yaml.append("  - series: 'runbook4j_")
        .append(parts[0])
        .append("{job=\"")
        .append(job)
        .append('"')
        .append(label)
        .append("}'\n    values: '");
    for (double value : values) {
      yaml.append(value == (long) value ? String.valueOf((long) value) : String.valueOf(value))
          .append(' ');
    }
    yaml.append("'\n");
  }
}
