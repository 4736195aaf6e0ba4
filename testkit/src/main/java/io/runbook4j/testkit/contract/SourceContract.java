package io.runbook4j.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.runbook4j.spi.sync.Cursor;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.Page;
import io.runbook4j.spi.sync.PageReader;
import io.runbook4j.spi.sync.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a run relies on from every source. Extend it, and give a source with a few dozen items: each
 * page boundary is tried.
 *
 * @param <T> the type of the items' values
 */
public abstract class SourceContract<T> {
  /** For adapters' tests to extend. */
  protected SourceContract() {}

  /** {@return the source; called again for each new reader, always over the same data} */
  protected abstract Source<T> source() throws Exception;

  /** {@return the keys of all its items, in order; at least two} */
  protected abstract List<String> expectedKeys();

  /** {@return a key that the source does not know, of the right form} */
  protected String unknownKey() {
    return "no-such-key";
  }

  /**
   * {@return a cursor that the source never gives, and so must refuse; empty if any text may be one
   * of its own} Default a text that is neither a number, a key nor an offset.
   */
  protected Optional<Cursor> foreignCursor() {
    return Optional.of(new Cursor("\u00a7 no cursor of this source"));
  }

  /** Reads all, with pages of several sizes. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 1000})
  @DisplayName("reading from the start gives every key, in order, and ends")
  public void read_fromTheStart_givesAllKeysInOrder(int limit) throws Exception {
    assertThat(expectedKeys()).as("expectedKeys()").hasSizeGreaterThan(1);

    List<String> keys = SourceReading.keys(source(), Cursor.start(), limit);

    assertThat(keys).as("keys, read by %d", limit).isEqualTo(expectedKeys());
    assertThat(keys).as("keys").allMatch(key -> !key.isEmpty(), "not empty");
  }

  /** Goes on in a new reader after each page. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 1000})
  @DisplayName("every page's cursor, in a new reader, gives exactly the rest")
  public void open_atEachCursor_givesExactlyTheRest(int limit) throws Exception {
    List<String> all = expectedKeys();
    int read = 0;
    for (Page<T> page : SourceReading.pages(source(), Cursor.start(), limit)) {
      read += page.size();
      if (page.next().isPresent()) {
        Cursor cursor = new Cursor(page.next().orElseThrow().value()); // as another process has it
        for (int resumedLimit : List.of(limit, 3)) {
          assertThat(SourceReading.keys(source(), cursor, resumedLimit))
              .as("keys after the first %d, resumed at %s, read by %d", read, cursor, resumedLimit)
              .isEqualTo(all.subList(Math.min(read, all.size()), all.size()));
        }
      }
    }
  }

  /** Opens at a cursor of another source. */
  @Test
  @DisplayName("a cursor that is not the source's own is refused, not read as some position")
  public void open_foreignCursor_isRefused() throws Exception {
    assumeThat(SourceReading.pages(source(), Cursor.start(), 1).get(0).next())
        .as("the source gives cursors")
        .isPresent();
    Optional<Cursor> foreign = foreignCursor();
    assumeThat(foreign)
        .as("the source has cursors that it can tell from others")
        .isPresent();

    Throwable refusal =
        catchThrowable(() -> SourceReading.firstPage(source(), foreign.orElseThrow()));

    assertThat(refusal)
        .as(
            "what reading at the foreign %s threw; a run that is resumed there must not begin"
                + " again, nor leave items out",
            foreign.orElseThrow())
        .isInstanceOfAny(FailureException.class, IllegalArgumentException.class);
  }

  /** Reads with two readers of one source, page by page in turn. */
  @Test
  @DisplayName("two readers at once do not disturb each other")
  public void open_twoReadersInTurn_eachGivesAll() throws Exception {
    Source<T> source = source();
    List<List<String>> seen = List.of(new ArrayList<>(), new ArrayList<>());
    try (PageReader<T> first = source.open(Cursor.start());
        PageReader<T> second = source.open(Cursor.start())) {
      boolean firstHasMore = true;
      boolean secondHasMore = true;
      for (int turn = 0; firstHasMore || secondHasMore; turn++) {
        assertThat(turn).as("pages of about 2 items").isLessThan(SourceReading.MOST_PAGES);
        firstHasMore = firstHasMore && readInto(seen.get(0), first);
        secondHasMore = secondHasMore && readInto(seen.get(1), second);
      }
    }

    assertThat(seen.get(0)).as("keys of the first reader").isEqualTo(expectedKeys());
    assertThat(seen.get(1)).as("keys of the second reader").isEqualTo(expectedKeys());
  }

  private boolean readInto(List<String> keys, PageReader<T> reader) throws InterruptedException {
    Page<T> page = reader.next(2);
    keys.addAll(SourceReading.keys(page));
    assertThat(keys).as("keys so far").hasSizeLessThanOrEqualTo(expectedKeys().size());
    return page.next().isPresent();
  }

  /** Fetches some of the items by key. */
  @Test
  @DisplayName("fetch gives exactly the known ones of the keys asked for")
  public void fetch_someKnownSomeNot_givesTheKnownOnes() throws Exception {
    List<String> wanted = List.of(expectedKeys().get(1), expectedKeys().get(0));
    List<String> asked = List.of(wanted.get(0), unknownKey(), wanted.get(1));

    Page<T> page = fetched(asked);

    assertThat(SourceReading.keys(page)).containsExactlyInAnyOrderElementsOf(wanted);
  }

  /** Fetches nothing that exists. */
  @Test
  @DisplayName("fetch of an unknown key gives an empty page")
  public void fetch_unknownKey_givesAnEmptyPage() throws Exception {
    Page<T> page = fetched(List.of(unknownKey()));

    assertThat(SourceReading.keys(page)).isEmpty();
  }

  private Page<T> fetched(List<String> keys) throws Exception {
    Optional<Page<T>> page = source().fetch(keys);
    assertThat(page)
        .as("the result of fetch, which is empty for a source that has no such way, never null")
        .isNotNull();
    assumeThat(page).as("the source offers fetch").isPresent();
    return page.orElseThrow();
  }

  /** Maps, and goes on in the source itself. */
  @Test
  @DisplayName("map keeps keys and cursors")
  public void map_always_keepsKeysAndCursors() throws Exception {
    List<Page<String>> pages =
        SourceReading.pages(source().map(value -> "mapped"), Cursor.start(), 2);

    assertThat(SourceReading.keys(pages)).isEqualTo(expectedKeys());
    assertFirstCursorGivesTheRest(pages, pages.get(0).size());
  }

  /** Filters, and goes on in the source itself. */
  @Test
  @DisplayName("filter drops the refused items and keeps cursors")
  public void filter_refusesAll_keepsCursors() throws Exception {
    int firstPage = SourceReading.pages(source(), Cursor.start(), 2).get(0).size();

    List<Page<T>> pages = SourceReading.pages(source().filter(value -> false), Cursor.start(), 2);

    assertThat(pages).as("only unreadable items are left").allSatisfy(page -> {
      for (int i = 0; i < page.size(); i++) {
        assertThat(page.unreadable(i)).as(page.key(i)).isPresent();
      }
    });
    assertFirstCursorGivesTheRest(pages, firstPage);
  }

  private void assertFirstCursorGivesTheRest(List<? extends Page<?>> pages, int read)
      throws Exception {
    Optional<Cursor> next = pages.get(0).next();
    if (next.isPresent()) {
      assertThat(SourceReading.keys(source(), next.orElseThrow(), 2))
          .as("keys after the first %d", read)
          .isEqualTo(expectedKeys().subList(read, expectedKeys().size()));
    }
  }

  /** Maps with a function that refuses every value. */
  @Test
  @DisplayName("a mapping that throws makes the item unreadable, not the page")
  public void map_mappingThrows_makesItemsUnreadable() throws Exception {
    Source<String> broken = source().map(value -> {
      throw new IllegalArgumentException("cannot map");
    });

    List<Page<String>> pages = SourceReading.pages(broken, Cursor.start(), 7);

    assertThat(SourceReading.keys(pages)).isEqualTo(expectedKeys());
    for (Page<String> page : pages) {
      for (int i = 0; i < page.size(); i++) {
        assertThat(page.unreadable(i)).as("failure of item %s", page.key(i)).isPresent();
      }
    }
  }

  /** Counts. */
  @Test
  @DisplayName("count is about the number of items")
  public void count_known_isAboutTheNumberOfItems() throws Exception {
    OptionalLong count = source().count();
    long size = expectedKeys().size();

    assumeThat(count.isPresent()).as("the source offers a count").isTrue();
    assertThat(count.orElseThrow()).isBetween(size - size / 10, size + size / 10);
  }
}
