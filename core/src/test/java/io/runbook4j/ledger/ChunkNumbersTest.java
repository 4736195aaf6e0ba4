package io.runbook4j.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChunkNumbersTest {
  @Test
  void take_anyOrder_isFreeOnce() {
    long seed = 20261123;
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      ChunkNumbers numbers = new ChunkNumbers();
      Set<Integer> taken = new HashSet<>();
      for (int i = 0; i < 60; i++) {
        int number = 1 + random.nextInt(40);
        assertThat(numbers.take(number)).as("seed %s", seed).isEqualTo(taken.add(number));
      }
      assertThat(numbers.highest()).isEqualTo(java.util.Collections.max(taken));
    }
  }
}
