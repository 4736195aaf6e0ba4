package io.runbook4j.testkit;

import io.runbook4j.spi.sync.Cursor;
import io.runbook4j.spi.sync.Page;
import io.runbook4j.spi.sync.PageReader;
import io.runbook4j.spi.sync.Source;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A source seen from a process that can die. */
record MortalSource<T>(CrashSwitch process, Source<T> source) implements Source<T> {
  @Override
  public PageReader<T> open(Cursor from) {
    process.step("open");
    PageReader<T> reader = source.open(from);
    return new PageReader<>() {
      @Override
      public Page<T> next(int limit) throws InterruptedException {
        process.step("next");
        Page<T> page = reader.next(limit);
        process.step("the page of next");
        return page;
      }

      @Override
      public void close() {
        process.alive("close");
        reader.close();
      }
    };
  }

  @Override
  public Optional<Page<T>> fetch(List<String> keys) throws InterruptedException {
    process.step("fetch");
    Optional<Page<T>> page = source.fetch(keys);
    process.step("the page of fetch");
    return page;
  }

  @Override
  public OptionalLong count() {
    process.alive("count");
    return source.count();
  }
}
