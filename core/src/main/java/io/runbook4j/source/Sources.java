package io.runbook4j.source;

import io.runbook4j.spi.sync.Source;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Makes the sources that come with the library. All of them are safe for many threads.
 *
 * <p>An item that was found and cannot be read, or has no key, is not left out and stops no run: it
 * comes as an unreadable item, and where its key is not known under one that says where it stands,
 * such as {@code line 17} or {@code item 17}. A rerun, which goes by keys, leaves the latter out:
 * when they are corrected, send them in a run of their own.
 *
 * <p>A run does stop, and fails, where the source itself fails: an iterator or a stream that
 * throws, a file or a database that gives no answer, and in a database a key that several rows
 * have, or that its column's type allows and a key may not be, such as a number with a fraction or,
 * for integers, beyond 64 bits with a sign.
 */
public final class Sources {
  private Sources() {}

  /**
   * Returns a source of what the collection holds now; later changes to the collection are not
   * seen. It can fetch single items for a rerun, and knows its count.
   *
   * @param items in the order in which they are read, which must be the same in every process that
   *     resumes a run
   * @param key gives an item its key
   */
  public static <T> Source<T> of(Collection<? extends T> items, Function<? super T, String> key) {
    return new CollectionSource<>(items, new Keying<>(key));
  }

  /**
   * Returns a source of what an iterator gives. A resumed run asks for a new iterator and skips
   * what was read before, so each has to give the same items in the same order. An iterator that is
   * {@link AutoCloseable} is closed after use.
   *
   * @param items gives a new iterator at each call
   * @param key gives an item its key
   */
  public static <T> Source<T> iterate(
      Supplier<? extends Iterator<? extends T>> items, Function<? super T, String> key) {
    Objects.requireNonNull(items, "items");
    return new IteratorSource<>(() -> Opened.of(items.get()), new Keying<>(key));
  }

  /**
   * Returns a source of what a stream gives. A resumed run asks for a new stream and skips what was
   * read before, so each has to give the same items in the same order. Streams are closed after
   * use.
   *
   * @param items gives a new stream at each call
   * @param key gives an item its key
   */
  public static <T> Source<T> stream(
      Supplier<? extends Stream<? extends T>> items, Function<? super T, String> key) {
    Objects.requireNonNull(items, "items");
    return new IteratorSource<>(() -> Opened.of(items.get()), new Keying<>(key));
  }

  /**
   * Returns a source of a JSON Lines file: one JSON object a line, in UTF-8. Blank lines are
   * ignored. A line that is no such object, names a field twice, has more than 1 MiB, or has no key
   * is unreadable.
   *
   * <p>A value is a map in the order of the line. It holds text, {@link Boolean}, {@link Integer},
   * {@link Long}, {@link java.math.BigInteger}, {@link java.math.BigDecimal} for all numbers with a
   * point or an exponent, lists, maps, and null. A resumed run goes on at the byte where it
   * stopped. Nothing is read before a reader is opened.
   *
   * @param file what to read; may grow between runs, but not change before the point of a resume
   * @param keyField the field whose text or whole number is the key
   */
  public static Source<Map<String, @Nullable Object>> jsonLines(Path file, String keyField) {
    return new FileSource<>(file, new JsonLines(named(keyField, "keyField")));
  }

  /**
   * Returns a source of a CSV file as RFC 4180 describes it: a header, commas, quotes around values
   * with commas, quotes or line breaks in them; in UTF-8. Empty lines are ignored. A record with
   * more or fewer columns than the header, with more than 1 MiB, or without a key is unreadable. So
   * is one whose quotes do not match: its first line, and reading goes on with the next line.
   *
   * <p>A value is a map from column to text, in the order of the header. A resumed run goes on at
   * the byte where it stopped. Nothing is read before a reader is opened, which fails as
   * {@code INVALID} when the header has no such column or one column twice.
   *
   * @param file what to read; may grow between runs, but not change before the point of a resume
   * @param keyColumn the column whose value is the key
   */
  public static Source<Map<String, String>> csv(Path file, String keyColumn) {
    return new FileSource<>(file, new Csv(named(keyColumn, "keyColumn")));
  }

  /**
   * {@return a builder for a source of a table's or a query's rows}
   *
   * @param database gives a connection for each page; best pooled
   */
  public static JdbcQuery jdbc(DataSource database) {
    return new JdbcQuery(database);
  }

  private static String named(String text, String name) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException(name + " must be non-empty, was \"\"");
    }
    return text;
  }
}
