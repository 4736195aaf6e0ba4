package io.runbook4j.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.spi.sync.Cursor;
import io.runbook4j.spi.sync.Page;
import io.runbook4j.spi.sync.PageReader;
import io.runbook4j.spi.sync.Source;
import java.util.ArrayList;
import java.util.List;

/** Reads sources to their end, as a list of what a person would see. */
final class Reading {
  private Reading() {}

  /** {@return key=value for each item, key!message for each unreadable one} */
  static <T> List<String> all(Source<T> source, int limit) throws InterruptedException {
    return from(source, Cursor.start(), limit);
  }

  static <T> List<String> from(Source<T> source, Cursor cursor, int limit)
      throws InterruptedException {
    List<String> seen = new ArrayList<>();
    pages(source, cursor, limit).forEach(page -> seen.addAll(shown(page)));
    return seen;
  }

  static <T> List<Page<T>> pages(Source<T> source, Cursor cursor, int limit)
      throws InterruptedException {
    List<Page<T>> pages = new ArrayList<>();
    try (PageReader<T> reader = source.open(cursor)) {
      do {
        pages.add(reader.next(limit));
      } while (pages.get(pages.size() - 1).next().isPresent());
    }
    return pages;
  }

  static <T> List<String> shown(Page<T> page) {
    List<String> seen = new ArrayList<>();
    for (int i = 0; i < page.size(); i++) {
      seen.add(
          page.unreadable(i).isPresent()
              ? page.key(i) + "!" + page.unreadable(i).orElseThrow().message()
              : page.key(i) + "=" + page.value(i));
    }
    return seen;
  }

  static <T> List<String> keys(Source<T> source, Cursor cursor, int limit)
      throws InterruptedException {
    List<String> keys = new ArrayList<>();
    for (Page<T> page : pages(source, cursor, limit)) {
      for (int i = 0; i < page.size(); i++) {
        keys.add(page.key(i));
      }
    }
    return keys;
  }

  /** Reads through, and once more from each page on. */
  static <T> void assertResumes(Source<T> source, List<String> expectedKeys, int limit)
      throws InterruptedException {
    assertThat(keys(source, Cursor.start(), limit)).isEqualTo(expectedKeys);
    int read = 0;
    for (Page<T> page : pages(source, Cursor.start(), limit)) {
      read += page.size();
      if (page.next().isPresent()) {
        assertThat(keys(source, page.next().orElseThrow(), 3))
            .as("from %s", page.next())
            .isEqualTo(expectedKeys.subList(read, expectedKeys.size()));
      }
    }
  }
}
