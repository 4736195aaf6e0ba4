package io.runbook4j.limit;

import io.runbook4j.spi.LimitSignal;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a service has said about its limits, by the policy's name: at most {@value #MOST} of each
 * kind, the oldest makes room. Not safe for many threads.
 */
final class Learned {
  private static final int MOST = 16;
  private static final Duration LONGEST_RESET = Duration.ofDays(1);

  private final Map<String, Policy> policies = new LinkedHashMap<>();
  /** What a tighter limit by the same name has replaced, as long as it may count still. */
  private final Map<Said, Former> formers = new LinkedHashMap<>();

  private final Map<String, Allowance> allowances = new LinkedHashMap<>();
  /** What answers said that were overtaken by one about a later window. */
  private final Map<String, Allowance> overtaken = new LinkedHashMap<>();

  /**
   * Takes in how much is left. A reset in the past says nothing; one that is earlier than the known
   * one holds beside it, until it comes.
   */
  void remaining(LimitSignal.Remaining signal, long now) {
    allowances.values().removeIf(allowance -> allowance.isOver(now));
    overtaken.values().removeIf(allowance -> allowance.isOver(now));
    if (signal.reset().isNegative() || signal.reset().isZero()) {
      return;
    }
    long until = now + shorter(signal.reset(), LONGEST_RESET).toNanos();
    long left = Math.max(0, signal.remaining());
    Allowance known = allowances.get(signal.policy());
    boolean isOvertaken = known != null && known.isLaterThan(until);
    note(isOvertaken ? overtaken : allowances, signal.policy(), left, until);
  }

  private static void note(Map<String, Allowance> where, String policy, long left, long until) {
    Allowance known = where.get(policy);
    if (known == null || !known.refine(left, until)) {
      put(where, policy, new Allowance(left, until));
    }
  }

  /*
   * A policy that changes. A paced window does not know how many of its permits were taken within
   * the window, only how far ahead of its pace they are. To count the most that it may hold would
   * be a window of silence after a single call, a day of it where the limit is a day's. So what is
   * ahead of the pace is charged, and a window that a tighter one replaces is kept beside it until
   * all that it has counted before has left. No window then ever holds more than the largest of the
   * limits in force in it. A looser one needs no more than the charge: what it grants at its pace is
   * never more than what has left the earlier window by then, and its own larger room.
   *
   * A limit that comes back while its window is kept goes on with it: it has counted all along. So
   * two limits that take turns under one name neither forget nor starve.
   */

  /**
   * Takes in a limit, unless a configured quota keeps it anyway. It holds at once; a looser one
   * that it replaces stays in force beside it for its window.
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
    formers.values().removeIf(former -> now - former.until >= 0);
    Window window = window(new Said(signal.policy(), quota), known, now);
    if (known != null && quota.covers(known.quota)) {
      long until = now + known.quota.window().plus(known.quota.margin()).toNanos();
      put(formers, new Said(signal.policy(), known.quota), new Former(known.window, until));
    }
    put(policies, signal.policy(), new Policy(quota, window));
  }

  private Window window(Said said, @Nullable Policy known, long now) {
    Former same = formers.remove(said);
    if (same != null) {
      return same.window;
    }
    Window window = said.quota.open(now);
    if (known != null) {
      window.charge(now, known.window.used(now));
    }
    return window;
  }

  /** {@return the windows to keep beside the configured ones} */
  List<Window> windows() {
    return Stream.of(
            policies.values().stream().map(Policy::window),
            formers.values().stream().map(Former::window),
            allowances.values().stream(),
            overtaken.values().stream())
        .<Window>flatMap(Function.identity())
        .toList();
  }

  /** {@return the nanoseconds until no policy says any more that nothing is left} */
  long closedNanos(long now) {
    return Stream.concat(allowances.values().stream(), overtaken.values().stream())
        .mapToLong(allowance -> allowance.closedNanos(now))
        .max()
        .orElse(0);
  }

  private static <K, V> void put(Map<K, V> map, K key, V value) {
    map.remove(key);
    if (map.size() == MOST) {
      map.remove(map.keySet().iterator().next());
    }
    map.put(key, value);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private record Policy(Quota quota, Window window) {}

  private record Said(String policy, Quota quota) {}

  private record Former(Window window, long until) {}
}
