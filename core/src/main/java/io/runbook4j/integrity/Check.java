package io.runbook4j.integrity;

import io.runbook4j.spi.ledger.Finding;
import io.runbook4j.spi.sync.Source;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * One thing that is checked of rows, for {@link Checks}. Immutable, and of use any number of times.
 *
 * <p>A check names the columns that it needs; a row without one, or with a value that is not of the
 * right kind, is reported as unreadable. Each check says below whether what it finds is corruption,
 * which {@link #asCorruption} and {@link #asWarning} change.
 */
public final class Check {
  static final String VERSIONS = "versions-backwards";
  static final String DUPLICATE_VERSIONS = "duplicate-versions";
  static final String DUPLICATE_KEYS = "duplicate-keys";
  static final String ORPHANS = "orphans";
  static final String COUNT = "count";

  private final String name;
  private final boolean corruption;
  private final Pass.Beginning beginning;

  private Check(String name, boolean corruption, Pass.Beginning beginning) {
    this.name = name;
    this.corruption = corruption;
    this.beginning = beginning;
  }

  /** {@return {@link #versionsForward(String, String, String)} in the order in which rows come} */
  public static Check versionsForward(String key, String version) {
    columns(key, version);
    return new Check(VERSIONS, true, scope -> new VersionPass(scope, key, version, null));
  }

  /**
   * {@return a check that no row has a lower version than the row before it with the same key}
   * Corruption, named {@code versions-backwards}. As the runbook's SQL does, it compares with the
   * row directly before, and not at all where one of the two versions is null. Keeps a part of each
   * row on disk.
   *
   * @param key the column whose rows belong together, such as a user's id
   * @param version a column of whole numbers
   * @param order a column of whole numbers or times that orders the rows of a key; null comes last,
   *     and equal ones are in the order in which the rows come
   */
  public static Check versionsForward(String key, String version, String order) {
    columns(key, version, order);
    return new Check(VERSIONS, true, scope -> new VersionPass(scope, key, version, order));
  }

  /**
   * {@return a check that no two rows of a key have the same version} Corruption, named
   * {@code duplicate-versions}; the total counts versions. Keeps key and version on disk.
   */
  public static Check uniqueVersions(String key, String version) {
    columns(key, version);
    return new Check(
        DUPLICATE_VERSIONS, true, scope -> new DuplicatePass(scope, List.of(key, version)));
  }

  /**
   * {@return a check that no two rows have the same values in these columns} Corruption, named
   * {@code duplicate-keys}; the total counts keys. Nulls are equal to each other, as they are to
   * {@code GROUP BY}. Keeps the keys on disk.
   */
  public static Check unique(String first, String... more) {
    List<String> columns = Stream.concat(Stream.of(first), Stream.of(more)).toList();
    columns(columns.toArray(String[]::new));
    return new Check(DUPLICATE_KEYS, true, scope -> new DuplicatePass(scope, columns));
  }

  /**
   * {@return a check that each value of a column is the key of an item of another source}
   * Corruption, named {@code orphans}. A null is an orphan too, as it is to the runbook's SQL;
   * filter the rows where it is allowed. Reads the other source to its end, and keeps its keys and
   * a part of each row on disk.
   */
  public static Check noOrphans(String column, Source<?> parents) {
    columns(column);
    Objects.requireNonNull(parents, "parents");
    return new Check(ORPHANS, true, scope -> new OrphanPass(scope, column, parents));
  }

  /**
   * {@return a check that a stored SHA-256 is that of the content} Corruption, named
   * {@code sha-256}. Content without a hash is unreadable; neither of them is right.
   *
   * @param content a column of text, hashed as UTF-8, or of bytes
   * @param hash a column of hex, base64 or bytes
   */
  public static Check sha256(String content, String hash) {
    columns(content, hash);
    HashTest test = new HashTest(content, hash, HashTest::sha256);
    return new Check("sha-256", true, scope -> Pass.ofRows(scope, test));
  }

  /**
   * {@return a check that a stored CRC32C is that of the content} As {@link #sha256}, named
   * {@code crc32c}; the hash may be a whole number too.
   */
  public static Check crc32c(String content, String hash) {
    columns(content, hash);
    HashTest test = new HashTest(content, hash, HashTest::crc32c);
    return new Check("crc32c", true, scope -> Pass.ofRows(scope, test));
  }

  /**
   * {@return a check that all rows have a shape} Named {@code schema-unknown-field},
   * {@code schema-changed-type} and {@code schema-missing-field}, no corruption; but a key whose
   * type changed or that is missing is, named {@code schema-key-...}. The total counts values.
   *
   * @param keys the fields that are keys; for a field inside of another, with a dot
   * @throws IllegalArgumentException if a key is no field of the schema. One that was learned has
   *     the fields of the rows that it was learned from: none, if there were no rows
   */
  public static Check schema(Schema schema, String... keys) {
    Objects.requireNonNull(schema, "schema");
    Set<String> keyFields = Set.of(keys);
    schema.requireFields(keyFields);
    return new Check("schema", false, scope -> new SchemaPass(scope, schema, keyFields));
  }

  /**
   * {@return a check that every row passes a test} Corruption, under the name that is given.
   *
   * @param name such as {@code delta-not-negative}
   * @param holds what is true of a row that is right; a row for which it throws is unreadable
   */
  public static Check invariant(String name, Predicate<? super Row> holds) {
    columns(name);
    Objects.requireNonNull(holds, "holds");
    return new Check(name, true, scope -> Pass.ofRows(scope, row -> problem(row, holds)));
  }

  private static Optional<String> problem(Row row, Predicate<? super Row> holds) {
    try {
      return holds.test(row) ? Optional.empty() : Optional.of("");
    } catch (RowProblem e) {
      throw e;
    } catch (RuntimeException e) {
      throw new RowProblem("the test threw " + e, e);
    }
  }

  /**
   * {@return a check that a column's times are UTC} Named {@code utc}, no corruption. A time
   * without a zone, and text that is no ISO 8601 with {@code Z} or an offset of zero, is not; a
   * whole number counts from the epoch and is; null is left out.
   */
  public static Check utc(String column) {
    columns(column);
    return new Check("utc", false, scope -> Pass.ofRows(scope, new UtcTest(column)));
  }

  /**
   * {@return a check of how many rows there are, the unreadable ones included} Named {@code count},
   * no corruption; the total says how many too many or too few. With a count from before a run it
   * tells whether rows were lost.
   *
   * @param least the fewest rows that are right
   * @param most the most rows that are right, at least {@code least}
   */
  public static Check count(long least, long most) {
    if (least < 0 || most < least) {
      throw new IllegalArgumentException(
          "least must be 0 to most, was " + least + " with most " + most);
    }
    return new Check(COUNT, false, scope -> new CountPass(scope, least, most));
  }

  /** {@return this check, with what it finds as corruption} */
  public Check asCorruption() {
    return new Check(name, true, beginning);
  }

  /** {@return this check, with what it finds as no corruption} */
  public Check asWarning() {
    return new Check(name, false, beginning);
  }

  /** {@return the name of the check in {@link Finding#check}} */
  public String name() {
    return name;
  }

  boolean isCorruption() {
    return corruption;
  }

  Pass begin(Pass.Scope scope) {
    return beginning.begin(scope);
  }

  static void columns(String... names) {
    for (String name : names) {
      if (name.isBlank()) {
        throw new IllegalArgumentException("name must be non-blank, was \"" + name + "\"");
      }
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
