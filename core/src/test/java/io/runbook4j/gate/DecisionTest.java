package io.runbook4j.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DecisionTest {
  @Test
  void share_vectors_areAsAnyLanguageComputesThem() {
    // Python: int.from_bytes(sha256(b"ramp-1:customer-7").digest()[:8], "big") % 10000
    assertLets("ramp-1", "customer-7", 7_111);
    assertLets("ramp-1", "Zo\u00eb", 326);
    assertLets("ramp-2", "customer-7", 5_219);
  }

  private static void assertLets(String ramp, String key, int bucket) {
    for (int percent = 1; percent <= 100; percent++) {
      assertThat(Decision.share(ramp, percent).lets(key))
          .as("%s:%s at %s %%", ramp, key, percent)
          .isEqualTo(bucket < 100 * percent);
    }
  }

  @Test
  void share_manyKeys_isFairAndIndependentOfOtherRamps() {
    Decision first = Decision.share("ramp-1", 10);
    Decision second = Decision.share("ramp-2", 10);
    List<String> in = IntStream.range(0, 100_000)
        .mapToObj(i -> "user:" + i)
        .filter(first::lets)
        .toList();

    assertThat(in).hasSize(10_001);
    assertThat(in.stream().filter(second::lets).count() / (double) in.size()).isBetween(0.09, 0.11);
  }
}
