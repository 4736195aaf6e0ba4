package io.runbook4j.ledger;

import io.runbook4j.file.internal.JsonScan;
import io.runbook4j.spi.ledger.ItemResult;
import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * A chunk's keys as they stand in the file, parsed when somebody looks at them. Most chunks of a
 * long run succeed, and nobody does; where a few of a chunk's items failed, or have a record that
 * the chunk may end, only their keys become text. Immutable; safe for many threads: parsing twice
 * gives equal lists, and the list that is kept has final fields only.
 */
final class KeyList extends AbstractList<String> implements RandomAccess {
  private final byte[] array;
  private final int size;
  private @Nullable List<String> keys;

  /** Makes a list of {@code size} keys; {@code array} is JSON and perhaps more behind it. */
  KeyList(byte[] array, int size) {
    this.array = array;
    this.size = size;
  }

  @Override
  public String get(int index) {
    return parsed().get(index);
  }

  @Override
  public int size() {
    return size;
  }

  /** {@return the keys at these places, which rise} */
  List<String> at(List<ItemResult> results) {
    List<String> found = new ArrayList<>(results.size());
    Plain plain = new Plain();
    while (found.size() < results.size() && plain.next()) {
      if (plain.index == results.get(found.size()).index()) {
        found.add(plain.text());
      }
    }
    return plain.isOdd ? results.stream().map(result -> get(result.index())).toList() : found;
  }

  /** {@return the keys that the marks may have} */
  List<String> marked(KeyMarks marks) {
    List<String> found = new ArrayList<>(0);
    Plain plain = new Plain();
    while (plain.next()) {
      if (marks.mayHave(plain.hash)) {
        found.add(plain.text());
      }
    }
    return plain.isOdd ? parsed().stream().filter(marks::mayHave).toList() : found;
  }

  private List<String> parsed() {
    List<String> parsed = keys;
    if (parsed == null) {
      parsed = new JsonScan(array, 0, array.length).texts();
      keys = parsed;
    }
    return parsed;
  }

  /** Walks over keys of ASCII letters without escapes; at any other it is at its end, and odd. */
  private final class Plain {
    private int index = -1;
    private int from;
    private int to;
    private int hash;
    private boolean isOdd;

    /** Goes to the next key, and computes what its {@link String#hashCode} would be. */
    boolean next() {
      int at = index < 0 ? 1 : to + 1;
      at += at < array.length && array[at] == ',' ? 1 : 0;
      if (index + 1 == size) {
        return false;
      }
      byte[] bytes = array; // fields would be written at each letter
      isOdd = at >= bytes.length || bytes[at] != '"';
      from = ++at;
      int h = 0;
      while (at < bytes.length && bytes[at] != '"' && bytes[at] != '\\' && bytes[at] >= ' ') {
        h = 31 * h + bytes[at++];
      }
      isOdd |= at >= bytes.length || bytes[at] != '"';
      hash = h;
      to = at;
      index++;
      return !isOdd;
    }

    String text() {
      return new String(array, from, to - from, StandardCharsets.US_ASCII);
    }
  }
}
