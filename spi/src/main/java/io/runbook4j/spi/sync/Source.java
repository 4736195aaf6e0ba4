package io.runbook4j.spi.sync;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Where a run's items come from. Safe for many threads: each run opens a reader of its own.
 *
 * <p>Reading twice from one cursor gives the same items in the same order as long as the data has
 * not changed; a resumed run relies on it.
 *
 * @param <T> the type of the items' values
 */
@FunctionalInterface
public interface Source<T> {
  /**
   * Opens a reader.
   *
   * @param from the beginning, or a cursor that a page of this source gave, perhaps in another
   *     process
   * @throws FailureException if the source cannot be read, or the cursor is not one of its own
   */
  PageReader<T> open(Cursor from);

  /**
   * Reads the items with these keys and no others, for a rerun. Keys that the source no longer
   * knows are left out; their items fail as NOT_FOUND with the code
   * {@code runbook4j:NOT_IN_SOURCE}.
   *
   * @param keys at most as many as a chunk holds
   * @return one page with those items, its cursor ignored; empty if the source has no such way, and
   *     the run then reads the whole source and picks
   * @throws FailureException as {@link PageReader#next}
   */
  default Optional<Page<T>> fetch(List<String> keys) throws InterruptedException {
    return Optional.empty();
  }

  /** {@return about how many items there are, for progress; empty if that is not cheap to know} */
  default OptionalLong count() {
    return OptionalLong.empty();
  }

  /**
   * {@return this source with every value mapped; cursors and keys stay} An item whose mapping
   * throws is recorded as failed and never sent: with the failure of a {@link FailureException},
   * else as {@link FailureKind#INVALID}.
   */
  default <R> Source<R> map(Function<? super T, ? extends R> mapping) {
    return new DerivedSource<>(this, page -> page.map(mapping));
  }

  /**
   * {@return this source without the items whose value the test refuses; they do not count as read}
   * An item for which the test throws fails, as one whose mapping throws.
   */
  default Source<T> filter(Predicate<? super T> test) {
    return new DerivedSource<>(this, page -> page.filter(test));
  }
}
