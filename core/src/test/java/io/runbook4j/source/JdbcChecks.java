package io.runbook4j.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runbook4j.spi.sync.Cursor;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Page;
import io.runbook4j.spi.sync.PageReader;
import io.runbook4j.spi.sync.Source;
import io.runbook4j.testkit.contract.SourceContract;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a source of rows does on every database. */
abstract class JdbcChecks extends SourceContract<Map<String, @Nullable Object>> {
  abstract DataSource database();

  @BeforeEach
  void fill() throws SQLException {
    run(
        "DROP TABLE IF EXISTS items",
        "CREATE TABLE items (id INTEGER PRIMARY KEY, name VARCHAR(100))",
        "INSERT INTO items SELECT g * 3 - 30, 'name ' || g FROM " + series(40) + " AS s(g)");
  }

  /** {@return SQL for a table of the numbers 1 to n} */
  abstract String series(int n);

  @Override
  protected Source<Map<String, @Nullable Object>> source() {
    return jdbc().table("items").key("id").counted().build();
  }

  @Override
  protected List<String> expectedKeys() {
    return IntStream.rangeClosed(1, 40)
        .mapToObj(i -> Integer.toString(i * 3 - 30))
        .toList();
  }

  @Override
  protected String unknownKey() {
    return "2";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '~',
      value = {
        "VARCHAR(40) ; 'k' || g",
        "VARCHAR(40) ; 'K ' || (41 - g)",
        "CHAR(10) ; 'c' || g",
        "BIGINT ; g * 5000000000 - 90000000000",
        "SMALLINT ; g - 20",
        "NUMERIC(40,0) ; g * 100000000000000000000000000",
        "VARCHAR(40) ; U&'\\00E9\\+01F680' || g",
        "UUID ; CAST('6f1c0f1e-0000-4000-8000-0000000000' || (g + 10) AS UUID)",
      })
  void next_eachTypeOfKey_readsInItsOrderAndResumesAtEveryPage(String type, String value)
      throws Exception {
    run(
        "DROP TABLE IF EXISTS typed",
        "CREATE TABLE typed (id " + type + " PRIMARY KEY)",
        "INSERT INTO typed SELECT " + value + " FROM " + series(40) + " AS s(g)");
    List<String> expected = new ArrayList<>();
    try (Connection connection = database().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT id FROM typed ORDER BY id")) {
      while (rows.next()) {
        expected.add(rows.getString(1).stripTrailing());
      }
    }
    Source<Map<String, @Nullable Object>> source =
        jdbc().table("typed").key("id").build();

    for (int limit : List.of(1, 7, 39, 40, 1000)) {
      Reading.assertResumes(source, expected, limit);
    }
    Page<?> fetched = source.fetch(expected).orElseThrow();
    assertThat(IntStream.range(0, fetched.size()).mapToObj(fetched::key))
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void next_limitEndsAtTheLastRow_isTheLastPage() throws Exception {
    assertThat(Reading.pages(source(), Cursor.start(), 20)).hasSize(2);
  }

  @Test
  void next_emptyTable_isAnEmptyLastPage() throws Exception {
    run("DELETE FROM items");

    assertThat(Reading.all(source(), 5)).isEmpty();
    assertThat(source().count()).hasValue(0);
  }

  @Test
  void next_rowsChangeWhileReading_seesThoseAhead() throws Exception {
    try (PageReader<Map<String, @Nullable Object>> reader = source().open(Cursor.start())) {
      reader.next(38);
      run(
          "INSERT INTO items VALUES (-100, 'behind')",
          "DELETE FROM items WHERE id = 87",
          "INSERT INTO items VALUES (1000, 'ahead')");

      Page<Map<String, @Nullable Object>> page = reader.next(38);

      assertThat(IntStream.range(0, page.size()).mapToObj(page::key)).containsExactly("90", "1000");
    }
  }

  @Test
  void next_columnsChosen_areTheKeyAndThose() throws Exception {
    run("ALTER TABLE items ADD COLUMN more INTEGER");

    Source<Map<String, @Nullable Object>> source =
        jdbc().table("items").key("id").columns("name", "id").build();

    Map<String, @Nullable Object> value =
        Reading.pages(source, Cursor.start(), 1).get(0).value(0);
    assertThat(value.keySet()).map(String::toLowerCase).containsExactly("id", "name");
    assertThat(value.values()).containsExactly(-27, "name 1");
  }

  @Test
  void next_queryWithParametersAndComment_isReadThrough() throws Exception {
    Source<Map<String, @Nullable Object>> source = jdbc()
        .query(
            "SELECT i.id, UPPER(i.name) AS loud FROM items i WHERE i.id > ? AND i.name <> ? -- all",
            60,
            "name 40")
        .key("id")
        .counted()
        .build();

    Reading.assertResumes(source, List.of("63", "66", "69", "72", "75", "78", "81", "84", "87"), 2);
    assertThat(source.count()).hasValue(9);
    assertThat(Reading.shown(source.fetch(List.of("60", "63")).orElseThrow()))
        .hasSize(1)
        .first()
        .asString()
        .contains("NAME 31");
  }

  @Test
  void next_reservedAndQuotedNames_areRead() throws Exception {
    run(
        "DROP TABLE IF EXISTS \"Or\"\"d.er\"",
        "CREATE TABLE \"Or\"\"d.er\" (\"User\" VARCHAR(10), " + quotedFolded("select")
            + " INTEGER)",
        "INSERT INTO \"Or\"\"d.er\" VALUES ('a', 1), ('b', 2)");

    Source<Map<String, @Nullable Object>> source =
        jdbc().table("\"Or\"\"d.er\"").key("\"User\"").columns("select").build();

    assertThat(Reading.keys(source, Cursor.start(), 1)).containsExactly("a", "b");
  }

  /** {@return the name in quotes, as the database stores it when it is not in quotes} */
  abstract String quotedFolded(String name);

  @Test
  void next_namesThatDifferInCaseOnly_areDifferentColumns() throws Exception {
    run(
        "DROP TABLE IF EXISTS cased",
        "CREATE TABLE cased (\"ID\" INTEGER, \"id\" INTEGER, \"Id\" INTEGER)",
        "INSERT INTO cased VALUES (1, 10, 100), (1, 20, 200), (1, 30, 300)");

    for (String name : List.of("id", "Id")) {
      Source<Map<String, @Nullable Object>> source =
          jdbc().table("cased").key('"' + name + '"').build();
      String zeros = name.equals("id") ? "0" : "00";

      Reading.assertResumes(source, List.of("1" + zeros, "2" + zeros, "3" + zeros), 2);
      assertThat(Reading.shown(source.fetch(List.of("2" + zeros)).orElseThrow()))
          .containsExactly("2" + zeros + "={ID=1, id=20, Id=200}");
    }
  }

  @Test
  void next_schemaBeforeTheTable_isRead() throws Exception {
    run(
        "DROP SCHEMA IF EXISTS app CASCADE", "CREATE SCHEMA app",
        "CREATE TABLE app.users (id INTEGER)", "INSERT INTO app.users VALUES (1)");

    assertThat(Reading.keys(jdbc().table("app.users").key("id").build(), Cursor.start(), 5))
        .containsExactly("1");
  }

  @Test
  void next_nameThatIsAnAttack_isOnlyAName() throws Exception {
    Source<Map<String, @Nullable Object>> source =
        jdbc().table("items\" ; DROP TABLE items; --").key("id").build();

    assertFails(source, FailureKind.INVALID, "items");

    assertThat(source().count()).hasValue(40);
  }

  @Test
  void next_rowsWithoutKey_areOneUnreadableItemThatCountsThem() throws Exception {
    run(
        "DROP TABLE IF EXISTS loose",
        "CREATE TABLE loose (id VARCHAR(10), n INTEGER)",
        "INSERT INTO loose VALUES (NULL, 1), ('a', 2), (NULL, 3), ('b', 4)");

    List<String> seen =
        Reading.all(jdbc().table("loose").key("id").columns("id").build(), 1);

    assertThat(seen).hasSize(3);
    assertThat(seen.get(0)).matches("(?i)rows without key!2 rows have no key in column id");
  }

  @Test
  void next_emptyKey_isUnreadableAndReadingGoesOn() throws Exception {
    run(
        "DROP TABLE IF EXISTS loose",
        "CREATE TABLE loose (id VARCHAR(10) NOT NULL)",
        "INSERT INTO loose VALUES (''), ('a'), ('b')");

    assertThat(Reading.all(jdbc().table("loose").key("id").build(), 1))
        .hasSize(3)
        .first()
        .isEqualTo("row with empty key!key must be non-empty, was \"\"");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 100})
  void next_keyTwice_failsWhereverThePageEnds(int limit) throws Exception {
    run(
        "DROP TABLE IF EXISTS twice",
        "CREATE TABLE twice (id VARCHAR(10), n INTEGER)",
        "INSERT INTO twice VALUES ('a', 1), ('b', 2), ('b', 3), ('c', 4)");

    assertThatThrownBy(() -> Reading.all(jdbc().table("twice").key("id").build(), limit))
        .isInstanceOfSatisfying(
            FailureException.class,
            e -> assertThat(e.failure().kind()).isEqualTo(FailureKind.INVALID))
        .hasMessageContaining("must be unique, was \"b\" in several rows");
  }

  @Test
  void next_numberTwice_fails() throws Exception {
    run(
        "DROP TABLE IF EXISTS twice",
        "CREATE TABLE twice (id INTEGER, n INTEGER)",
        "INSERT INTO twice VALUES (1, 1), (2, 2), (2, 3), (3, 4)");

    assertThatThrownBy(() -> Reading.all(jdbc().table("twice").key("id").build(), 2))
        .hasMessageContaining("must be unique, was \"2\" in several rows");
  }

  @Test
  void next_textsThatTheDatabaseTakesForEqual_fail() throws Exception {
    run(
        "DROP TABLE IF EXISTS twice",
        "CREATE TABLE twice (id " + caseInsensitiveText() + ")",
        "INSERT INTO twice VALUES ('a'), ('b'), ('B'), ('c')");

    assertThatThrownBy(() -> Reading.all(jdbc().table("twice").key("id").build(), 2))
        .hasMessageContaining("must be unique");
  }

  abstract String caseInsensitiveText();

  @Test
  void fetch_collationFindsMore_givesWhatWasAskedFor() throws Exception {
    run(
        "DROP TABLE IF EXISTS twice",
        "CREATE TABLE twice (id " + caseInsensitiveText() + ")",
        "INSERT INTO twice VALUES ('a'), ('B')");

    Page<?> page =
        jdbc().table("twice").key("id").build().fetch(List.of("A", "B")).orElseThrow();

    assertThat(page.size()).isEqualTo(1);
    assertThat(page.key(0)).isEqualTo("B");
  }

  @Test
  void fetch_moreKeysThanOneStatementTakes_givesAll() throws Exception {
    run("INSERT INTO items SELECT g + 1000, 'x' FROM " + series(1400) + " AS s(g)");
    List<String> keys =
        IntStream.rangeClosed(1, 1500).mapToObj(i -> "" + (i + 1000)).toList();

    assertThat(source().fetch(keys).orElseThrow().size()).isEqualTo(1400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"abc", "", "003", "+3", "3.0", "99999999999999999999", "3 OR 1=1"})
  void fetch_textThatIsNoNumber_isUnknown(String key) throws Exception {
    assertThat(source().fetch(List.of(key)).orElseThrow().size()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", ">", ">x", "> 5"})
  void open_foreignCursor_isRefused(String cursor) {
    assertThatThrownBy(() -> Reading.from(source(), new Cursor(cursor), 5))
        .isInstanceOf(FailureException.class)
        .hasMessageContaining("cursor must be the last key after \">\", was \"" + cursor + "\"");
  }

  @Test
  void next_keyOfAnotherType_isRefused() {
    Source<Map<String, @Nullable Object>> source =
        jdbc().query("SELECT CURRENT_DATE AS id").key("id").build();

    assertFails(source, FailureKind.INVALID, "key column must be text, a whole number or a UUID");
  }

  @Test
  void next_keyWithAFraction_isRefused() {
    Source<Map<String, @Nullable Object>> source =
        jdbc().query("SELECT CAST(1.5 AS NUMERIC(5,2)) AS id").key("id").build();

    assertFails(source, FailureKind.INVALID, "key must be a whole number");
  }

  @Test
  void next_noSuchKeyColumn_isInvalid() {
    assertFails(jdbc().table("items").key("ident").build(), FailureKind.INVALID, "ident");
  }

  @Test
  void next_labelTwice_isInvalid() {
    Source<Map<String, @Nullable Object>> source =
        jdbc().table("items").key("id").columns("name", "name").build();

    assertFails(source, FailureKind.INVALID, "columns must have different labels");
  }

  @Test
  void next_valuesOfAllTypes_outliveTheConnection() throws Exception {
    run(
        "DROP TABLE IF EXISTS wide",
        "CREATE TABLE wide (id INTEGER, t TIMESTAMP, tz TIMESTAMP WITH TIME ZONE, d DATE, h TIME,"
            + " n NUMERIC(10,2), b BOOLEAN, x " + binary() + ", l " + longText() + ", a "
            + textArray() + ", u UUID, z VARCHAR(5))",
        "INSERT INTO wide VALUES (1, '2026-03-29 01:30:00', '2026-03-29 01:30:00+00:00',"
            + " '2026-02-28', '23:59:58', 12.10, TRUE, " + bytes() + ", 'long', ARRAY['x', 'y'],"
            + " '6f1c0f1e-0000-4000-8000-000000000001', NULL)");

    Map<String, @Nullable Object> value = Reading.pages(
            jdbc().table("wide").key("id").build(), Cursor.start(), 1)
        .get(0)
        .value(0);

    List<@Nullable Object> values = new ArrayList<>(value.values());
    assertThat(((OffsetDateTime) values.get(2)).toInstant()).isEqualTo("2026-03-29T01:30:00Z");
    assertThat((byte[]) values.get(7)).containsExactly(1, 2);
    values.remove(7);
    values.remove(2);
    assertThat(values)
        .containsExactly(
            1,
            LocalDateTime.of(2026, 3, 29, 1, 30),
            LocalDate.of(2026, 2, 28),
            LocalTime.of(23, 59, 58),
            new BigDecimal("12.10"),
            true,
            "long",
            List.of("x", "y"),
            java.util.UUID.fromString("6f1c0f1e-0000-4000-8000-000000000001"),
            null);
  }

  abstract String binary();

  abstract String bytes();

  abstract String longText();

  abstract String textArray();

  @Test
  void next_interrupted_throwsInterrupted() {
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> Reading.all(source(), 5)).isInstanceOf(InterruptedException.class);
  }

  static void assertFails(
      Source<Map<String, @Nullable Object>> source, FailureKind kind, String message) {
    assertThatThrownBy(() -> Reading.all(source, 5))
        .isInstanceOfSatisfying(
            FailureException.class, e -> assertThat(e.failure().kind()).isEqualTo(kind))
        .message()
        .containsIgnoringCase(message);
  }

  JdbcQuery jdbc() {
    return Sources.jdbc(database()).timeout(Duration.ofSeconds(20)).fetchSize(10);
  }

  void run(String... statements) throws SQLException {
    try (Connection connection = database().getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
