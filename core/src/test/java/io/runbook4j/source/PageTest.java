package io.runbook4j.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runbook4j.spi.sync.Page;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PageTest {
  static List<List<String>> stretches() {
    Page<String> page =
        Page.of(List.of("-", "a", "b", "c", "d"), 1, 5, key -> key, Optional.empty());
    return List.of(page.keys(1, 3), page.values(1, 3), page.keys(0, 3).subList(1, 3));
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
