package io.runbook4j.rest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How values become JSON and back: bounded in depth, numbers and strings when read; numbers exact,
 * with their scale, both ways; times written as ISO-8601 text.
 */
public final class Json {
  private static final int MAX_DEPTH = 200;
  private static final int MAX_NUMBER = 1_000;
  private static final int MAX_STRING = 50_000_000;
  private static final List<Class<?>> AS_TEXT = List.of(
      Instant.class,
      Duration.class,
      LocalDate.class,
      LocalTime.class,
      LocalDateTime.class,
      OffsetDateTime.class);

  static final ObjectMapper MAPPER = mapper();

  private static final ObjectReader ONE_OF_MANY =
      MAPPER.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private Json() {}

  private static ObjectMapper mapper() {
    JsonFactory factory = JsonFactory.builder()
        .streamReadConstraints(StreamReadConstraints.builder()
            .maxNestingDepth(MAX_DEPTH)
            .maxNumberLength(MAX_NUMBER)
            .maxStringLength(MAX_STRING)
            .build())
        .build();
    SimpleModule times = new SimpleModule();
    AS_TEXT.forEach(type -> times.addSerializer(type, ToStringSerializer.instance));
    return JsonMapper.builder(factory)
        .addModule(times)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .build();
  }

  /**
   * {@return a value as JSON in UTF-8}
   *
   * @throws FailureException INVALID if it cannot be written as JSON; names its type only
   */
  public static byte[] bytes(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) { // its message may repeat the value
      throw new FailureException(Failure.of(
          FailureKind.INVALID,
          value.getClass().getName() + " cannot be written as JSON ("
              + e.getClass().getSimpleName() + ")"));
    }
  }

  /** {@return one of several values} It leaves what comes behind it. */
  static JsonNode oneOfMany(JsonParser json) throws IOException {
    try {
      return ONE_OF_MANY.readTree(json);
    } catch (NumberFormatException e) {
      throw beyondAll(json);
    }
  }

  /** {@return the only value; missing if there is none} */
  static JsonNode only(byte[] bytes) throws IOException {
    try {
      JsonNode node = MAPPER.readTree(bytes);
      return node == null ? MissingNode.getInstance() : node;
    } catch (NumberFormatException e) {
      throw beyondAll(null);
    }
  }

  /** {@return what Jackson does not say of an exponent that no BigDecimal has} */
  private static JsonParseException beyondAll(@Nullable JsonParser json) {
    return new JsonParseException(json, "exponents must fit a BigDecimal, one did not");
  }

  /** {@return whether a Content-Type says JSON; so does none at all} */
  static boolean isJson(String contentType) {
    String type = type(contentType);
    return type.isEmpty()
        || isDocument(contentType)
        || type.equals("application/x-ndjson")
        || type.equals("application/jsonl");
  }

  /** {@return whether a Content-Type says that there is one JSON value, and not lines of them} */
  static boolean isDocument(String contentType) {
    String type = type(contentType);
    return type.equals("application/json") || type.equals("text/json") || type.endsWith("+json");
  }

  private static String type(String contentType) {
    return contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }
}
