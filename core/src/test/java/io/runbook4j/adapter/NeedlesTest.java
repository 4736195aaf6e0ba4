package io.runbook4j.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NeedlesTest {
  @Test
  void redact_noNeedles_changesNothing() {
    assertThat(new Needles(List.of(), "#").redact("abc")).isEqualTo("abc");
  }

  @Test
  void redact_anyNeedles_blotsWhatAPlainSearchFinds() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);

    for (int round = 0; round < 5_000; round++) {
      Set<String> needles = new LinkedHashSet<>();
      for (int n = random.nextInt(6); n >= 0; n--) {
        needles.add(text(random, 1 + random.nextInt(5)));
      }
      String text = text(random, random.nextInt(40));

      assertThat(new Needles(needles, "#").redact(text))
          .as("seed %d, %s in %s", seed, needles, text)
          .isEqualTo(plainSearch(needles, text));
    }
  }

  private static String text(Random random, int length) {
    return random
        .ints(length, 'a', 'd')
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static String plainSearch(Set<String> needles, String text) {
    boolean[] isHidden = new boolean[text.length()];
    for (String needle : needles) {
      for (int at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1)) {
        for (int i = at; i < at + needle.length(); i++) {
          isHidden[i] = true;
        }
      }
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (!isHidden[i]) {
        out.append(text.charAt(i));
      } else if (i == 0 || !isHidden[i - 1]) {
        out.append('#');
      }
    }
    return out.toString();
  }
}
