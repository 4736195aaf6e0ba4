package io.runbook4j.integrity;

import io.runbook4j.spi.sync.Cursor;
import io.runbook4j.spi.sync.Page;
import io.runbook4j.spi.sync.PageReader;
import io.runbook4j.spi.sync.Source;

/** Reads sources from their beginning to their end. */
final class Pages {
  private static final int SIZE = 1_000;

  private Pages() {}

  /** What is done with each item, readable or not. */
  @FunctionalInterface
  interface Visitor<T> {
    void visit(Page<? extends T> page, int index);
  }

  static <T> void each(Source<T> source, Visitor<? super T> visitor) throws InterruptedException {
    try (PageReader<T> reader = source.open(Cursor.start())) {
      boolean more = true;
      while (more) {
        if (Thread.interrupted()) {
          throw new InterruptedException("interrupted while reading rows to check");
        }
        Page<T> page = reader.next(SIZE);
        for (int i = 0; i < page.size(); i++) {
          visitor.visit(page, i);
        }
        more = page.next().isPresent();
      }
    }
  }
}
