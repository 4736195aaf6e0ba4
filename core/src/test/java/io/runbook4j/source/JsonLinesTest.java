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
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonLinesTest extends SourceContract<Map<String, @Nullable Object>> {
  @TempDir
  private Path folder;

  @Override
  protected Source<Map<String, @Nullable Object>> source() throws IOException {
    return write(IntStream.range(0, 30)
        .mapToObj(i -> "{\"id\":\"Zoë \uD83D\uDE80 " + i + (i % 2 == 0 ? "\"}\r\n\n" : "\"}\n"))
        .collect(Collectors.joining()));
  }

  @Override
  protected List<String> expectedKeys() {
    return IntStream.range(0, 30).mapToObj(i -> "Zoë \uD83D\uDE80 " + i).toList();
  }

  private Source<Map<String, @Nullable Object>> mixed() throws IOException {
    String lines = IntStream.rangeClosed(1, 40)
        .mapToObj(i -> switch (i % 10) {
          case 3 -> "{\"id\": \"brok";
          case 5 -> "";
          case 7 -> "{\"id\":\"Zoë \uD83D\uDE80 " + i + "\"}\r";
          default -> "{\"id\":\"k" + i + "\",\"n\":" + i + "}";
        })
        .collect(Collectors.joining("\n"));
    return write("\uFEFF" + lines);
  }

  private static List<String> mixedKeys() {
    List<String> keys = new ArrayList<>();
    for (int i = 1; i <= 40; i++) {
      switch (i % 10) {
        case 3 -> keys.add("line " + i);
        case 5 -> {}
        case 7 -> keys.add("Zoë \uD83D\uDE80 " + i);
        default -> keys.add("k" + i);
      }
    }
    return keys;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 1000})
  void open_unreadableLinesAmongOthers_goesOnAtEveryPage(int limit) throws Exception {
    Reading.assertResumes(mixed(), mixedKeys(), limit);
  }

  @Test
  void next_allKindsOfValues_keepsThemExactly() throws Exception {
    Source<Map<String, @Nullable Object>> source =
        write("{\"id\":\"a\",\"t\":\"x\\u0000y\",\"b\":true,\"i\":1,\"l\":5000000000,\"d\":12.10,"
            + "\"n\":null,\"o\":{\"k\":[1,\"z\"]}}\n");

    Map<String, @Nullable Object> value =
        Reading.pages(source, Cursor.start(), 1).get(0).value(0);

    assertThat(value)
        .containsEntry("t", "x\u0000y")
        .containsEntry("b", true)
        .containsEntry("i", 1)
        .containsEntry("l", 5_000_000_000L)
        .containsEntry("d", new BigDecimal("12.10"))
        .containsEntry("n", null)
        .containsEntry("o", Map.of("k", List.of(1, "z")));
    assertThat(value.keySet()).containsExactly("id", "t", "b", "i", "l", "d", "n", "o");
  }

  @Test
  void next_wholeNumberAsKey_isTheKeyAsText() throws Exception {
    assertThat(Reading.all(write("{\"id\":7}\n{\"id\":12345678901234567890}"), 2))
        .containsExactly("7={id=7}", "12345678901234567890={id=12345678901234567890}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"id\":7.5} | must have text or a whole number in field id, was 7.5",
        "{\"id\":true} | must have text or a whole number in field id, was true",
        "{\"id\":null} | must have text or a whole number in field id, was null",
        "{\"id\":[\"a\"]} | must have text or a whole number in field id, was an array",
        "{\"id\":{}} | must have text or a whole number in field id, was an object",
        "{\"id\":\"\"} | must have text or a whole number in field id, was \"\"",
        "{\"ID\":\"a\"} | must have text or a whole number in field id, was without that field",
        "[\"id\"] | is not a JSON object alone",
        "null | is not a JSON object but null",
        "\"id\" | is not a JSON object alone",
        "{\"id\":\"a\",\"id\":\"b\"} | Duplicate field 'id'",
        "{\"id\":\"a\"} {\"id\":\"b\"} | is not a JSON object alone",
        "{\"id\":\"a\" | is not a JSON object",
        "{\"id\":\"a\",\"x\":NaN} | is not a JSON object",
        "{id:\"a\"} | is not a JSON object (column 2)",
        "id | is not a JSON object",
      })
  void next_noObjectWithKey_isUnreadableUnderItsLine(String line, String reason) throws Exception {
    List<String> seen = Reading.all(write("{\"id\":\"a\"}\n" + line + "\n{\"id\":\"z\"}"), 2);

    assertThat(seen).hasSize(3);
    assertThat(seen.get(1)).startsWith("line 2!line 2 of items.txt ").contains(reason);
    assertThat(seen.get(2)).isEqualTo("z={id=z}");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1000})
  void next_linesThatEndWithTheBuffer_areReadWhole(int limit) throws Exception {
    List<String> expected = IntStream.range(0, 4_096)
        .mapToObj(i -> String.format(Locale.ROOT, "%054d", i))
        .toList();
    String lines =
        expected.stream().map(key -> "{\"id\":\"" + key + "\"}\n").collect(Collectors.joining());
    assertThat(lines).hasSize(64 * 4_096);

    assertThat(Reading.keys(write(lines), Cursor.start(), limit)).isEqualTo(expected);
    assertThat(Reading.pages(write(lines), Cursor.start(), 1024).get(0).next())
        .contains(new Cursor("65536:1025:" + crc(lines.substring(0, 65_536))));
  }

  @Test
  void next_nestedWithoutEnd_isUnreadable() throws Exception {
    List<String> seen =
        Reading.all(write("{\"id\":\"a\",\"x\":" + "[".repeat(100_000) + "\n{\"id\":\"z\"}"), 5);

    assertThat(seen).hasSize(2);
    assertThat(seen.get(0)).startsWith("line 1!");
  }

  @Test
  void next_notUtf8_isUnreadable() throws Exception {
    byte[] overlongSlash = {'{', '"', 'i', 'd', '"', ':', '"', (byte) 0xC0, (byte) 0xAF, '"', '}'};
    byte[] latin = "\n{\"id\":\"Zoë\"}\n{\"id\":\"z\"}".getBytes(StandardCharsets.ISO_8859_1);

    Source<Map<String, @Nullable Object>> source = write(join(overlongSlash, latin));

    assertThat(Reading.all(source, 5))
        .containsExactly(
            "line 1!line 1 of items.txt is not UTF-8",
            "line 2!line 2 of items.txt is not UTF-8",
            "z={id=z}");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 100})
  void next_lineOverTheLimit_isUnreadableAndTheRestIsRead(int limit) throws Exception {
    int longest = RecordReader.LONGEST;
    String within = "{\"id\":\"a\",\"x\":\"" + "x".repeat(longest - 17) + "\"}";
    String over = "{\"id\":\"b\",\"x\":\"" + "x".repeat(longest - 16) + "\"}";
    String far = "y".repeat(3 * longest);

    List<String> seen =
        Reading.all(write(String.join("\n", within, over, far, "{\"id\":\"c\"}", far)), limit);

    assertThat(seen).hasSize(5);
    assertThat(seen.get(0)).startsWith("a={id=a");
    assertThat(seen.subList(1, 5))
        .containsExactly(
            "line 2!line 2 of items.txt has more than 1048576 bytes",
            "line 3!line 3 of items.txt has more than 1048576 bytes",
            "c={id=c}",
            "line 5!line 5 of items.txt has more than 1048576 bytes");
  }

  @Test
  void next_manyLongLines_keepsPagesSmall() throws Exception {
    String line = "{\"id\":\"a\",\"x\":\"" + "x".repeat(1_000_000) + "\"}\n";

    List<Page<Map<String, @Nullable Object>>> pages =
        Reading.pages(write(line.repeat(12)), Cursor.start(), 1_000);

    assertThat(pages).extracting(Page::size).containsExactly(5, 5, 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "\r\n\r\n", " \t\n", "\uFEFF", "\uFEFF\n"})
  void next_nothingInTheFile_isAnEmptyLastPage(String content) throws Exception {
    Source<Map<String, @Nullable Object>> source = write(content);

    assertThat(Reading.all(source, 5)).isEmpty();
    assertThat(source.count()).hasValue(0);
  }

  @Test
  void open_cursor_readsNothingBeforeIt() throws Exception {
    String read = "{broken}\n\n";
    Source<Map<String, @Nullable Object>> source = write(read + "{\"id\":\"z\"}\nbroken");

    assertThat(Reading.from(source, new Cursor(read.length() + ":3:" + crc(read)), 5))
        .hasSize(2)
        .startsWith("z={id=z}")
        .last()
        .asString()
        .startsWith("line 4!");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5",
        "0:1",
        "12:",
        "a:b:c",
        "11:2",
        "1:1:0",
        "12:2:0",
        "9999:3:0",
        "-1:1:0",
        "11:2:0"
      })
  void open_foreignCursor_isRefused(String cursor) throws Exception {
    Source<Map<String, @Nullable Object>> source = write("{\"id\":\"a\"}\n{\"id\":\"b\"}\n");

    assertThatThrownBy(() -> source.open(new Cursor(cursor)))
        .isInstanceOfSatisfying(
            FailureException.class,
            e -> assertThat(e.failure().kind()).isEqualTo(FailureKind.INVALID));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"id\":\"x\"}\n{\"id\":\"b\"}\n{\"id\":\"c\"}\n", "{\"id\":\"a\"}\n"})
  void open_fileWasReplacedSinceTheCursor_isRefusedAndSaysWhatToDo(String replaced)
      throws Exception {
    Source<Map<String, @Nullable Object>> source =
        write("{\"id\":\"a\"}\n{\"id\":\"b\"}\n{\"id\":\"c\"}\n");
    Cursor cursor = Reading.pages(source, Cursor.start(), 2).get(0).next().orElseThrow();
    assertThat(Reading.keys(source, cursor, 5)).containsExactly("c");

    write(replaced);

    assertThatThrownBy(() -> source.open(cursor))
        .isInstanceOf(FailureException.class)
        .hasMessageContaining("cannot be read on from line 3 (byte 22)")
        .hasMessageContaining("or begin a new run");
  }

  private static String crc(String text) {
    CRC32C sum = new CRC32C();
    sum.update(text.getBytes(StandardCharsets.UTF_8));
    return Long.toHexString(sum.getValue());
  }

  @Test
  void open_noFile_isNotFound() {
    Source<Map<String, @Nullable Object>> source =
        Sources.jsonLines(folder.resolve("none.jsonl"), "id");

    assertThatThrownBy(() -> source.open(Cursor.start()))
        .isInstanceOfSatisfying(FailureException.class, e -> {
          assertThat(e.failure().kind()).isEqualTo(FailureKind.NOT_FOUND);
          assertThat(e).hasMessageContaining("none.jsonl");
        });
    assertThat(source.count()).isEmpty();
  }

  @Test
  void open_folder_isInvalidAndNotTriedAgain() {
    Source<Map<String, @Nullable Object>> source = Sources.jsonLines(folder, "id");

    assertThatThrownBy(() -> source.open(Cursor.start()).next(10))
        .isInstanceOfSatisfying(FailureException.class, e -> {
          assertThat(e.failure().kind()).isEqualTo(FailureKind.INVALID);
          assertThat(e).hasMessageContaining("it is a folder");
        });
  }

  @Test
  void open_utf16_isRefused() throws Exception {
    Source<Map<String, @Nullable Object>> source =
        write("{\"id\":\"a\"}".getBytes(StandardCharsets.UTF_16));

    assertThatThrownBy(() -> source.open(Cursor.start()))
        .isInstanceOf(FailureException.class)
        .hasMessageContaining("must be UTF-8, was UTF-16");
  }

  @Test
  void next_interrupted_throwsInterrupted() throws Exception {
    Source<Map<String, @Nullable Object>> source = write("{\"id\":\"a\"}\n".repeat(20_000));
    try (PageReader<Map<String, @Nullable Object>> reader = source.open(Cursor.start())) {
      Thread.currentThread().interrupt();

      assertThatThrownBy(() -> reader.next(20_000)).isInstanceOf(InterruptedException.class);
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
  }

  @Test
  void jsonLines_noKeyField_isRefused() {
    assertThatThrownBy(() -> Sources.jsonLines(folder, ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("keyField must be non-empty, was \"\"");
  }

  private Source<Map<String, @Nullable Object>> write(String content) throws IOException {
    return write(content.getBytes(StandardCharsets.UTF_8));
  }

  private Source<Map<String, @Nullable Object>> write(byte[] content) throws IOException {
    return Sources.jsonLines(Files.write(folder.resolve("items.txt"), content), "id");
  }

  private static byte[] join(byte[] first, byte[] second) {
    byte[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }
}
