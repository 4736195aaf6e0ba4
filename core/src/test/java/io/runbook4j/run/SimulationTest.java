package io.runbook4j.run;

import io.runbook4j.ledger.FileLedger;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The promises of a run that need no machine of their own, over seeds:
 * {@code -Dsimulation.seeds=100000}, or one seed: {@code -Dsimulation.seed=17}.
 */
class SimulationTest {
  private static final int SEEDS = Integer.getInteger("simulation.seeds", 2_000);

  @TempDir
  private Path folder;

  @Test
  void promises_whateverHappens_hold() {
    Long one = Long.getLong("simulation.seed");
    long first = one == null ? 0 : one;
    long last = one == null ? SEEDS - 1 : one;
    for (long seed = first; seed <= last; seed++) {
      Path ledger = folder.resolve("seed-" + seed);
      try {
        new Simulation(
                seed,
                () -> FileLedger.builder(ledger).force(FileLedger.Force.NEVER).open())
            .run();
      } catch (Throwable e) {
        throw new AssertionError(
            "Seed " + seed + " breaks a promise. Repeat it with: mvn -pl core -am test"
                + " -Dtest=SimulationTest -Dsurefire.failIfNoSpecifiedTests=false -Dsimulation.seed="
                + seed,
            e);
      }
    }
  }
}
