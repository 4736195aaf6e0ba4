package io.runbook4j.spi.sync;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/** A source whose pages are changed one by one. */
record DerivedSource<S, T>(Source<S> origin, Function<Page<S>, Page<T>> change)
    implements Source<T> {
  @Override
  public PageReader<T> open(Cursor from) {
    PageReader<S> reader = origin.open(from);
    return new PageReader<>() {
      @Override
      public Page<T> next(int limit) throws InterruptedException {
        return change.apply(reader.next(limit));
      }

      @Override
      public void close() {
        reader.close();
      }
    };
  }

  @Override
  public Optional<Page<T>> fetch(List<String> keys) throws InterruptedException {
    return origin.fetch(keys).map(change);
  }

  @Override
  public OptionalLong count() {
    return origin.count();
  }
}
