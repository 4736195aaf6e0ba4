package io.runbook4j.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runbook4j.spi.sync.Cursor;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Source;
import io.runbook4j.testkit.contract.SourceContract;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CollectionSourceTest extends SourceContract<Integer> {
  private final List<Integer> numbers = IntStream.range(0, 40).boxed().toList();

  @Override
  protected Source<Integer> source() {
    return Sources.of(numbers, number -> "k" + number);
  }

  @Override
  protected List<String> expectedKeys() {
    return numbers.stream().map(number -> "k" + number).toList();
  }

  @Test
  void next_wholeCollection_isOneLastPage() throws Exception {
    assertThat(Reading.pages(source(), Cursor.start(), 40)).hasSize(1);
  }

  @Test
  void of_collectionChangesLater_isNotSeen() throws Exception {
    List<String> items = new ArrayList<>(List.of("a", "b"));
    Source<String> source = Sources.of(items, item -> item);

    items.add("c");

    assertThat(Reading.all(source, 10)).containsExactly("a=a", "b=b");
    assertThat(source.count()).hasValue(2);
  }

  @Test
  void of_empty_isAnEmptyLastPage() throws Exception {
    assertThat(Reading.all(Sources.of(List.<String>of(), item -> item), 5)).isEmpty();
  }

  @Test
  void next_itemsWithoutKey_areUnreadableUnderTheirPlace() throws Exception {
    Source<String> source = Sources.of(Arrays.asList("ok", null, "", "poison", "own"), item -> {
      if (item.equals("poison")) {
        throw new IllegalStateException("cannot");
      }
      if (item.equals("own")) {
        throw new FailureException(Failure.of(FailureKind.MAPPING_MISSING, "no id"));
      }
      return item;
    });

    assertThat(Reading.all(source, 2))
        .containsExactly(
            "ok=ok",
            "item 2!the item is null",
            "item 3!the key function gave no key",
            "item 4!the key function threw java.lang.IllegalStateException: cannot",
            "item 5!no id");
  }

  @Test
  void fetch_keyThatComesTwice_givesBothInOrder() throws Exception {
    Source<String> source = Sources.of(List.of("a1", "b1", "a2", "a3"), x -> x.substring(0, 1));

    assertThat(Reading.shown(source.fetch(List.of("a", "a")).orElseThrow()))
        .containsExactly("a=a1", "a=a2", "a=a3");
  }

  @Test
  void fetch_unreadableItem_isFoundUnderItsPlace() throws Exception {
    Source<String> source = Sources.of(List.of("a", ""), item -> item);

    assertThat(Reading.shown(source.fetch(List.of("item 2")).orElseThrow()))
        .containsExactly("item 2!the key function gave no key");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "-1", " 1", "9999999999999999999", "41"})
  void open_foreignCursor_isRefused(String cursor) {
    assertThatThrownBy(() -> source().open(new Cursor(cursor)))
        .isInstanceOfSatisfying(
            FailureException.class,
            e -> assertThat(e.failure().kind()).isEqualTo(FailureKind.INVALID));
  }
}
