package io.runbook4j.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.spi.sync.Cursor;
import io.runbook4j.spi.sync.Page;
import io.runbook4j.spi.sync.PageReader;
import io.runbook4j.spi.sync.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads sources to their end, and gives up on one that has none. */
final class SourceReading {
  /** More pages than a source of a few dozen items gives, empty ones included. */
  static final int MOST_PAGES = 10_000;

  private SourceReading() {}

  static <T> List<Page<T>> pages(Source<T> source, Cursor from, int limit)
      throws InterruptedException {
    try (PageReader<T> reader = source.open(from)) {
      return pages(reader, limit);
    }
  }

  static <T> Page<T> firstPage(Source<T> source, Cursor from) throws InterruptedException {
    try (PageReader<T> reader = source.open(from)) {
      return reader.next(1);
    }
  }

  private static <T> List<Page<T>> pages(PageReader<T> reader, int limit)
      throws InterruptedException {
    List<Page<T>> pages = new ArrayList<>();
    boolean more = true;
    while (more) {
      Page<T> page = reader.next(limit);
      pages.add(page);
      assertThat(pages.size()).as("pages of about %d items", limit).isLessThan(MOST_PAGES);
      more = page.next().isPresent();
    }
    return pages;
  }

  static <T> List<String> keys(Source<T> source, Cursor from, int limit)
      throws InterruptedException {
    return keys(pages(source, from, limit));
  }

  static <T> List<String> keys(List<Page<T>> pages) {
    return pages.stream().flatMap(page -> keys(page).stream()).toList();
  }

  static <T> List<String> keys(Page<T> page) {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < page.size(); i++) {
      keys.add(page.key(i));
    }
    return keys;
  }

  static <T> List<Optional<Cursor>> cursors(List<Page<T>> pages) {
    return pages.stream().map(Page::next).toList();
  }
}
