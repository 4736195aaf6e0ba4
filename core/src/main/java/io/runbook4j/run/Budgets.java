package io.runbook4j.run;

import io.runbook4j.limit.RetryBudget;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** One retry budget for each service, shared by all runs of a runner. Safe for many threads. */
final class Budgets {
  private final Map<String, RetryBudget> byService = new ConcurrentHashMap<>();
  private final Supplier<RetryBudget> fresh;

  Budgets(Supplier<RetryBudget> fresh) {
    this.fresh = fresh;
  }

  RetryBudget of(String service) {
    return byService.computeIfAbsent(service, name -> fresh.get());
  }
}
