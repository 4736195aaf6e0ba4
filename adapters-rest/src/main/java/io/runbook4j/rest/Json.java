package io.runbook4j.rest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;

/**
 * How values become JSON and back: bounded in depth, numbers and strings when read; times written
 * as ISO-8601 text.
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

  /** Reads one of several values, and leaves what comes behind it. */
  static final ObjectReader ONE_OF_MANY =
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

  /** {@return whether a Content-Type says JSON; so does none at all} */
  static boolean isJson(String contentType) {
    String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    return type.isEmpty()
        || type.equals("application/json")
        || type.equals("text/json")
        || type.equals("application/x-ndjson")
        || type.equals("application/jsonl")
        || type.endsWith("+json");
  }
}
