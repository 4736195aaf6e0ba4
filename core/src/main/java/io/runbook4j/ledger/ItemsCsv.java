package io.runbook4j.ledger;

import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.RuntimeJsonMappingException;
import com.fasterxml.jackson.dataformat.csv.CsvGenerator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.runbook4j.file.internal.Disk;
import io.runbook4j.spi.ledger.ItemRecord;
import io.runbook4j.spi.ledger.LedgerException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Items as a spreadsheet: export those without a mapping, let a person correct them in the service,
 * and rerun the keys that are left in the file.
 *
 * <p>The file is RFC 4180 in UTF-8 with a header, and begins with a byte order mark, without which
 * spreadsheets read other than English letters wrong. A text that a spreadsheet would take for a
 * formula (it begins with {@code = + - @}, their full-width forms, a tab or a line break) gets an
 * apostrophe in front, and so does one that begins with an apostrophe, so that {@link #keys} can
 * take exactly one away again.
 *
 * <p>Tell the spreadsheet to import the column {@code key} as text: many drop leading zeros of what
 * looks like a number, and no file can forbid it.
 */
public final class ItemsCsv {
  private static final List<String> COLUMNS =
      List.of("run", "key", "state", "kind", "code", "message", "at");
  private static final String FORMULA = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20";
  private static final char BYTE_ORDER_MARK = '\ufeff';
  private static final CsvMapper CSV = CsvMapper.builder()
      .enable(CsvGenerator.Feature.ALWAYS_QUOTE_STRINGS)
      .enable(CsvParser.Feature.WRAP_AS_ARRAY)
      .enable(CsvParser.Feature.SKIP_EMPTY_LINES)
      .build();

  private ItemsCsv() {}

  /**
   * Writes a file with one row for each item, and a header: run, key, state, kind, code, message,
   * at. Replaces the file if there is one. Halves of surrogate pairs, which UTF-8 cannot hold, are
   * question marks in it: such a key is not found again.
   *
   * @throws LedgerException if it cannot be written; what was there before stays
   */
  public static void write(Path file, Collection<ItemRecord> items) {
    CsvSchema schema = CsvSchema.emptySchema().withLineSeparator("\r\n");
    try {
      Disk.system().replace(file, draft -> {
        Writer out = new OutputStreamWriter(new Appending(draft), StandardCharsets.UTF_8);
        out.write(BYTE_ORDER_MARK);
        try (var rows = CSV.writer(schema).writeValues(out)) {
          rows.write(COLUMNS);
          for (ItemRecord item : items) {
            rows.write(row(item));
          }
        }
      });
    } catch (IOException e) {
      throw new LedgerException(
          "Items file " + file + " could not be written: " + e
              + ". What was there before is untouched, and so is the ledger. Name a place that may"
              + " be written and has room.",
          e);
    }
  }

  /** Appends to a file, whose owner closes it. */
  private static final class Appending extends OutputStream {
    private final Disk.AppendedFile file;

    Appending(Disk.AppendedFile file) {
      this.file = file;
    }

    @Override
    public void write(int b) throws IOException {
      file.append(new byte[] {(byte) b}, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      file.append(Arrays.copyOfRange(bytes, from, from + length), length);
    }
  }

  private static List<String> row(ItemRecord item) {
    return List.of(
        guarded(item.run().value()),
        guarded(item.key()),
        item.state().name(),
        item.failure().map(failure -> failure.kind().name()).orElse(""),
        guarded(item.failure().flatMap(failure -> failure.code()).orElse("")),
        guarded(item.text()),
        item.at().toString());
  }

  /**
   * {@return the keys in a file that {@link #write} wrote and a person corrected, in the file's
   * order, each once} Only the column {@code key} is needed; columns may be parted by commas,
   * semicolons or tabs, as spreadsheets write them. Rows without a key are left out. Unmodifiable.
   *
   * @throws LedgerException if it cannot be read, or has no column {@code key}
   */
  public static Set<String> keys(Path file) {
    try (BufferedReader in = Files.newBufferedReader(file)) {
      String header = header(in);
      CsvSchema schema = CsvSchema.emptySchema().withColumnSeparator(separator(header));
      Set<String> keys = new LinkedHashSet<>();
      try (MappingIterator<List<String>> rows =
          CSV.readerForListOf(String.class).with(schema).readValues(in)) {
        int column = column(file, header, schema);
        while (rows.hasNext()) {
          List<String> row = rows.next();
          if (column < row.size() && !row.get(column).isEmpty()) {
            keys.add(unguarded(row.get(column)));
          }
        }
      }
      return Collections.unmodifiableSet(keys);
    } catch (RuntimeJsonMappingException e) {
      throw unreadable(file, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw unreadable(file, e.toString(), e);
    }
  }

  private static LedgerException unreadable(Path file, String problem, Exception cause) {
    return new LedgerException(
        "Items file " + file + " cannot be read: " + problem
            + ". Nothing was rerun. Check that it is CSV in UTF-8, with quotes in pairs.",
        cause);
  }

  private static String header(BufferedReader in) throws IOException {
    String line = in.readLine();
    if (line == null) {
      return "";
    }
    return line.indexOf(BYTE_ORDER_MARK) == 0 ? line.substring(1) : line;
  }

  private static char separator(String header) {
    for (char candidate : new char[] {',', ';', '\t'}) {
      if (header.indexOf(candidate) >= 0) {
        return candidate;
      }
    }
    return ',';
  }

  private static int column(Path file, String header, CsvSchema schema) throws IOException {
    List<String> names = List.of();
    try (MappingIterator<List<String>> rows =
        CSV.readerForListOf(String.class).with(schema).readValues(header)) {
      names = rows.hasNext() ? rows.next() : names;
    }
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).strip().toLowerCase(Locale.ROOT).equals("key")) {
        return i;
      }
    }
    throw new LedgerException("Items file " + file + " must have a column named key in its first"
        + " line, was \"" + header + "\". Nothing was rerun. Put the header back: "
        + String.join(",", COLUMNS));
  }

  private static String guarded(String text) {
    return isGuarded(text, 0) ? "'" + text : text;
  }

  private static String unguarded(String text) {
    return text.startsWith("'") && isGuarded(text, 1) ? text.substring(1) : text;
  }

  private static boolean isGuarded(String text, int at) {
    return text.length() > at && (text.charAt(at) == '\'' || FORMULA.indexOf(text.charAt(at)) >= 0);
  }
}
