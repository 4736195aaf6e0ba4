package io.runbook4j.run;

import io.runbook4j.spi.ledger.Counts;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * How far a run is.
 *
 * @param counts the run's items so far
 * @param expected about how many items there are in all; empty if the source does not say
 * @param elapsed since this process began or resumed the run
 * @param here how many items got their outcome in this process
 */
public record Progress(Counts counts, OptionalLong expected, Duration elapsed, long here) {
  /** {@return items with an outcome per second in this process; 0 at the beginning} */
  public double rate() {
    double seconds = elapsed.toNanos() / 1e9;
    return seconds <= 0 ? 0 : here / seconds;
  }

  /** {@return the share that has an outcome, from 0 to 1; empty if the total is not known} */
  public OptionalDouble share() {
    return expected.isEmpty() || expected.getAsLong() <= 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(Math.min(1.0, counts.settled() / (double) expected.getAsLong()));
  }
}
