package io.runbook4j.alert;

import io.runbook4j.spi.health.Health;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.sync.FailureKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

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
  private final Map<String, double[]> levels = new TreeMap<>();

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
    return it;
  }

  /**
   * Ten events in each bucket; failures put so that over {@code window} buckets the share is
   * exactly the threshold (or {@code extra} failures off), and leave it one by one at its other
   * end.
   */
  static Scenario exact(Duration every, int steps, int window, double share, int extra, long seed) {
    Scenario it = new Scenario(every, steps, new Random(seed), false);
    Arrays.fill(it.ok, 1, steps + 1, 10);
    int failures = (int) Math.round(10 * window * share) + extra;
    for (int i = window + 5; failures > 0 && i <= steps; i++) {
      it.failed[i] = Math.min(10, failures);
      it.ok[i] -= it.failed[i];
      failures -= it.failed[i];
    }
    return it;
  }

  /** Tells a back test everything, each event somewhere in its bucket, often on its very edges. */
  BackTest tell(BackTest test) {
    test.until(START);
    double[] gauge = level("gauge part");
    double[] whole = level("gauge whole");
    double[] streaks = level("failures_in_a_row");
    double[] probeStreaks = level("probe_failures_in_a_row");
    double[] probeSeconds = level("probe_seconds");
    double[] runs = level("run_failed");
    double[] success = level("last_success_timestamp_seconds");
    double[] findings = level("corruption_findings");
    int streak = 0;
    int probeStreak = 0;
    for (int i = 1; i <= steps; i++) {
      copyForward(i);
      findings[i] = 0;
      int longest = 0;
      for (Event event : events(i)) {
        if (event.failed()) {
          test.failed(event.user(), FailureKind.TIMEOUT, event.at());
          longest = Math.max(longest, ++streak);
        } else {
          test.succeeded(event.user(), event.at());
          streak = 0;
          success[i] = i * every.toSeconds();
        }
        count("user_events user=" + event.user(), i);
        if (event.failed()) {
          count("user_failures user=" + event.user(), i);
        }
        latency(test, event, i);
      }
      streaks[i] = Math.max(longest, streak);
      Instant end = START.plus(every.multipliedBy(i)).minusMillis(1);
      if (random.nextInt(4) == 0) {
        gauge[i] = random.nextInt(100);
        whole[i] = 50 + random.nextInt(2) * 50;
        test.gauge("part", gauge[i], end);
        test.gauge("whole", whole[i], end);
        boolean healthy = random.nextBoolean();
        probeStreak = healthy ? 0 : probeStreak + 1;
        probeStreaks[i] = probeStreak;
        long millis = 4_999L + random.nextInt(3);
        probeSeconds[i] = millis / 1e3;
        test.probe(
            new Health(
                healthy ? Health.Status.HEALTHY : Health.Status.UNHEALTHY,
                Duration.ofMillis(millis),
                ""),
            end);
        runs[i] = random.nextInt(12);
        test.run(new Counts(20, 20 - (long) runs[i], (long) runs[i], 0, 0, 0), end);
      }
      if (i == steps / 2 && random.nextBoolean()) {
        findings[i] = 1;
        test.corruption("two rows differ", end);
      }
    }
    test.until(START.plus(every.multipliedBy(steps)));
    return test;
  }

  private void copyForward(int i) {
    levels.forEach((name, values) -> {
      if (!name.startsWith("user_") && !name.startsWith("latency_")) {
        values[i] = values[i - 1];
      }
    });
  }

  private record Event(boolean failed, String user, Instant at) {}

  private List<Event> events(int i) {
    List<Boolean> outcomes = new ArrayList<>();
    for (int e = 0; e < ok[i] + failed[i]; e++) {
      outcomes.add(e < failed[i]);
    }
    Collections.shuffle(outcomes, random);
    long[] offsets = random
        .longs(outcomes.size(), 0, every.toMillis())
        .map(offset ->
            random.nextInt(3) == 0 ? (random.nextBoolean() ? 0 : every.toMillis() - 1) : offset)
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

  private void latency(BackTest test, Event event, int i) {
    long[] choices = {100_000, 1_999_999, 2_000_000, 3_000_000};
    long micros = choices[random.nextInt(event.failed() ? 4 : 2)];
    test.latency(Duration.ofNanos(1_000 * micros), event.at());
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
