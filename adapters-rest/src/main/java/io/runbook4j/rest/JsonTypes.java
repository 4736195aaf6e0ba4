package io.runbook4j.rest;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializerBase;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Date;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The types of the JDK that Jackson leaves to modules: times as ISO-8601 text, and optionals. */
final class JsonTypes {
  private JsonTypes() {}

  static SimpleModule module() {
    SimpleModule module = new SimpleModule();
    text(module, Instant.class, Instant::parse);
    text(module, Duration.class, Duration::parse);
    text(module, Period.class, Period::parse);
    text(module, LocalDate.class, LocalDate::parse);
    text(module, LocalTime.class, LocalTime::parse);
    text(module, LocalDateTime.class, LocalDateTime::parse);
    text(module, OffsetDateTime.class, OffsetDateTime::parse);
    text(module, OffsetTime.class, OffsetTime::parse);
    text(module, ZonedDateTime.class, ZonedDateTime::parse);
    text(module, Year.class, Year::parse);
    text(module, YearMonth.class, YearMonth::parse);
    module.addSerializer(ZonedDateTime.class, new ZonedText());
    module.addSerializer(Date.class, new DateText());
    optionals(module);
    return module;
  }

  private static <T> void text(SimpleModule module, Class<T> type, Function<String, T> parse) {
    module.addSerializer(type, ToStringSerializer.instance);
    module.addDeserializer(type, new TextReader<>(type, parse));
  }

  private static void optionals(SimpleModule module) {
    module.addSerializer(
        Optional.class,
        new OptionWriter(o -> o instanceof Optional<?> it ? it.orElse(null) : null));
    module.addSerializer(
        OptionalInt.class,
        new OptionWriter(o -> o instanceof OptionalInt i && i.isPresent() ? i.getAsInt() : null));
    module.addSerializer(
        OptionalLong.class,
        new OptionWriter(o -> o instanceof OptionalLong l && l.isPresent() ? l.getAsLong() : null));
    module.addSerializer(
        OptionalDouble.class,
        new OptionWriter(
            o -> o instanceof OptionalDouble d && d.isPresent() ? d.getAsDouble() : null));
    module.addDeserializer(
        Optional.class, new OptionReader<>(null, Object.class, Optional.empty(), Optional::of));
    module.addDeserializer(
        OptionalInt.class,
        new OptionReader<>(null, Integer.class, OptionalInt.empty(), OptionalInt::of));
    module.addDeserializer(
        OptionalLong.class,
        new OptionReader<>(null, Long.class, OptionalLong.empty(), OptionalLong::of));
    module.addDeserializer(
        OptionalDouble.class,
        new OptionReader<>(null, Double.class, OptionalDouble.empty(), OptionalDouble::of));
  }

  /** Writes the offset and no name of a zone, which ISO-8601 has not. */
  private static final class ZonedText extends ToStringSerializerBase {
    private static final long serialVersionUID = 1L;

    ZonedText() {
      super(ZonedDateTime.class);
    }

    @Override
    public String valueToString(Object value) {
      return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format((ZonedDateTime) value);
    }
  }

  /** Writes java.util.Date and what java.sql makes of it. */
  private static final class DateText extends ToStringSerializerBase {
    private static final long serialVersionUID = 1L;

    DateText() {
      super(Date.class);
    }

    @Override
    public String valueToString(Object value) {
      try {
        return ((Date) value).toInstant().toString();
      } catch (UnsupportedOperationException onlyDateOrTime) {
        return value.toString(); // java.sql.Date and java.sql.Time are ISO-8601 by themselves
      }
    }
  }

  /** Reads text. */
  private static final class TextReader<T> extends JsonDeserializer<T> {
    private final Class<T> type;
    private final Function<String, T> parse;

    TextReader(Class<T> type, Function<String, T> parse) {
      this.type = type;
      this.parse = parse;
    }

    @Override
    public T deserialize(JsonParser json, DeserializationContext context) throws IOException {
      if (!json.hasToken(JsonToken.VALUE_STRING)) {
        return type.cast(context.handleUnexpectedToken(type, json));
      }
      String text = json.getText();
      try {
        return parse.apply(text);
      } catch (DateTimeException e) {
        return type.cast(context.handleWeirdStringValue(type, text, "must be as ISO-8601 has it"));
      }
    }
  }

  /** Writes what an optional has, or null. */
  private static final class OptionWriter extends JsonSerializer<Object> {
    private final Function<Object, @Nullable Object> unwrap;

    OptionWriter(Function<Object, @Nullable Object> unwrap) {
      this.unwrap = unwrap;
    }

    @Override
    public void serialize(Object value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      provider.defaultSerializeValue(unwrap.apply(value), json);
    }
  }

  /** Reads an optional; null, or nothing, is an empty one. */
  private static final class OptionReader<V, T> extends JsonDeserializer<T>
      implements ContextualDeserializer {
    private final @Nullable JsonDeserializer<Object> inner;
    private final Class<V> type;
    private final T empty;
    private final Function<V, T> wrap;

    OptionReader(
        @Nullable JsonDeserializer<Object> inner, Class<V> type, T empty, Function<V, T> wrap) {
      this.inner = inner;
      this.type = type;
      this.empty = empty;
      this.wrap = wrap;
    }

    @Override
    public JsonDeserializer<?> createContextual(
        DeserializationContext context, @Nullable BeanProperty property)
        throws JsonMappingException {
      JavaType whole = context.getContextualType();
      JavaType value = type == Object.class && whole != null
          ? whole.containedTypeOrUnknown(0)
          : context.constructType(type);
      return new OptionReader<>(context.findRootValueDeserializer(value), type, empty, wrap);
    }

    @Override
    public T deserialize(JsonParser json, DeserializationContext context) throws IOException {
      Object value = inner == null ? null : inner.deserialize(json, context);
      return value == null ? empty : wrap.apply(type.cast(value));
    }

    @Override
    public T getNullValue(DeserializationContext context) {
      return empty;
    }
  }
}
