package io.runbook4j.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.runbook4j.spi.sync.Cursor;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Page;
import io.runbook4j.spi.sync.Source;
import io.runbook4j.testkit.contract.SourceContract;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CsvTest extends SourceContract<Map<String, String>> {
  @TempDir
  private Path folder;

  @Override
  protected Source<Map<String, String>> source() throws IOException {
    StringBuilder text = new StringBuilder("v,id\n");
    for (int i = 0; i < 30; i++) {
      text.append("\"Zoë,\n\"\"\",k").append(i).append(i % 2 == 0 ? "\r\n\r\n" : "\n");
    }
    return write(text.toString());
  }

  @Override
  protected List<String> expectedKeys() {
    return IntStream.range(0, 30).mapToObj(i -> "k" + i).toList();
  }

  private Source<Map<String, String>> mixed() throws IOException {
    StringBuilder text = new StringBuilder("\uFEFF\n\"na\nme\",id\r\n");
    for (int i = 0; i < 12; i++) {
      text.append("\"Zoë,\r\n \"\"\uD83D\uDE80\"\"\",k").append(i).append("a\r\n\r\n");
      text.append("plain 5\" pipe,\"k").append(i).append("b\"\n");
      text.append("too,many,").append(i).append('\n');
    }
    return write(text + "\"never closed,k99\nlast,k100");
  }

  private static List<String> mixedKeys() {
    List<String> keys = new ArrayList<>();
    int line = 4;
    for (int i = 0; i < 12; i++) {
      keys.add("k" + i + "a");
      keys.add("k" + i + "b");
      keys.add("line " + (line + 4));
      line += 5;
    }
    keys.add("line " + line);
    keys.add("k100");
    return keys;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 1000})
  void open_unreadableRecordsAmongOthers_goesOnAtEveryPage(int limit) throws Exception {
    Reading.assertResumes(mixed(), mixedKeys(), limit);
  }

  @Test
  void next_quotedValues_areAsTheyWereWritten() throws Exception {
    Source<Map<String, String>> source =
        write("id,a,b,c\nk,\"x\r\ny\",\"say \"\"hi\"\", you\",\"\"\n");

    assertThat(Reading.pages(source, Cursor.start(), 5).get(0).value(0))
        .containsExactly(
            Map.entry("id", "k"),
            Map.entry("a", "x\r\ny"),
            Map.entry("b", "say \"hi\", you"),
            Map.entry("c", ""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "only | must have 2 columns like the header, was 1",
        "k,v,w | must have 2 columns like the header, was 3",
        "k, | k={id=k, v=}",
        ",v | must have a value in column id, was \"\"",
        "\"\",v | must have a value in column id, was \"\"",
        "k,\"v\"x | has text after a closing quote",
        "k,\"v | opens a quote that is not closed",
        "\"k\" ,v | has text after a closing quote",
        "k,v\" | k={id=k, v=v\"}",
        "k, \"v\" | k={id=k, v= \"v\"}",
        "k,\"\"\"\" | k={id=k, v=\"}",
        "k,\"a\"\"\" | k={id=k, v=a\"}",
      })
  void next_oddRecord_isReadOrUnreadableAlone(String record, String expected) throws Exception {
    List<String> seen = Reading.all(write("id,v\na,1\n" + record + "\nz,26"), 2);

    assertThat(seen).hasSize(3).contains("a={id=a, v=1}", "z={id=z, v=26}");
    assertThat(seen.get(1)).contains(expected);
    assertThat(seen.get(1).startsWith("line 3!line 3 of items.csv "))
        .isEqualTo(!expected.startsWith("k="));
  }

  @Test
  void next_notUtf8_isUnreadable() throws Exception {
    Source<Map<String, String>> source =
        write("id,v\na,Zoë\nb,x".getBytes(StandardCharsets.ISO_8859_1));

    assertThat(Reading.all(source, 5))
        .containsExactly("line 2!line 2 of items.csv is not UTF-8", "b={id=b, v=x}");
  }

  @Test
  void next_quoteLeftOpenInALargeFile_costsOneLine() throws Exception {
    String rows = "k,some value\n".repeat(200_000); // more than the longest record

    List<String> seen = Reading.all(write("id,v\n\"open,1\n" + rows), 10_000);

    assertThat(seen).hasSize(200_001);
    assertThat(seen.get(0)).isEqualTo("line 2!line 2 of items.csv has more than 1048576 bytes");
    assertThat(seen.subList(1, seen.size())).containsOnly("k={id=k, v=some value}");
  }

  @Test
  void next_lineOverTheLimit_isUnreadable() throws Exception {
    Source<Map<String, String>> source = new FileSource<>(
        file("id,v\na,123456789\nb,1\n\"c\",\"2\n3456789\"\nd,4"), new Csv("id"), 10);

    assertThat(Reading.all(source, 5))
        .containsExactly(
            "line 2!line 2 of items.csv has more than 10 bytes",
            "b={id=b, v=1}",
            "line 4!line 4 of items.csv has more than 10 bytes",
            "d={id=d, v=4}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "7,\"hello\nadmin,delete me\n<long>\"",
        "7,\"hello\nadmin,delete me\"\"\n<long>\n\"",
        "7,\"hello\nadmin,delete me\",<long>,\"\nadmin,delete me\"",
        "7,<long>,\"hello\nadmin,delete me\n\""
      })
  void next_recordOverTheLimitWithLinesInAValue_isUnreadableAsAWhole(String record)
      throws Exception {
    Source<Map<String, String>> source =
        write("id,note\n1,a\n" + record.replace("<long>", "x".repeat(1_100_000)) + "\n8,b\n9,c\n");

    List<String> seen = Reading.all(source, 5);

    long lines = record.lines().count();
    assertThat(seen)
        .containsExactly(
            "1={id=1, note=a}",
            "line 3!line 3 of items.csv has more than 1048576 bytes",
            "8={id=8, note=b}",
            "9={id=9, note=c}");
    Reading.assertResumes(source, List.of("1", "line 3", "8", "9"), 1);
    assertThat(
            Reading.pages(source, Cursor.start(), 2).get(0).next().orElseThrow().value())
        .contains(":" + (3 + lines) + ":");
  }

  @Test
  void next_quoteLeftOpenAndAnotherOneFarBehind_costsOneLine() throws Exception {
    String rows = "k,some value\n".repeat(200_000);

    List<String> seen = Reading.all(write("id,v\n\"open,1\n" + rows + "z,\"quoted\""), 10_000);

    assertThat(seen)
        .hasSize(200_002)
        .startsWith("line 2!line 2 of items.csv has text after a closing quote");
    assertThat(seen).endsWith("z={id=z, v=quoted}");
    assertThat(seen.subList(1, seen.size() - 1)).containsOnly("k={id=k, v=some value}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "~~ | must be there, was an empty file",
        "name,mail | must have the key column \"id\", parted from the others by commas, was with the columns [name, mail]",
        "id;name | must have the key column \"id\", parted from the others by commas, was with the columns [id;name]",
        "id,a,a | must have each column once, was with column \"a\" twice",
        "id,\"a | must be readable, but it opens a quote that is not closed",
        "id,a<CR>1,2<CR>3,4 | must end in LF or CR LF, was with a CR in it",
      })
  void open_badHeader_isRefused(String header, String message) throws Exception {
    Source<Map<String, String>> source = write(header.replace("<CR>", "\r"));

    assertThatThrownBy(() -> source.open(Cursor.start()))
        .isInstanceOfSatisfying(FailureException.class, e -> {
          assertThat(e.failure().kind()).isEqualTo(FailureKind.INVALID);
          assertThat(e.failure().message()).contains(message);
        });
  }

  @Test
  void open_badHeaderAtACursor_isRefusedToo() throws Exception {
    Source<Map<String, String>> source = write("ident,v\na,1\nb,2\n");

    assertThatThrownBy(() -> source.open(new Cursor("8:2:0")))
        .isInstanceOf(FailureException.class)
        .hasMessageContaining("key column \"id\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"id,v", "id,v\n", "id,v\r\n\r\n\n"})
  void next_headerOnly_isAnEmptyLastPage(String content) throws Exception {
    Source<Map<String, String>> source = write(content);

    assertThat(Reading.all(source, 5)).isEmpty();
    assertThat(source.count()).hasValue(0);
  }

  @Test
  void next_fileGrowsBetweenRuns_readsTheNewRecords() throws Exception {
    Source<Map<String, String>> source = write("id\na\nb\n");
    Cursor cursor = Reading.pages(source, Cursor.start(), 1).get(0).next().orElseThrow();

    write("id\na\nb\nc\n");

    assertThat(Reading.keys(source, cursor, 5)).containsExactly("b", "c");
  }

  @RepeatedTest(40)
  void next_randomRecords_agreesWithJacksonAndResumesAtEveryPage() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String text = randomCsv(random);
    Source<Map<String, String>> source = write(text);

    List<String> seen = Reading.all(source, 1 + random.nextInt(9));

    assertThat(seen).as("seed %d", seed).isEqualTo(byJackson(text));
    assertThat(source.count()).as("seed %d", seed).hasValue(seen.size());
    int read = 0;
    for (Page<Map<String, String>> page : Reading.pages(source, Cursor.start(), 3)) {
      read += page.size();
      if (page.next().isPresent()) {
        assertThat(Reading.from(source, page.next().orElseThrow(), 4))
            .as("seed %d, from %s", seed, page.next())
            .isEqualTo(seen.subList(read, seen.size()));
      }
    }
  }

  @RepeatedTest(40)
  void next_randomBytes_neverFailsAndNeverLosesALine() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder("id,v\n");
    for (int i = 0; i < 400; i++) {
      text.append("a\",\n\r\"x".charAt(random.nextInt(7)));
    }
    String body = text.toString();
    Source<Map<String, String>> source =
        new FileSource<>(file(body), new Csv("id"), 20 + random.nextInt(60));

    List<String> seen = Reading.all(source, 3);

    assertThat(seen).as("seed %d", seed).isEqualTo(Reading.all(source, 1000));
    // each item takes at least one line that is not empty, and no more than the lines there are
    long lines = body.lines().count();
    assertThat((long) seen.size()).as("seed %d", seed).isBetween(1L, lines);
    assertThat(source.count()).as("seed %d", seed).hasValue(seen.size());
  }

  private static String randomCsv(Random random) {
    String[] parts = {"a", ",", "\"", "\n", "\r\n", "ë", "\uD83D\uDE80", " ", "", "\"\"", "0"};
    StringBuilder text = new StringBuilder("id,v,w\n");
    int records = random.nextInt(40);
    for (int i = 0; i < records; i++) {
      text.append('k').append(i);
      for (int column = 0; column < 2; column++) {
        StringBuilder value = new StringBuilder();
        for (int part = random.nextInt(6); part > 0; part--) {
          value.append(parts[random.nextInt(parts.length)]);
        }
        text.append(',')
            .append('"')
            .append(value.toString().replace("\"", "\"\""))
            .append('"');
      }
      text.append(random.nextBoolean() ? "\n" : "\r\n");
      text.append(random.nextInt(5) == 0 ? "\n" : "");
    }
    return text.toString();
  }

  private static List<String> byJackson(String text) throws IOException {
    List<String> rows = new ArrayList<>();
    CsvMapper mapper = CsvMapper.builder()
        .enable(com.fasterxml.jackson.dataformat.csv.CsvParser.Feature.SKIP_EMPTY_LINES)
        .build();
    try (MappingIterator<Map<String, String>> records = mapper
        .readerForMapOf(String.class)
        .with(CsvSchema.emptySchema().withHeader())
        .readValues(text)) {
      records.forEachRemaining(row -> rows.add(row.get("id") + "=" + row));
    }
    return rows;
  }

  private Source<Map<String, String>> write(String content) throws IOException {
    return write(content.getBytes(StandardCharsets.UTF_8));
  }

  private Source<Map<String, String>> write(byte[] content) throws IOException {
    return Sources.csv(Files.write(folder.resolve("items.csv"), content), "id");
  }

  private Path file(String content) throws IOException {
    return Files.writeString(folder.resolve("items.csv"), content);
  }
}
