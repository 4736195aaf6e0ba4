package io.runbook4j.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Counts as the service does: what was granted when, and what it learned to have cost. */
final class Service {
  private final List<Call> calls = new ArrayList<>();

  /** One call, or a charge without a grant. */
  static final class Call {
    private final long at;
    private final boolean granted;
    private int cost;

    private Call(long at, boolean granted, int cost) {
      this.at = at;
      this.granted = granted;
      this.cost = cost;
    }

    int cost() {
      return cost;
    }

    void giveBack(int permits) {
      cost -= permits;
    }
  }

  synchronized Call granted(long at, int cost) {
    return add(new Call(at, true, cost));
  }

  synchronized void charged(long at, int cost) {
    add(new Call(at, false, cost));
  }

  private Call add(Call call) {
    calls.add(call);
    return call;
  }

  synchronized long total() {
    return calls.stream().mapToLong(call -> call.cost).sum();
  }

  /** No window of the quota, margin included, that ends with a grant holds more than N. */
  synchronized void assertNeverMoreThan(Quota quota, String context) {
    long length = quota.window().plus(quota.margin()).toNanos();
    long sum = 0;
    int first = 0;
    for (Call call : calls) {
      sum += call.cost;
      while (call.at - calls.get(first).at >= length) {
        sum -= calls.get(first).cost;
        first++;
      }
      if (call.granted) {
        assertThat(sum)
            .as("%s: %s, window up to call at %d", context, quota, call.at - calls.get(0).at)
            .isLessThanOrEqualTo(quota.permits());
      }
    }
  }

  /**
   * No window of this length, margin included, that ends with a grant holds more than the largest
   * of the limits that were in force in it.
   *
   * @param limits the limits by the time from which they hold, oldest first
   */
  synchronized void assertNeverMoreThanTheLargest(
      List<Limit> limits, Duration window, String context) {
    for (Call last : calls) {
      long start = last.at - window.toNanos();
      long sum = calls.stream()
          .filter(call -> call.at - start > 0 && call.at - last.at <= 0)
          .mapToLong(call -> call.cost)
          .sum();
      long most = 0;
      for (int i = 0; i < limits.size() && limits.get(i).from() - last.at <= 0; i++) {
        boolean isOver = i + 1 < limits.size() && limits.get(i + 1).from() - start <= 0;
        most = isOver ? most : Math.max(most, limits.get(i).permits());
      }
      assertThat(sum)
          .as("%s: window up to call at %d", context, last.at - calls.get(0).at)
          .isLessThanOrEqualTo(most);
    }
  }

  /** A limit and when it began. */
  record Limit(long from, long permits) {}

  /** Nothing was granted from {@code from} on for that long. */
  synchronized void assertSilent(long from, Duration length, String context) {
    for (Call call : calls) {
      boolean within = call.at - from >= 0 && call.at - from < length.toNanos();
      assertThat(call.granted && within).as("%s: granted while closed", context).isFalse();
    }
  }
}
