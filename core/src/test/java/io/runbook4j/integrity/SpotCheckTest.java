package io.runbook4j.integrity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runbook4j.integrity.SpotCheck.Picks;
import io.runbook4j.spi.ledger.Finding;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Target;
import io.runbook4j.spi.sync.Target.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SpotCheckTest {
  private static final SpotCheck THREE_TO_FIVE = SpotCheck.of(3, 5);

  /** Says of some keys that they are there, and of others that they are not. */
  private static final class Shelf implements Target<String> {
    private final Map<String, Verdict> verdicts = new HashMap<>();
    private final List<Integer> asked = new ArrayList<>();
    private int maxChunk = 100;

    @Override
    public ChunkResult apply(Chunk<String> chunk) {
      throw new IllegalStateException("a check applies nothing");
    }

    @Override
    public int maxChunk() {
      return maxChunk;
    }

    @Override
    public Optional<Map<String, Verdict>> verify(List<String> keys) {
      asked.add(keys.size());
      return Optional.of(verdicts);
    }
  }

  private static Picks picks(long seed, int items) {
    Picks picks = THREE_TO_FIVE.start(seed);
    for (int i = 0; i < items; i++) {
      picks.add("k" + i);
    }
    return picks;
  }

  @Test
  void keys_anySeed_areThreeToFiveDifferentOnesAndAllThreeCountsOccur() {
    Set<Integer> counts = new TreeSet<>();
    for (int seed = 0; seed < 100; seed++) {
      List<String> keys = picks(seed, 1_000).keys();
      counts.add(keys.size());
      assertThat(keys).doesNotHaveDuplicates();
      assertThat(picks(seed, 1_000).keys()).isEqualTo(keys);
    }

    assertThat(counts).containsExactly(3, 4, 5);
  }

  @Test
  void keys_fewerSucceeded_areAllOfThem() {
    assertThat(picks(1, 0).keys()).isEmpty();
    assertThat(picks(1, 2).keys()).containsExactly("k0", "k1");
  }

  @Test
  void keys_manySeeds_eachItemHasTheSameChance() {
    int[] picked = new int[20];
    int rounds = 20_000;
    for (int seed = 0; seed < rounds; seed++) {
      picks(seed, picked.length)
          .keys()
          .forEach(key -> picked[Integer.parseInt(key.substring(1))]++);
    }

    // 4 of 20 each time: 4,000 expected, with a standard deviation of 57.
    for (int count : picked) {
      assertThat(count).isBetween(4_000 - 6 * 57, 4_000 + 6 * 57);
    }
  }

  @Test
  void verify_absentItem_isAFindingWithTheSeed() throws Exception {
    Picks picks = picks(42, 100);
    Shelf shelf = new Shelf();
    picks.keys().forEach(key -> shelf.verdicts.put(key, Verdict.APPLIED));
    String absent = picks.keys().get(1);
    shelf.verdicts.put(absent, Verdict.ABSENT);
    shelf.verdicts.put("nobody asked for", Verdict.ABSENT);

    SpotCheck.Result result = picks.verify("photos", shelf);

    assertThat(result.seed()).isEqualTo(42).isEqualTo(picks.seed());
    assertThat(result.verdicts().keySet()).containsExactlyElementsOf(picks.keys());
    assertThat(result.findings())
        .containsExactly(new Finding(
            "spot-check",
            "photos",
            false,
            1,
            List.of(absent + " succeeded and is not there (seed 42)")));
    assertThat(result.text())
        .startsWith("spot check with seed 42: ")
        .contains(absent + "=ABSENT")
        .contains(picks.keys().get(0) + "=APPLIED");
  }

  @Test
  void verify_allThereOrUnknown_findsNothingAndSaysWhatIsUnknown() throws Exception {
    Picks picks = picks(1, 100);
    Shelf shelf = new Shelf();
    shelf.verdicts.put(picks.keys().get(0), Verdict.APPLIED);

    SpotCheck.Result result = picks.verify("photos", shelf);

    assertThat(result.findings()).isEmpty();
    assertThat(result.verdicts().get(picks.keys().get(0))).isEqualTo(Verdict.APPLIED);
    assertThat(result.verdicts().get(picks.keys().get(1))).isEqualTo(Verdict.UNKNOWN);
  }

  @Test
  void verify_targetThatCannotLookOrNothingSucceeded_findsNothing() throws Exception {
    Target<String> blind = chunk -> ChunkResult.builder().build();

    assertThat(picks(1, 9).verify("photos", blind).verdicts().values())
        .isNotEmpty()
        .containsOnly(Verdict.UNKNOWN);
    assertThat(picks(1, 0).verify("photos", new Shelf()).text())
        .isEqualTo("spot check with seed 1: nothing succeeded");
  }

  @Test
  void verify_targetTakesTwoAtATime_asksInParts() throws Exception {
    Shelf shelf = new Shelf();
    shelf.maxChunk = 2;
    Picks picks = SpotCheck.of(5, 5).start(1);
    for (int i = 0; i < 100; i++) {
      picks.add("k" + i);
    }

    assertThat(picks.verify("photos", shelf).verdicts()).hasSize(5);
    assertThat(shelf.asked).containsExactly(2, 2, 1);
  }

  @Test
  void of_wrongNumbers_isRefused() {
    assertThatThrownBy(() -> SpotCheck.of(0, 5)).hasMessageContaining("was 0 and 5");
    assertThatThrownBy(() -> SpotCheck.of(5, 3)).hasMessageContaining("was 5 and 3");
    assertThatThrownBy(() -> SpotCheck.of(1, 1_001)).hasMessageContaining("was 1 and 1001");
  }
}
