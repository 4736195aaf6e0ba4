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
      Set<Integer> hashes = new HashSet<>();
      addAll(builder.last(), size == 0 ? 0 : random.nextInt(size), distinct, hashes);
    }
  }

  @Test
  void addWhileNew_afterAPageThatKnowsItsKeysDistinct_stopsAtThoseOfThatPageToo() {
    Random random = new Random(SEED);
    DistinctKeys distinct = new DistinctKeys();
    for (int round = 0; round < 300; round++) {
      distinct.clear();
      Page.Builder<String> rising = Page.builder(0);
      for (int number = 1_000 + random.nextInt(50);
          number < 2_000;
          number += 1 + random.nextInt(9)) {
        rising.add("user-" + number, "value");
      }
      Page<String> page = rising.last();
      Page.Builder<String> other = Page.builder(0);
      for (int i = 0; i < 100; i++) {
        other.add("user-" + (1_000 + random.nextInt(1_000)), "value");
      }
      assertThat(page.hasDistinctKeys()).as("seed %s", SEED).isTrue();
      Set<Integer> hashes = new HashSet<>();
      addAll(page, random.nextInt(page.size()), distinct, hashes);
      addAll(other.last(), 0, distinct, hashes);
    }
  }

  @Test
  void add_afterAPageThatKnowsItsKeysDistinct_refusesThoseThatWereAddedAndNoOther() {
    Page<String> page =
        Page.<String>builder(0).add("a", "").add("b", "").add("c", "").last();
    DistinctKeys distinct = new DistinctKeys();

    assertThat(distinct.addWhileNew(page, 1, 3)).isEqualTo(3);

    assertThat(distinct.add("c")).isFalse();
    assertThat(distinct.add("b")).isFalse();
    assertThat(distinct.add("a")).isTrue();
    distinct.clear();
    assertThat(distinct.addWhileNew(page, 0, 2)).isEqualTo(2);
    distinct.clear();
    assertThat(distinct.add("b")).isTrue();
  }

  @Test
  void addWhileNew_ofTwoPagesThatKnowTheirKeysDistinct_stopsAtAKeyOfBoth() {
    Page<String> first = Page.<String>builder(0).add("a", "").add("c", "").last();
    Page<String> second =
        Page.<String>builder(0).add("b", "").add("c", "").add("d", "").last();
    DistinctKeys distinct = new DistinctKeys();

    assertThat(distinct.addWhileNew(first, 0, 2)).isEqualTo(2);

    assertThat(distinct.addWhileNew(second, 0, 3)).isEqualTo(1);
    assertThat(distinct.add("b")).isFalse();
    assertThat(distinct.add("d")).isTrue();
  }

  private static void addAll(
      Page<String> page, int first, DistinctKeys distinct, Set<Integer> hashes) {
    int from = first;
    while (from < page.size()) {
      int expected = from;
      while (expected < page.size() && hashes.add(page.key(expected).hashCode())) {
        expected++;
      }
      assertThat(distinct.addWhileNew(page, from, page.size()))
          .as("seed %s", SEED)
          .isEqualTo(expected);
      from = expected + 1;
    }
  }
}
