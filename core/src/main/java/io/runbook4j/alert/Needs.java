package io.runbook4j.alert;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What the rules of a job want to be counted. Not safe for many threads. */
final class Needs {
  final Set<Tier> tiers = EnumSet.noneOf(Tier.class);
  final Set<String> gauges = new HashSet<>();
  final List<Long> thresholdMicros = new ArrayList<>();
  int userMinutes;

  /** Whether users without a failure count, too. */
  boolean allUsers;

  static Needs of(List<Rule> rules) {
    Needs needs = new Needs();
    rules.forEach(rule -> rule.condition().declare(needs, rule.clearShare()));
    return needs;
  }

  void counts(Duration window) {
    tiers.add(Tier.of(window));
  }

  void failedUsers(Duration window) {
    userMinutes = Math.max(userMinutes, (int) window.toMinutes());
  }

  void allUsers(Duration window) {
    failedUsers(window);
    allUsers = true;
  }

  void latency(long micros) {
    thresholdMicros.add(micros);
  }

  void gauge(String name) {
    gauges.add(name);
  }

  Latencies latencies() {
    return new Latencies(thresholdMicros.stream().mapToLong(Long::longValue).toArray());
  }

  /** {@return the most bytes that it all takes for a job} Objects' headers are left out. */
  long bytes() {
    long bytes = 16L * 4 * JobSeries.CELLS + 4L * JobSeries.KIND_MINUTES * (JobSeries.CELLS - 1);
    for (Tier tier : tiers) {
      bytes += 8L * tier.buckets();
    }
    if (userMinutes > 0) {
      bytes += UserTable.MOST_BYTES;
    }
    if (!thresholdMicros.isEmpty()) {
      bytes += 4L * latencies().cells() * (16 + JobSeries.LATENCY_MINUTES);
    }
    return bytes + 100L * gauges.size();
  }
}
