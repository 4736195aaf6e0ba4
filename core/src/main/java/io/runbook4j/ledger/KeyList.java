package io.runbook4j.ledger;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * A chunk's keys as they stand in the file, parsed when somebody looks at one. Most chunks of a
 * long run succeed, and nobody does. Immutable; safe for many threads: parsing twice gives equal
 * lists, and the list that is kept has final fields only.
 */
final class KeyList extends AbstractList<String> implements RandomAccess {
  private static final JsonFactory JSON = new JsonFactory();

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
    List<String> parsed = keys;
    if (parsed == null) {
      parsed = parse();
      keys = parsed;
    }
    return parsed.get(index);
  }

  @Override
  public int size() {
    return size;
  }

  private List<String> parse() {
    List<String> parsed = new ArrayList<>(size);
    try (JsonParser parser = JSON.createParser(array)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.VALUE_STRING) {
        parsed.add(parser.getText());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Keys with a right checksum are not JSON", e);
    }
    return List.copyOf(parsed);
  }
}
