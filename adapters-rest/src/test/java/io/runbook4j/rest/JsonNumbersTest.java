package io.runbook4j.rest;

import static io.runbook4j.rest.RestFixture.client;
import static io.runbook4j.rest.RestFixture.failing;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonNumbersTest {
  private static final RestRequest GET = RestRequest.get("x");

  record Price(BigDecimal price, BigInteger count, double rough) {}

  private static RestResponse answered(String body) throws Exception {
    try (var server = ScriptedServer.replying(ScriptedServer.json(200, body))) {
      return client(server).send(GET);
    }
  }

  @Test
  void as_decimals_areExact() throws Exception {
    RestResponse response =
        answered("{\"price\":12345678901234567.890,\"count\":123456789012345678901,\"rough\":0.1}");

    assertThat(response.as(Price.class))
        .isEqualTo(new Price(
            new BigDecimal("12345678901234567.890"), new BigInteger("123456789012345678901"), 0.1));
    assertThat(response.as(Map.class).get("price"))
        .isEqualTo(new BigDecimal("12345678901234567.890"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.10", "12345678901234567.89", "1E+5", "1E+400", "-0.0", "1E-7", "5.0"})
  void json_number_isTheSameWhenWrittenAgain(String number) throws Exception {
    JsonNode json = answered("{\"n\":" + number + "}").json();

    assertThat(json.get("n").isNumber()).isTrue();
    assertThat(json.get("n").decimalValue()).isEqualTo(new BigDecimal(number));
    assertThat(new String(Json.bytes(json), UTF_8))
        .isEqualTo("{\"n\":" + new BigDecimal(number) + "}");
  }

  @Test
  void next_decimalInARecord_isExact() throws Exception {
    try (var server = ScriptedServer.replying(ScriptedServer.json(200, "[1.10,1e400]"));
        Records records = client(server).records(GET)) {
      assertThat(records.next().orElseThrow().decimalValue()).isEqualTo(new BigDecimal("1.10"));
      assertThat(records.next().orElseThrow().decimalValue()).isEqualTo(new BigDecimal("1e400"));
    }
  }

  @Test
  void bytes_decimal_isWrittenExactly() {
    assertThat(new String(Json.bytes(Map.of("n", new BigDecimal("12345678901234567.890"))), UTF_8))
        .isEqualTo("{\"n\":12345678901234567.890}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e99999999999", "-1e-99999999999"})
  void json_numberBeyondAll_isNonsense(String number) throws Exception {
    try (var server = ScriptedServer.replying(ScriptedServer.json(200, "[" + number + "]"))) {
      assertThat(failing(client(server), GET).failure().message()).contains("body must be JSON");
      try (Records records = client(server).records(GET)) {
        assertThat(catchThrowableOfType(RestException.class, records::next))
            .hasMessageContaining("records must be JSON");
      }
    }
  }

  @Test
  void as_hugeExponentForAWholeNumber_isNonsense() throws Exception {
    RestResponse response = answered("{\"count\":1e999999999}");

    RestException failure =
        catchThrowableOfType(RestException.class, () -> response.as(Price.class));

    assertThat(failure).as("no failure").isNotNull();
  }

  @Test
  void json_numberTooLong_isNonsense() {
    String digits = "1".repeat(600);
    String body = "[" + digits + "." + digits + "]";
    try (var server = ScriptedServer.replying(ScriptedServer.json(200, body))) {
      assertThat(failing(client(server), GET).failure().message()).contains("(1000");
    }
  }

  @Test
  void json_hugeExponent_costsNothing() throws Exception {
    JsonNode huge = answered("{\"n\":1e999999999}").json().get("n");

    assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
      assertThat(huge.longValue()).isZero();
      assertThat(huge.intValue()).isZero();
      assertThat(huge.canConvertToLong()).isFalse();
      assertThat(huge.doubleValue()).isInfinite();
      assertThat(huge.asText()).hasSizeLessThan(20);
      assertThat(Json.bytes(huge)).hasSizeLessThan(20);
    });
  }
}
