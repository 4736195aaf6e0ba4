package io.runbook4j.run;

import io.runbook4j.integrity.SpotCheck;
import io.runbook4j.spi.ledger.Finding;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * What is looked at when a run is complete. Immutable.
 *
 * @param spotCheck which of the items that succeeded
 * @param checks of the data
 */
record LastLooks(Optional<SpotCheck> spotCheck, List<Callable<List<Finding>>> checks) {
  static LastLooks none() {
    return new LastLooks(Optional.empty(), List.of());
  }

  LastLooks spotCheck(SpotCheck spotCheck) {
    return new LastLooks(Optional.of(spotCheck), checks);
  }

  LastLooks check(Callable<List<Finding>> check) {
    return new LastLooks(
        spotCheck, Stream.concat(checks.stream(), Stream.of(check)).toList());
  }
}
