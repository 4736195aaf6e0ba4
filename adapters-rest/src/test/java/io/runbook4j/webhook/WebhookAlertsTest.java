package io.runbook4j.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.runbook4j.rest.ScriptedServer;
import io.runbook4j.rest.Signatures;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.Occurrence;
import io.runbook4j.spi.alert.Occurrence.Phase;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebhookAlertsTest {
  private static final Instant SINCE = Instant.parse("2026-03-02T09:00:00Z");
  private static final Instant ENDED = Instant.parse("2026-03-02T09:20:00Z");

  static Alert alert(Severity severity, Phase phase) {
    Optional<Instant> end = phase == Phase.RESOLVED ? Optional.of(ENDED) : Optional.empty();
    return new Alert(
        "failure-rate",
        severity,
        "photos",
        "7 % failed: Zoë \uD83D\uDE00",
        Optional.of(new Occurrence(
            "prod/photos/7", phase, SINCE, end, Map.of("value", "0.07", "a-b", "c"))));
  }

  static TestContext context(ScriptedServer server, String... settings) {
    Map<String, String> given = new HashMap<>(Map.of("url", server.url("/hook").toString()));
    for (int i = 0; i < settings.length; i += 2) {
      given.put(settings[i], settings[i + 1]);
    }
    return new TestContext(given);
  }

  /** {@return what the server got} */
  private static JsonNode posted(Alert alert, String... settings) throws Exception {
    try (var server = ScriptedServer.replying(ScriptedServer.json(202, "{}"))) {
      new WebhookAdapter().connect(context(server, settings)).alerts().send(alert);
      return new ObjectMapper().readTree(server.requests().get(0).text());
    }
  }

  @Test
  void json_occurrence_hasAllOfIt() throws Exception {
    assertThat(posted(alert(Severity.SEV2, Phase.RESOLVED)))
        .isEqualTo(new ObjectMapper().readTree("""
            {"rule":"failure-rate","severity":"SEV2","priority":"P1","job":"photos",
             "text":"7 % failed: Zoë \uD83D\uDE00","dedupKey":"prod/photos/7","phase":"RESOLVED",
             "since":"2026-03-02T09:00:00Z","ended":"2026-03-02T09:20:00Z",
             "details":{"a-b":"c","value":"0.07"}}"""));
    assertThat(posted(new Alert("r", Severity.INFO, "j", "t")).toString())
        .isEqualTo("{\"rule\":\"r\",\"severity\":\"INFO\",\"priority\":\"P3\",\"job\":\"j\","
            + "\"text\":\"t\",\"dedupKey\":\"j/r\",\"phase\":\"OPENED\"}");
  }

  @Test
  void json_secretsInRotation_signsByTheCurrentOne() throws Exception {
    try (var server = ScriptedServer.replying(ScriptedServer.json(200, "{}"))) {
      WebhookConnection connection = new WebhookAdapter()
          .connect(context(server, "secret", "new-secret", "previous-secret", "old-secret"));

      connection.alerts().send(alert(Severity.SEV2, Phase.OPENED));

      ScriptedServer.Request request = server.requests().get(0);
      byte[] body = request.text().getBytes(UTF_8);
      String signature = request.header("X-Webhook-Signature");
      assertThat(Signatures.of("new-secret").verify(body, signature)).isTrue();
      assertThat(Signatures.rotating("newest", "new-secret").verify(body, signature))
          .isTrue();
      assertThat(Signatures.of("old-secret").verify(body, signature)).isFalse();
    }
  }

  @Test
  void send_gateIsLocalOnly_leavesAllTheSame() throws Exception {
    try (var server = ScriptedServer.replying(ScriptedServer.json(200, "{}"))) {
      TestContext context = context(server);
      context.isLocalOnly.set(true);

      new WebhookAdapter().connect(context).alerts().send(alert(Severity.SEV1, Phase.OPENED));

      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void text_holdsASecret_isRedacted() throws Exception {
    Alert alert = new Alert(
        "r",
        Severity.SEV3,
        "j",
        "401 for t0k3n-42",
        Optional.of(new Occurrence(
            "k", Phase.OPENED, SINCE, Optional.empty(), Map.of("sample", "Bearer t0k3n-42"))));

    assertThat(posted(alert, "token", "t0k3n-42").toString()).doesNotContain("t0k3n-42");
  }

  @Test
  void alertmanager_opened_isOneFiringAlert() throws Exception {
    JsonNode body = posted(alert(Severity.SEV2, Phase.OPENED), "alert-format", "alertmanager");

    assertThat(body).hasSize(1);
    assertThat(body.get(0).get("labels").toString())
        .isEqualTo("{\"alertname\":\"Runbook4j\",\"job\":\"photos\",\"severity\":\"sev2\","
            + "\"key\":\"prod/photos/7\"}");
    assertThat(body.get(0).get("annotations").toString())
        .contains("\"summary\":\"7 % failed", "\"rule\":\"failure-rate\"", "\"a_b\":\"c\"");
    assertThat(body.get(0).get("startsAt").asText()).isEqualTo("2026-03-02T09:00:00Z");
    assertThat(Instant.parse(body.get(0).get("endsAt").asText()))
        .isAfter(Instant.now().plus(Duration.ofHours(8)));
  }

  @Test
  void alertmanager_raisedAndResolved_endsTheOtherSeveritiesToo() throws Exception {
    JsonNode raised = posted(alert(Severity.SEV2, Phase.RAISED), "alert-format", "alertmanager");
    JsonNode resolved =
        posted(alert(Severity.SEV2, Phase.RESOLVED), "alert-format", "alertmanager");

    assertThat(severities(raised)).containsExactly("sev2", "info", "warning", "sev3", "sev1");
    assertThat(Instant.parse(raised.get(0).get("endsAt").asText())).isAfter(Instant.now());
    assertThat(Instant.parse(raised.get(3).get("endsAt").asText())).isBefore(Instant.now());
    assertThat(resolved.get(0).get("endsAt").asText()).isEqualTo("2026-03-02T09:20:00Z");
  }

  @Test
  void alertmanager_onceAndNeverResolved_leavesTheEndToAlertmanager() throws Exception {
    JsonNode body = posted(new Alert("r", Severity.SEV3, "j", "t"), "alert-format", "alertmanager");

    assertThat(body).hasSize(1);
    assertThat(body.get(0).has("endsAt")).isFalse();
    assertThat(body.get(0).get("labels").get("alertname").asText()).isEqualTo("r");
  }

  private static List<String> severities(JsonNode alerts) {
    List<String> all = new ArrayList<>();
    alerts.forEach(it -> all.add(it.get("labels").get("severity").asText()));
    return all;
  }

  private static JsonNode event(Alert alert) throws Exception {
    return posted(alert, "alert-format", "pagerduty", "routing-key", "R0UT1NG");
  }

  @ParameterizedTest
  @CsvSource({"SEV1,critical", "SEV2,error", "SEV3,error", "WARNING,warning", "INFO,info"})
  void pagerduty_severities_areMapped(Severity severity, String expected) throws Exception {
    assertThat(event(alert(severity, Phase.OPENED)).at("/payload/severity").asText())
        .isEqualTo(expected);
  }

  @Test
  void pagerduty_trigger_hasKeyAndPayload() throws Exception {
    JsonNode event = event(alert(Severity.SEV1, Phase.RAISED));

    assertThat(event.get("routing_key").asText()).isEqualTo("R0UT1NG");
    assertThat(event.get("event_action").asText()).isEqualTo("trigger");
    assertThat(event.get("dedup_key").asText()).isEqualTo("prod/photos/7");
    assertThat(event.get("payload").toString())
        .isEqualTo("{\"summary\":\"7 % failed: Zoë \uD83D\uDE00\",\"source\":\"runbook4j\","
            + "\"severity\":\"critical\",\"timestamp\":\"2026-03-02T09:00:00Z\","
            + "\"component\":\"photos\",\"class\":\"failure-rate\",\"custom_details\":"
            + "{\"runbook4j severity\":\"SEV1\",\"a-b\":\"c\",\"value\":\"0.07\"}}");
  }

  @ParameterizedTest
  @CsvSource({"ACKNOWLEDGED,acknowledge", "RESOLVED,resolve"})
  void pagerduty_lifeGoesOn_byTheSameKey(Phase phase, String action) throws Exception {
    JsonNode event = event(alert(Severity.SEV1, phase));

    assertThat(event.toString())
        .isEqualTo("{\"routing_key\":\"R0UT1NG\",\"event_action\":\"" + action
            + "\",\"dedup_key\":\"prod/photos/7\"}");
  }

  @Test
  void pagerduty_longTexts_areCutToItsLimits() throws Exception {
    Map<String, String> details = new HashMap<>();
    for (int i = 0; i < 500; i++) {
      details.put("detail-" + i, "\u0001".repeat(5_000));
    }
    String summary = "x".repeat(1_020) + "\uD83D\uDE00".repeat(9);
    JsonNode long1 = event(new Alert(
        "r".repeat(300),
        Severity.SEV1,
        "j",
        summary,
        Optional.of(new Occurrence("k", Phase.OPENED, SINCE, Optional.empty(), details))));
    JsonNode long2 = event(new Alert("r".repeat(300), Severity.SEV1, "j", "t"));
    JsonNode long3 = event(new Alert("r".repeat(301), Severity.SEV1, "j", "t"));

    assertThat(long1.at("/payload/summary").asText())
        .hasSizeBetween(1_020, 1_024)
        .endsWith("...");
    assertThat(long1.toString().getBytes(UTF_8).length).isLessThan(512_000);
    assertThat(long2.get("dedup_key").asText()).hasSize(255);
    assertThat(long3.get("dedup_key").asText())
        .hasSize(255)
        .isNotEqualTo(long2.get("dedup_key").asText());
  }

  @Test
  void send_rateLimited_throwsWhatCarriesTheWait() {
    try (var server = ScriptedServer.replying(
        ScriptedServer.json(429, "{}", "Retry-After: 17"), ScriptedServer.json(500, "{}"))) {
      var channel = new WebhookAdapter().connect(context(server)).alerts();

      assertThatThrownBy(() -> channel.send(alert(Severity.SEV1, Phase.OPENED)))
          .asInstanceOf(type(FailureException.class))
          .extracting(FailureException::failure)
          .satisfies(failure -> {
            assertThat(failure.kind()).isEqualTo(FailureKind.RATE_LIMITED);
            assertThat(failure.retryAfter().orElseThrow())
                .isBetween(Duration.ofSeconds(17), Duration.ofSeconds(25));
          });
      assertThatThrownBy(() -> channel.send(alert(Severity.SEV1, Phase.OPENED)))
          .asInstanceOf(type(FailureException.class))
          .extracting(it -> it.failure().kind())
          .isEqualTo(FailureKind.SERVER_ERROR);
      assertThat(server.requests()).hasSize(2);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"success\":false,\"error\":\"muted\"} | UNKNOWN | muted",
        "{\"ok\":false,\"kind\":\"RATE_LIMITED\",\"retryAfter\":3} | RATE_LIMITED | gave no message",
        "{\"error\":\"database down\"} | SERVER_ERROR | error must not be in a success",
        "{\"status\":\"failed\"} | SERVER_ERROR | status must not be an error"
      })
  void send_receiverSaysItFailed_throws(String body, FailureKind kind, String message) {
    try (var server = ScriptedServer.replying(ScriptedServer.json(200, body))) {
      var channel = new WebhookAdapter().connect(context(server)).alerts();

      FailureException failure = catchThrowableOfType(
          FailureException.class, () -> channel.send(alert(Severity.SEV1, Phase.OPENED)));

      assertThat(failure).as("no failure").isNotNull();
      assertThat(failure.failure().kind()).isEqualTo(kind);
      assertThat(failure.failure().message()).contains(message);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "text/plain | ok",
        "text/html | <h1>thanks</h1>",
        "application/json | {\"status\":\"success\",\"message\":\"Event processed\"}",
        "application/json | {\"ok\":true}",
        "application/json | [1]",
        "application/json | {oops"
      })
  void send_receiverSaysNoWordOfFailure_isTaken(String type, String body) throws Exception {
    try (var server = ScriptedServer.replying(ScriptedServer.with(200, type, body))) {
      new WebhookAdapter()
          .connect(context(server))
          .alerts()
          .send(alert(Severity.SEV1, Phase.OPENED));

      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void send_connectionIsReset_throws() {
    try (var server = ScriptedServer.replying(ScriptedServer.reset())) {
      var channel = new WebhookAdapter().connect(context(server)).alerts();

      assertThatThrownBy(() -> channel.send(alert(Severity.SEV1, Phase.OPENED)))
          .isInstanceOf(FailureException.class);
    }
  }

  @Test
  void check_alertFormat_mustBeKnownAndHaveWhatItNeeds() {
    WebhookAdapter adapter = new WebhookAdapter();

    assertThat(adapter.check(Map.of("alert-format", "smoke")))
        .containsExactly(Map.entry(
            "alert-format", "must be one of [alertmanager, json, pagerduty], was \"smoke\""));
    assertThat(adapter.check(Map.of("alert-format", "PagerDuty")))
        .containsExactly(
            Map.entry("routing-key", "must be given for alert-format pagerduty, was not"));
    assertThat(adapter.check(Map.of("alert-format", "pagerduty", "routing-key", "env:KEY")))
        .isEmpty();
  }

  @Test
  void name_ofEachFormat_isAnother() {
    try (var server = ScriptedServer.replying(ScriptedServer.json(200, "{}"))) {
      assertThat(new WebhookAdapter().connect(context(server)).alerts().name())
          .isEqualTo("json@localhost");
    }
  }
}
