package io.runbook4j.source;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.runbook4j.spi.sync.Page;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One JSON object a line. */
final class JsonLines implements RecordFormat<Map<String, @Nullable Object>> {
  private static final ObjectReader READER = JsonMapper.builder()
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
      .build()
      .readerForMapOf(Object.class);

  private final String keyField;

  JsonLines(String keyField) {
    this.keyField = keyField;
  }

  @Override
  public RecordReader.Form form() {
    return RecordReader.Form.LINES;
  }

  @Override
  public int headers() {
    return 0;
  }

  @Override
  public Mapper<Map<String, @Nullable Object>> begin(RecordReader reader) {
    return this::add;
  }

  private void add(Page.Builder<Map<String, @Nullable Object>> page, String line)
      throws UnreadableException {
    Map<String, @Nullable Object> fields = parse(line);
    page.add(key(fields), fields);
  }

  private String key(Map<String, @Nullable Object> fields) throws UnreadableException {
    Object key = fields.get(keyField);
    if (key instanceof Integer || key instanceof Long || key instanceof BigInteger) {
      return key.toString();
    }
    if (!(key instanceof String text)) {
      throw new UnreadableException("must have text or a whole number in field " + keyField
          + ", was " + (fields.containsKey(keyField) ? kind(key) : "without that field"));
    }
    if (text.isEmpty()) {
      throw new UnreadableException(
          "must have text or a whole number in field " + keyField + ", was \"\"");
    }
    return text;
  }

  private static Map<String, @Nullable Object> parse(String line) throws UnreadableException {
    try {
      LinkedHashMap<String, @Nullable Object> fields = READER.readValue(line);
      if (fields == null) {
        throw new UnreadableException("is not a JSON object but null");
      }
      return fields;
    } catch (MismatchedInputException e) { // whose message tells of our types
      throw new UnreadableException("is not a JSON object alone on its line");
    } catch (JsonProcessingException e) {
      int column = e.getLocation() == null ? 0 : e.getLocation().getColumnNr();
      throw new UnreadableException("is not a JSON object"
          + (column > 0 ? " (column " + column + ")" : "") + ": " + e.getOriginalMessage());
    }
  }

  private static String kind(@Nullable Object value) {
    if (value == null) {
      return "null";
    }
    if (value instanceof Number || value instanceof Boolean) {
      return value.toString();
    }
    return value instanceof Map ? "an object" : "an array";
  }
}
