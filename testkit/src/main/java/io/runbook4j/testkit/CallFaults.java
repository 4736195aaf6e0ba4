package io.runbook4j.testkit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Which calls of a simulated service go wrong. Not safe for many threads. */
final class CallFaults {
  private final Map<Integer, CallFault> planned = new HashMap<>();
  private final List<CallFault> choices = new ArrayList<>();
  private double share;

  CallFaults() {}

  CallFaults(CallFaults other) {
    planned.putAll(other.planned);
    choices.addAll(other.choices);
    share = other.share;
  }

  void plan(int call, CallFault fault) {
    planned.put(call, fault);
  }

  void choose(double ofAllCalls, List<CallFault> from) {
    share = ofAllCalls;
    choices.clear();
    choices.addAll(from);
  }

  void clear() {
    planned.clear();
    share = 0;
  }

  Optional<CallFault> next(int call, RandomGenerator chance) {
    CallFault fault = planned.get(call);
    if (fault == null && share > 0 && chance.nextDouble() < share) {
      fault = choices.get(chance.nextInt(choices.size()));
    }
    return Optional.ofNullable(fault);
  }
}
