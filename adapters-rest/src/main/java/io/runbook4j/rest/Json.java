package io.runbook4j.rest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How values become JSON and back: bounded in depth, numbers and strings when read; numbers exact,
 * with their scale, both ways; times and dates as ISO-8601 text, a ZonedDateTime with its offset;
 * an empty Optional as null.
 */
public final class Json {
  private static final int SHOWN = 200;
  private static final int MAX_DEPTH = 200;
  private static final int MAX_NUMBER = 1_000;
  private static final int MAX_STRING = 50_000_000;
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
        .addDecorator((made, json) -> new FiniteNumbers(json))
        .build();
    return JsonMapper.builder(factory)
        .addModule(JsonTypes.module())
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
        .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .build();
  }

  /**
   * {@return a value as JSON in UTF-8}
   *
   * @throws FailureException INVALID if it cannot be written as JSON, which has no NaN and no
   *     infinity; names its type and the field, and no value
   */
  public static byte[] bytes(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) { // its message may repeat the value
      throw new FailureException(Failure.of(
          FailureKind.INVALID,
          value.getClass().getName() + " cannot be written as JSON" + place(e) + " (" + why(e)
              + ")"));
    }
  }

  private static String why(JsonProcessingException e) {
    if (e instanceof FiniteNumbers.NotFinite) {
      return e.getOriginalMessage();
    }
    String type = e instanceof InvalidDefinitionException bad && bad.getType() != null
        ? " of " + bad.getType().toCanonical()
        : "";
    return e.getClass().getSimpleName() + type;
  }

  /** {@return the field that could not be written or read, such as {@code " at rows[1].price"}} */
  static String place(JsonProcessingException e) {
    StringBuilder path = new StringBuilder();
    if (e instanceof JsonMappingException mapping) {
      for (JsonMappingException.Reference step : mapping.getPath()) {
        String field = step.getFieldName();
        path.append(field == null ? "[" + step.getIndex() + "]" : "." + field);
      }
    }
    String place = path.toString().replaceFirst("^\\.", "");
    return place.isEmpty()
        ? ""
        : " at " + (place.length() > SHOWN ? place.substring(0, SHOWN) + "..." : place);
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
