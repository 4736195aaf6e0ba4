package io.runbook4j.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GateSimulationTest {
  private static final int SEEDS = 25;
  private static final int STEPS = 250;

  @TempDir
  private Path folder;

  /** Nothing lost, nothing applied twice, in order, nothing out while local-only. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anyLife_losesNothingAndRepeatsNothing(boolean newestWins) throws IOException {
    int crashes = 0;
    int breaches = 0;
    int ramps = 0;
    int repeated = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      Path root = Files.createDirectory(folder.resolve("seed" + seed));
      Simulation simulation = new Simulation(root, seed, newestWins);
      try {
        simulation.run(STEPS);
      } catch (Exception | AssertionError e) {
        throw new AssertionError("seed " + seed + ", newest wins: " + newestWins, e);
      }
      crashes += simulation.crashes;
      breaches += simulation.breaches;
      ramps += simulation.ramps;
      repeated += simulation.repeated();
    }

    // A simulation in which nothing happens proves nothing.
    assertThat(crashes).as("crashes").isGreaterThan(SEEDS);
    assertThat(breaches).as("breaches").isGreaterThan(10);
    assertThat(ramps).as("ramps").isGreaterThan(SEEDS);
    assertThat(repeated).as("changes that came again").isGreaterThan(20);
  }
}
