package io.runbook4j.limit;

import io.runbook4j.spi.LimitSignal;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a service has said about its limits, by the policy's name: at most {@value #MOST} of each
 * kind, the oldest makes room. Not safe for many threads.
 */
final class Learned {
  private static final int MOST = 16;
  private static final Duration LONGEST_RESET = Duration.ofDays(1);

  private final Map<String, Policy> policies = new LinkedHashMap<>();
  private final Map<String, Allowance> allowances = new LinkedHashMap<>();

  /** Takes in how much is left. A reset in the past says nothing. */
  void remaining(LimitSignal.Remaining signal, long now) {
    allowances.values().removeIf(allowance -> allowance.isOver(now));
    if (signal.reset().isNegative() || signal.reset().isZero()) {
      return;
    }
    long until = now + shorter(signal.reset(), LONGEST_RESET).toNanos();
    long left = Math.max(0, signal.remaining());
    Allowance known = allowances.get(signal.policy());
    if (known == null || !known.refine(left, until)) {
      put(allowances, signal.policy(), new Allowance(left, until));
    }
  }

  /**
   * Takes in a limit, unless a configured quota keeps it anyway. What is counted under the policy's
   * earlier limit stays counted.
   */
  void policy(LimitSignal.Policy signal, Collection<Quota> configured, long now) {
    if (signal.window().isNegative() || signal.window().isZero()) {
      return;
    }
    Quota quota = Quota.of(
        Math.min(signal.permits(), Quota.MOST_PERMITS),
        shorter(signal.window(), Quota.LONGEST_WINDOW));
    Policy known = policies.get(signal.policy());
    if (known != null && known.quota.equals(quota)) {
      return;
    }
    if (configured.stream().anyMatch(other -> other.covers(quota))) {
      policies.remove(signal.policy());
      return;
    }
    Window window = quota.open(now);
    if (known != null) {
      window.charge(now, known.window.used(now));
    }
    put(policies, signal.policy(), new Policy(quota, window));
  }

  /** {@return the windows to keep beside the configured ones} */
  List<Window> windows() {
    return Stream.<Window>concat(
            policies.values().stream().map(Policy::window), allowances.values().stream())
        .toList();
  }

  /** {@return the nanoseconds until no policy says any more that nothing is left} */
  long closedNanos(long now) {
    return allowances.values().stream()
        .mapToLong(allowance -> allowance.closedNanos(now))
        .max()
        .orElse(0);
  }

  private static <V> void put(Map<String, V> map, String name, V value) {
    map.remove(name);
    if (map.size() == MOST) {
      map.remove(map.keySet().iterator().next());
    }
    map.put(name, value);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private record Policy(Quota quota, Window window) {}
}
