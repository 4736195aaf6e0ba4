package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.spi.sync.Page;
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

  @Test
  void addWhileNew_random_stopsAtTheFirstHashThatItHas() {
    Random random = new Random(SEED);
    DistinctKeys distinct = new DistinctKeys();
    for (int round = 0; round < 300; round++) {
      distinct.clear();
      Page.Builder<String> builder = Page.builder(0);
      int size = random.nextInt(2_000);
      for (int i = 0; i < size; i++) {
        builder.add(Integer.toString(random.nextInt(100_000), 36), "value");
      }
      Page<String> page = builder.last();
      Set<Integer> hashes = new HashSet<>();
      int from = size == 0 ? 0 : random.nextInt(size);
      while (from < size) {
        int expected = from;
        while (expected < size && hashes.add(page.key(expected).hashCode())) {
          expected++;
        }
        assertThat(distinct.addWhileNew(page, from, size)).as("seed %s", SEED).isEqualTo(expected);
        from = expected + 1;
      }
    }
  }
}
