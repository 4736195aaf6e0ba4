package io.runbook4j.alert;

import java.time.Duration;
import java.util.List;

/** By what incidents go. Immutable. */
record Terms(String install, List<String> chain, int rounds, Periods periods, Advisor advisor) {
  /** {@return how often the chain's people are told in all before it is given up} */
  int mostPages() {
    return rounds * chain.size();
  }

  /** How long things may take. */
  record Periods(
      Duration acknowledge,
      Duration update,
      Duration statusPage,
      Duration tooLong,
      Duration coolDown,
      Duration postMortem,
      Duration rootCause) {}
}
