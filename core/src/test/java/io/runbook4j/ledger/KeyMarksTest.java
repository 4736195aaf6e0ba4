package io.runbook4j.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KeyMarksTest {
  private static final long SEED = 20261128;

  private final KeyMarks marks = new KeyMarks();

  @Test
  void among_keysMarkedTwiceInARowAndLater_areAllFoundWhileTheTableGrows() {
    Random random = new Random(SEED);
    List<String> marked = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      mark("user-" + i, marked);
      if (random.nextInt(3) == 0) {
        marks.mark("user-" + i);
      }
      if (random.nextInt(3) == 0) {
        marks.mark(marked.get(random.nextInt(marked.size())));
      }
      if (i % 1_000 == 0) {
        assertThat(marks.among(marked)).as("seed %s", SEED).isEqualTo(marked);
      }
    }

    assertThat(marks.among(marked)).as("seed %s", SEED).isEqualTo(marked);
  }

  @Test
  void among_fewKeysMarkedAgainAndAgain_areFoundBesideThoseThatCameLater() {
    List<String> marked = new ArrayList<>();
    for (String key : List.of("a", "b", "c")) {
      mark(key, marked);
    }
    for (int i = 0; i < 10_000; i++) {
      marks.mark(marked.get(i % 3));
    }
    for (int i = 0; i < 1_000; i++) {
      mark("user-" + i, marked);
    }

    assertThat(marks.among(marked)).isEqualTo(marked);
  }

  @Test
  void among_keysAboveAllMarkedOnesAndAMarkedOneBehindThem_findsIt() {
    marks.mark("user-5");

    assertThat(marks.among(List.of("user-7", "user-8", "user-5"))).contains("user-5");
    assertThat(marks.among(List.of("user-5", "user-6"))).contains("user-5");
    assertThat(marks.among(List.of("user-6", "user-7"))).isEmpty();
  }

  @Test
  void among_keyOfTheLowestHash_isFound() {
    String lowest = "polygenelubricants";
    assertThat(lowest.hashCode()).isEqualTo(Integer.MIN_VALUE);

    marks.mark(lowest);

    assertThat(marks.among(List.of("user-1", lowest))).contains(lowest);
    assertThat(marks.among(List.of(lowest))).containsExactly(lowest);
  }

  @Test
  void among_anyKeysInAnyOrder_missesNone() {
    Random random = new Random(SEED);
    Set<String> marked = new HashSet<>();
    for (int round = 0; round < 2_000; round++) {
      List<String> chunk = IntStream.range(0, 10)
          .mapToObj(i -> "user-" + random.nextInt(10_000))
          .sorted(
              round % 2 == 0 ? Comparator.naturalOrder() : Comparator.comparing(String::hashCode))
          .toList();

      assertThat(marks.among(chunk))
          .as("seed %s, round %s", SEED, round)
          .containsAll(chunk.stream().filter(marked::contains).toList());
      mark(chunk.get(random.nextInt(10)), marked);
    }
  }

  @Test
  void among_markedInFallingOrder_findsTheFirst() {
    marks.mark("user-9");
    marks.mark("user-1");

    assertThat(marks.among(List.of("user-9"))).containsExactly("user-9");
  }

  @Test
  void among_keysThatWereNeverMarked_areRarelyFound() {
    IntStream.range(0, 16_000).forEach(i -> marks.mark("user-" + i));
    List<String> others =
        IntStream.range(16_000, 116_000).mapToObj(i -> "user-" + i).toList();

    assertThat(marks.among(others)).hasSizeLessThan(others.size() / 500);
  }

  private void mark(String key, Collection<String> marked) {
    marks.mark(key);
    marked.add(key);
  }
}
