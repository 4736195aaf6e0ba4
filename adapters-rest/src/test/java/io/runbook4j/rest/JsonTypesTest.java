package io.runbook4j.rest;

import static io.runbook4j.rest.RestFixture.client;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import java.sql.Timestamp;
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
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class JsonTypesTest {
  record Times(
      Instant instant,
      Duration duration,
      Period period,
      LocalDate date,
      LocalTime time,
      LocalDateTime dateTime,
      OffsetDateTime offset,
      OffsetTime offsetTime,
      ZonedDateTime zoned,
      Year year,
      YearMonth month) {}

  record Inner(Instant at, Number size) {}

  record Options(
      Optional<Inner> inner,
      Optional<List<Instant>> list,
      OptionalInt i,
      OptionalLong l,
      OptionalDouble d) {}

  interface NoType {}

  record Unreadable(String name, NoType type) {}

  record Strict(String name) {
    Strict {
      if (name.isEmpty()) {
        throw new IllegalArgumentException("name must not be empty");
      }
    }
  }

  record Telling(String x) {
    @Override
    public String x() {
      throw new IllegalStateException("hunter2");
    }
  }

  record Outer(List<Inner> rows) {}

  private static RestResponse answered(String body) throws Exception {
    try (var server = ScriptedServer.replying(ScriptedServer.json(200, body))) {
      return client(server).send(RestRequest.post("x"));
    }
  }

  private static String text(Object value) {
    return new String(Json.bytes(value), UTF_8);
  }

  @Test
  void as_times_areReadAsTheyAreWritten() throws Exception {
    Times times = new Times(
        Instant.parse("2026-01-01T00:00:00.123456789Z"),
        Duration.parse("PT1H0.5S"),
        Period.parse("P1Y2D"),
        LocalDate.parse("2026-02-03"),
        LocalTime.parse("04:05"),
        LocalDateTime.parse("2026-02-03T04:05:06"),
        OffsetDateTime.parse("2026-02-03T04:05:06+02:00"),
        OffsetTime.parse("04:05:06+02:00"),
        ZonedDateTime.parse("2026-02-03T04:05:06+02:00"),
        Year.of(2026),
        YearMonth.of(2026, 2));

    assertThat(answered(text(times)).as(Times.class)).isEqualTo(times);
    assertThat(answered("\"2026-02-03T04:05:06+02:00\"").as(Instant.class))
        .isEqualTo(Instant.parse("2026-02-03T02:05:06Z"));
  }

  @Test
  void bytes_zonedDateTime_hasItsOffsetAndNoZone() {
    assertThat(text(ZonedDateTime.parse("2026-07-01T10:00:00+02:00[Europe/Berlin]")))
        .isEqualTo("\"2026-07-01T10:00:00+02:00\"");
  }

  @Test
  void as_optionals_areReadAsTheyAreWritten() throws Exception {
    Options all = new Options(
        Optional.of(new Inner(Instant.EPOCH, 7)),
        Optional.of(List.of(Instant.EPOCH)),
        OptionalInt.of(1),
        OptionalLong.of(2),
        OptionalDouble.of(0.5));
    Options none = new Options(
        Optional.empty(),
        Optional.empty(),
        OptionalInt.empty(),
        OptionalLong.empty(),
        OptionalDouble.empty());

    assertThat(text(all))
        .isEqualTo("{\"inner\":{\"at\":\"1970-01-01T00:00:00Z\",\"size\":7},"
            + "\"list\":[\"1970-01-01T00:00:00Z\"],\"i\":1,\"l\":2,\"d\":0.5}");
    assertThat(answered(text(all)).as(Options.class)).isEqualTo(all);
    assertThat(answered(text(none)).as(Options.class)).isEqualTo(none);
    assertThat(answered("{}").as(Options.class)).isEqualTo(none);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"rows\":[{},{\"at\":\"yesterday\"}]} | rows[1].at",
        "{\"rows\":[{},{\"at\":7}]} | rows[1].at",
        "{\"rows\":[{},{\"at\":{}}]} | rows[1].at",
        "{\"rows\":{\"a\":1}} | rows",
        "null | null"
      })
  void as_valueOfAnotherForm_isNonsenseThatNamesTheField(String body, String field)
      throws Exception {
    RestResponse response = answered(body);

    RestException failure =
        catchThrowableOfType(RestException.class, () -> response.as(Outer.class));

    assertThat(failure.failure().kind()).isEqualTo(FailureKind.SERVER_ERROR);
    assertThat(failure.failure().message()).contains("the form of", "Outer", field);
    assertThat(failure.isInDoubt()).isTrue();
  }

  @Test
  void as_valueThatTheTypeRefuses_isNonsenseThatSaysWhy() throws Exception {
    RestResponse response = answered("{\"name\":\"\"}");

    assertThatThrownBy(() -> response.as(Strict.class))
        .isInstanceOf(RestException.class)
        .hasMessageContaining("name must not be empty");
  }

  @Test
  void as_typeThatCannotBeRead_isTheAuthorsMistake() throws Exception {
    RestResponse response = answered("{\"name\":\"n\",\"type\":{}}");

    assertThatThrownBy(() -> response.as(Unreadable.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(Unreadable.class.getName())
        .hasMessageContaining("type")
        .hasMessageContaining(NoType.class.getName())
        .hasCauseInstanceOf(JsonProcessingException.class);
  }

  @Test
  void bytes_olderDates_areIsoText() {
    Timestamp exact = Timestamp.from(Instant.parse("2026-01-01T00:00:00.123456Z"));

    assertThat(text(Date.from(Instant.EPOCH))).isEqualTo("\"1970-01-01T00:00:00Z\"");
    assertThat(text(exact)).isEqualTo("\"2026-01-01T00:00:00.123456Z\"");
    assertThat(text(java.sql.Date.valueOf("2026-01-02"))).isEqualTo("\"2026-01-02\"");
    assertThat(text(java.sql.Time.valueOf("03:04:05"))).isEqualTo("\"03:04:05\"");
  }

  static List<Object> unwritable() {
    return List.of(
        Map.of("a", List.of(1, Double.NaN)),
        Map.of("a", List.of(1, Float.POSITIVE_INFINITY)),
        Map.of("a", List.of(1, new double[] {Double.NEGATIVE_INFINITY})),
        Map.of("a", List.of(1, OptionalDouble.of(Double.NaN))),
        Map.of("a", List.of(1, new Object())));
  }

  @ParameterizedTest
  @MethodSource("unwritable")
  void bytes_whatCannotBeWritten_isNamedByItsField(Object value) {
    assertThatThrownBy(() -> Json.bytes(value))
        .isInstanceOf(FailureException.class)
        .hasMessageContaining("INVALID")
        .hasMessageContaining(" at a[1]");
  }

  @Test
  void bytes_notFinite_saysSo() {
    assertThatThrownBy(() -> Json.bytes(Collections.singletonMap("rate", Double.NaN)))
        .hasMessageContaining("SingletonMap cannot be written as JSON at rate")
        .hasMessageContaining("must be finite, was NaN");
    assertThatThrownBy(() -> Json.bytes(Double.NaN)).hasMessageContaining("must be finite");
  }

  @Test
  void bytes_getterThrows_doesNotTellItsMessage() {
    assertThatThrownBy(() -> Json.bytes(new Telling("n")))
        .isInstanceOf(FailureException.class)
        .hasMessageContaining(" at x")
        .hasMessageNotContaining("hunter2");
  }
}
