package io.runbook4j.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runbook4j.spi.sync.Cursor;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.PageReader;
import io.runbook4j.spi.sync.Source;
import io.runbook4j.testkit.contract.SourceContract;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class IteratorSourceTest extends SourceContract<Integer> {
  private final List<Integer> numbers = IntStream.range(0, 30).boxed().toList();

  @Override
  protected Source<Integer> source() {
    return Sources.iterate(numbers::iterator, number -> "k" + number);
  }

  @Override
  protected List<String> expectedKeys() {
    return numbers.stream().map(number -> "k" + number).toList();
  }

  @Test
  void next_nullItem_isUnreadableUnderItsPlace() throws Exception {
    Source<String> source = Sources.iterate(Arrays.asList("a", null)::iterator, item -> item);

    assertThat(Reading.all(source, 1)).containsExactly("a=a", "item 2!the item is null");
  }

  @Test
  void next_sourceHasShrunkSinceTheCursor_isRefused() throws Exception {
    try (PageReader<Integer> reader = source().open(new Cursor("31"))) {
      assertThatThrownBy(() -> reader.next(5))
          .isInstanceOf(FailureException.class)
          .hasMessageContaining("cannot go on after item 31: the source has only 30 items now");
    }
  }

  @Test
  void next_iteratorThrows_saysAfterHowManyItems() throws Exception {
    Source<Integer> source =
        Sources.iterate(() -> numbers.stream().map(n -> 10 / (3 - n)).iterator(), n -> "k" + n);

    try (PageReader<Integer> reader = source.open(Cursor.start())) {
      assertThatThrownBy(() -> reader.next(100))
          .isInstanceOf(FailureException.class)
          .hasMessageContaining("after 3 items")
          .hasCauseInstanceOf(ArithmeticException.class);
    }
  }

  @Test
  void next_interruptedWhileSkipping_throwsInterrupted() throws Exception {
    try (PageReader<Integer> reader = source().open(new Cursor("10"))) {
      Thread.currentThread().interrupt();

      assertThatThrownBy(() -> reader.next(1)).isInstanceOf(InterruptedException.class);
    }
  }

  @Test
  void close_closeableIterator_closesIt() throws Exception {
    AtomicInteger closed = new AtomicInteger();
    Source<Integer> source =
        Sources.iterate(() -> new Closeable(numbers.iterator(), closed), n -> "k" + n);

    Reading.all(source, 7);

    assertThat(closed).hasValue(1);
  }

  @Test
  void close_streamNotReadToItsEnd_closesIt() throws Exception {
    AtomicInteger closed = new AtomicInteger();
    Source<Integer> source = Sources.stream(
        () -> Stream.iterate(1, n -> n + 1).onClose(closed::incrementAndGet), n -> "k" + n);

    try (PageReader<Integer> reader = source.open(new Cursor("1000"))) {
      assertThat(Reading.shown(reader.next(2))).containsExactly("k1001=1001", "k1002=1002");
    }

    assertThat(closed).hasValue(1);
  }

  @Test
  void close_closingThrows_isAFailure() {
    Source<Integer> source = Sources.stream(
        () -> numbers.stream().onClose(() -> {
          throw new IllegalStateException("stuck");
        }),
        n -> "k" + n);
    PageReader<Integer> reader = source.open(Cursor.start());

    assertThatThrownBy(reader::close).isInstanceOfSatisfying(FailureException.class, e -> {
      assertThat(e.failure().kind()).isEqualTo(FailureKind.UNKNOWN);
      assertThat(e).hasMessageContaining("stuck");
    });
  }

  private record Closeable(Iterator<Integer> items, AtomicInteger closed)
      implements Iterator<Integer>, AutoCloseable {
    @Override
    public boolean hasNext() {
      return items.hasNext();
    }

    @Override
    public Integer next() {
      return items.next();
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }
}
