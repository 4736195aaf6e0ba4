package io.runbook4j.run;

import io.runbook4j.spi.sync.Outcome;
import java.util.List;
import java.util.Map;

/**
 * What other runs say of a run's items before it begins or goes on. Immutable.
 *
 * @param doubtful the keys of items in doubt, to be verified before they are sent
 * @param settled by key, outcomes that items got in other runs since the run has read them: they
 *     are not sent again
 * @param leftOut what a rerun leaves out, and why
 */
record Known(List<String> doubtful, Map<String, Outcome> settled, List<String> leftOut) {
  static Known nothing() {
    return new Known(List.of(), Map.of(), List.of());
  }
}
