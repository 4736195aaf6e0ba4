package io.runbook4j.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.runbook4j.spi.ledger.ItemResult;
import io.runbook4j.spi.sync.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyListTest {
  private static final long SEED = 20261126;

  @ParameterizedTest
  @ValueSource(strings = {"abc-0123", "abc \"\\/\t\u007f", "abcäß€\uD83D\uDE00"})
  void anyKeys_areThoseThatWereWritten(String letters) throws Exception {
    Random random = new Random(SEED);
    for (int round = 0; round < 200; round++) {
      List<String> keys = keys(letters, 1 + random.nextInt(50), random);
      KeyMarks marks = new KeyMarks();
      List<String> marked = new ArrayList<>();
      List<ItemResult> results = new ArrayList<>();
      for (int i = 0; i < keys.size(); i++) {
        if (random.nextInt(4) == 0) {
          marks.mark(keys.get(i));
          marked.add(keys.get(i));
          results.add(new ItemResult(i, Outcome.succeeded(), false));
        }
      }

      assertThat(written(keys)).as("seed %s", SEED).isEqualTo(keys);
      assertThat(written(keys).at(results)).as("seed %s", SEED).isEqualTo(marked);
      assertThat(marks.among(written(keys)))
          .as("seed %s", SEED)
          .containsAll(marked)
          .isEqualTo(marks.among(keys));
    }
  }

  @Test
  void among_nothingMarked_isEmpty() throws Exception {
    assertThat(new KeyMarks().among(written(List.of("a", "b")))).isEmpty();
  }

  private static KeyList written(List<String> keys) throws Exception {
    byte[] json = (new ObjectMapper().writeValueAsString(keys) + ",\"pages\":[]}")
        .getBytes(StandardCharsets.UTF_8);
    return new KeyList(json, keys.size());
  }

  private static List<String> keys(String letters, int count, Random random) {
    int[] points = letters.codePoints().toArray();
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      StringBuilder key = new StringBuilder();
      for (int n = random.nextInt(12); n >= 0; n--) {
        key.appendCodePoint(points[random.nextInt(points.length)]);
      }
      keys.add(key.append(i).toString());
    }
    return keys;
  }
}
