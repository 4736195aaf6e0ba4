package io.runbook4j.source;

import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Page;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A header, and records with as many values. */
final class Csv implements RecordFormat<Map<String, String>> {
  private final String keyColumn;

  Csv(String keyColumn) {
    this.keyColumn = keyColumn;
  }

  @Override
  public RecordReader.Form form() {
    return RecordReader.Form.CSV;
  }

  @Override
  public int headers() {
    return 1;
  }

  @Override
  public Mapper<Map<String, String>> begin(RecordReader reader) throws IOException {
    List<String> columns = columns(reader);
    Set<String> seen = new LinkedHashSet<>();
    for (String column : columns) {
      if (!seen.add(column)) {
        throw bad("must have each column once, was with column \"" + column + "\" twice");
      }
    }
    int key = columns.indexOf(keyColumn);
    if (key < 0) {
      throw bad("must have the key column \"" + keyColumn
          + "\", parted from the others by commas, was with the columns " + columns);
    }
    return (page, record) -> add(page, columns, key, split(record));
  }

  private static List<String> columns(RecordReader reader) throws IOException {
    if (!reader.advance()) {
      throw bad("must be there, was an empty file");
    }
    String problem = reader.problem();
    if (problem != null) {
      throw bad("must be readable, but it " + problem);
    }
    String header = header(reader);
    if (header.indexOf('\r') >= 0) {
      throw bad("must end in LF or CR LF, was with a CR in it");
    }
    return split(header);
  }

  private static String header(RecordReader reader) {
    try {
      return reader.text();
    } catch (CharacterCodingException e) {
      throw new FailureException(
          Failure.of(FailureKind.INVALID, "the CSV header must be UTF-8, was not"), e);
    }
  }

  private static FailureException bad(String rule) {
    return new FailureException(Failure.of(FailureKind.INVALID, "the CSV header " + rule));
  }

  private void add(
      Page.Builder<Map<String, String>> page, List<String> columns, int key, List<String> values)
      throws UnreadableException {
    if (values.size() != columns.size()) {
      throw new UnreadableException(
          "must have " + columns.size() + " columns like the header, was " + values.size());
    }
    if (values.get(key).isEmpty()) {
      throw new UnreadableException("must have a value in column " + keyColumn + ", was \"\"");
    }
    Map<String, String> row = new LinkedHashMap<>(columns.size() * 2);
    for (int i = 0; i < columns.size(); i++) {
      row.put(columns.get(i), values.get(i));
    }
    page.add(values.get(key), row);
  }

  /** {@return the values of a record whose quotes match} */
  static List<String> split(String record) {
    List<String> values = new ArrayList<>();
    int at = 0;
    while (true) {
      int end = at < record.length() && record.charAt(at) == '"'
          ? quotedEnd(record, at)
          : plainEnd(record, at);
      values.add(value(record, at, end));
      if (end == record.length()) {
        return values;
      }
      at = end + 1;
    }
  }

  private static int plainEnd(String record, int from) {
    int comma = record.indexOf(',', from);
    return comma < 0 ? record.length() : comma;
  }

  private static int quotedEnd(String record, int from) {
    int at = record.indexOf('"', from + 1);
    while (at + 1 < record.length() && record.charAt(at + 1) == '"') {
      at = record.indexOf('"', at + 2);
    }
    return at + 1;
  }

  private static String value(String record, int from, int end) {
    return end > from && record.charAt(from) == '"'
        ? record.substring(from + 1, end - 1).replace("\"\"", "\"")
        : record.substring(from, end);
  }
}
