package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DistinctKeysTest {
  private static final long SEED = 20261123;

  @Test
  void add_random_refusesExactlyTheHashesThatItHas() {
    Random random = new Random(SEED);
    DistinctKeys distinct = new DistinctKeys();
    for (int round = 0; round < 300; round++) {
      distinct.clear();
      Set<Integer> hashes = new HashSet<>();
      int keys = random.nextInt(2_000);
      for (int i = 0; i < keys; i++) {
        String key = Integer.toString(random.nextInt(3_000), 36);
        assertThat(distinct.add(key)).as("seed %s", SEED).isEqualTo(hashes.add(key.hashCode()));
      }
    }
  }
}
