package io.runbook4j.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.runbook4j.spi.ledger.ItemRecord;
import io.runbook4j.spi.ledger.ItemResult;
import io.runbook4j.spi.ledger.LedgerException;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.AbstractCollection;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ItemsCsvTest {
  @TempDir
  private Path folder;

  @Test
  void write_items_isRfc4180WithAHeader() throws IOException {
    Path file = folder.resolve("items.csv");

    ItemsCsv.write(file, List.of(item("a,\"b\"", "=HYPERLINK(\"x\")")));

    assertThat(Files.readString(file))
        .isEqualTo("\ufeff\"run\",\"key\",\"state\",\"kind\",\"code\",\"message\",\"at\"\r\n"
            + "\"r1\",\"a,\"\"b\"\"\",\"FAILED\",\"MAPPING_MISSING\",\"'-1\","
            + "\"'=HYPERLINK(\"\"x\"\")\",\"1970-01-01T00:00:00Z\"\r\n");
  }

  @Test
  void keys_ofWrittenItems_areTheSameInOrder() {
    Path file = folder.resolve("items.csv");
    List<String> keys = List.of(
        "z",
        "a,b",
        "q\"q",
        "line\nbreak",
        "=1+1",
        "+1",
        "-1",
        "@x",
        "\tx",
        "\r\nx",
        "'",
        "''",
        "'=1",
        "'x",
        "\uff1d1",
        " padded ",
        "日本語 👩‍👩‍👧‍👦",
        "0012",
        "a;b",
        "k".repeat(3_000));

    ItemsCsv.write(file, keys.stream().map(key -> item(key, "m")).toList());

    assertThat(ItemsCsv.keys(file)).containsExactlyElementsOf(keys);
  }

  @Test
  void write_keyThatHasNoUtf8_losesThatKeyAlone() {
    Path file = folder.resolve("items.csv");

    ItemsCsv.write(file, List.of(item("a", "m"), item("half \ud83d", "m"), item("b", "m")));

    assertThat(ItemsCsv.keys(file)).containsExactly("a", "half ?", "b");
  }

  @Test
  void write_fails_leavesWhatWasThere() throws IOException {
    Path file = Files.writeString(folder.resolve("items.csv"), "key\nA1\n");
    Collection<ItemRecord> broken = new AbstractCollection<>() {
      @Override
      public Iterator<ItemRecord> iterator() {
        throw new IllegalStateException("the host's collection");
      }

      @Override
      public int size() {
        return 1;
      }
    };

    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> ItemsCsv.write(file, broken));

    assertThat(ItemsCsv.keys(file)).containsExactly("A1");
    assertThat(folder).isDirectoryNotContaining("glob:**.tmp");
  }

  @ParameterizedTest
  @ValueSource(strings = {"key\n\"A1\nB2\n", "key\n\"A1\" x,\nB2\n"})
  void keys_brokenQuotes_nameTheFile(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("items.csv"), text);

    assertThatExceptionOfType(LedgerException.class)
        .isThrownBy(() -> ItemsCsv.keys(file))
        .withMessageContainingAll("items.csv cannot be read", "Nothing was rerun", "quotes");
  }

  @Test
  void keys_notUtf8FarDown_nameTheFile() throws IOException {
    byte[] bytes = ("key\n" + "A1\n".repeat(20_000) + "M#ller\n").getBytes(StandardCharsets.UTF_8);
    bytes[bytes.length - 6] = (byte) 0xfc;
    Path file = Files.write(folder.resolve("items.csv"), bytes);

    assertThatExceptionOfType(LedgerException.class)
        .isThrownBy(() -> ItemsCsv.keys(file))
        .withMessageContainingAll("items.csv cannot be read", "UTF-8");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "key\nA1\n\nB2\nA1\n",
        "Run;Key;State\r\nr;A1;x\r\nr;B2;y\r\n",
        "\"state\"\t\"KEY\"\nx\tA1\ny\tB2\nz\nw\t\n",
        "\ufeffkey,message\nA1,\"two\nlines\"\nB2,"
      })
  void keys_savedBySpreadsheets_areRead(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("items.csv"), text);

    assertThat(ItemsCsv.keys(file)).containsExactly("A1", "B2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "id,name\nA1,x\n"})
  void keys_noKeyColumn_isRefusedWithTheHeaderSeen(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("items.csv"), text);

    assertThatExceptionOfType(LedgerException.class)
        .isThrownBy(() -> ItemsCsv.keys(file))
        .withMessageContaining("items.csv")
        .withMessageContaining("\"" + text.lines().findFirst().orElse("") + "\"");
  }

  @Test
  void keys_noFile_isRefused() {
    assertThatExceptionOfType(LedgerException.class)
        .isThrownBy(() -> ItemsCsv.keys(folder.resolve("none.csv")))
        .withMessageContaining("none.csv");
  }

  private static ItemRecord item(String key, String message) {
    Failure failure = Failure.of(FailureKind.MAPPING_MISSING, message).withCode("-1");
    return ItemRecord.of(
        new RunId("r1"), key, Instant.EPOCH, new ItemResult(0, Outcome.failed(failure), false));
  }
}
