package io.runbook4j.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runbook4j.spi.sync.Page;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PageTest {
  static List<List<String>> stretches() {
    Page<String> page =
        Page.of(List.of("-", "a", "b", "c", "d"), 1, 5, key -> key, Optional.empty());
    return List.of(page.keys(1, 3), page.values(1, 3), page.keys(0, 3).subList(1, 3));
  }

  @ParameterizedTest
  @CsvSource({
    "'', true",
    "a, true",
    "user-1 user-2 user-3, true",
    "user-19 user-20 user-21, true",
    "a a, false",
    "a b a, false",
    "b a c d, false",
    "Aa BB, false", // two keys of one hash
    "polygenelubricants a b, true", // the lowest hash that there is
  })
  void hasDistinctKeys_isTrueOnlyWhereHashesRise(String text, boolean known) {
    List<String> keys = text.isEmpty() ? List.of() : List.of(text.split(" "));
    Page.Builder<String> built = Page.builder(0);
    keys.forEach(key -> built.add(key, key));

    assertThat(built.last().hasDistinctKeys()).isEqualTo(known);
    assertThat(Page.of(keys, 0, keys.size(), key -> key, Optional.empty()).hasDistinctKeys())
        .isEqualTo(known);
  }

  @Test
  void keys_ofNoItems_areNone() {
    Page<String> page = Page.of(List.of("a"), 0, 1, key -> key, Optional.empty());

    assertThat(page.keys(1, 1)).isEmpty();
    assertThat(page.values(0, 0)).isEmpty();
    assertThatThrownBy(page.keys(1, 1).iterator()::next).isInstanceOf(NoSuchElementException.class);
  }

  @ParameterizedTest
  @MethodSource("stretches")
  void iterator_ofAStretch_givesItsOwnInOrderAndNoMore(List<String> stretch) {
    Iterator<String> walk = stretch.iterator();

    assertThat(walk.next()).isEqualTo("b");
    assertThat(walk.hasNext()).isTrue();
    assertThat(walk.next()).isEqualTo("c");
    assertThat(walk.hasNext()).isFalse();
    assertThatThrownBy(walk::next)
        .isInstanceOf(NoSuchElementException.class)
        .hasMessageContaining("more than 2");
  }

  @ParameterizedTest
  @MethodSource("stretches")
  void iterator_remove_isRefusedAndRemovesNothing(List<String> stretch) {
    Iterator<String> walk = stretch.iterator();
    walk.next();

    assertThatThrownBy(walk::remove).isInstanceOf(UnsupportedOperationException.class);
    assertThat(stretch).containsExactly("b", "c");
  }
}
