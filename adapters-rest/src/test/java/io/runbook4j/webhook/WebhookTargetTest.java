package io.runbook4j.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.rest.ScriptedServer;
import io.runbook4j.rest.Signatures;
import io.runbook4j.spi.Adapter;
import io.runbook4j.spi.Setting;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import io.runbook4j.spi.sync.Target;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookTargetTest {
  private static final Chunk<Map<String, Object>> CHUNK = Chunk.of(
      "run-1/c7", List.of("u1", "u2"), List.of(Map.of("name", "Zoë"), Map.of("name", "Al")));

  private static TestContext context(URI url, String... settings) {
    Map<String, String> given = new HashMap<>(Map.of("url", url.toString()));
    for (int i = 0; i < settings.length; i += 2) {
      given.put(settings[i], settings[i + 1]);
    }
    return new TestContext(given);
  }

  private static ChunkResult apply(ScriptedServer server, String... settings) throws Exception {
    try (WebhookConnection connection =
        new WebhookAdapter().connect(context(server.url("/hook"), settings))) {
      Target<Map<String, Object>> target = connection.target();
      return target.apply(CHUNK);
    }
  }

  private static ChunkResult answered(int status, String body, String... settings)
      throws Exception {
    try (var server = ScriptedServer.replying(ScriptedServer.json(status, body))) {
      return apply(server, settings);
    }
  }

  private static FailureKind inDoubt(ChunkResult result) {
    assertThat(result.isWholeCall()).isTrue();
    assertThat(result.others().orElseThrow()).isInstanceOf(Outcome.InDoubt.class);
    return ((Outcome.InDoubt) result.others().orElseThrow()).failure().kind();
  }

  @Test
  void apply_answerSpeaksOfALimit_handsItToTheLimitOfTheTarget() throws Exception {
    try (var server = ScriptedServer.replying(
        ScriptedServer.json(200, "{}", "RateLimit: \"default\";r=5;t=30"))) {
      TestContext context = context(server.url("/hook"));
      try (WebhookConnection connection = new WebhookAdapter().connect(context)) {
        Target<Map<String, Object>> target = connection.target();
        target.apply(CHUNK);

        assertThat(context.learned)
            .containsExactly(
                target.service() + " Remaining[policy=default, remaining=5, reset=PT30S]");
      }
    }
  }

  @Test
  void apply_gateIsLocalOnly_sendsNothingUntilItOpens() throws Exception {
    try (var server = ScriptedServer.replying(ScriptedServer.json(200, "{}"))) {
      TestContext context = context(server.url("/hook"));
      Target<Map<String, Object>> target = new WebhookAdapter().connect(context).target();

      context.isLocalOnly.set(true);
      ChunkResult kept = target.apply(CHUNK);

      assertThat(server.requests()).isEmpty();
      assertThat(kept.isWholeCall()).isTrue();
      assertThat(kept.others().orElseThrow().toString())
          .contains("Failed", "CANCELLED", "was not sent: the gate is local-only");
      context.isLocalOnly.set(false);
      assertThat(target.apply(CHUNK).outcome("u1")).contains(Outcome.succeeded());
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void adapter_serviceLoader_findsIt() {
    assertThat(ServiceLoader.load(Adapter.class))
        .filteredOn(adapter -> adapter.id().equals("webhook"))
        .singleElement()
        .satisfies(adapter -> {
          assertThat(adapter.spiLevel()).isEqualTo(Adapter.SPI_LEVEL);
          assertThat(adapter.quotas()).isEmpty();
          assertThat(adapter.settings()).extracting("name").doesNotHaveDuplicates();
        });
  }

  @Test
  void apply_chunk_isPostedSigned() throws Exception {
    try (var server = ScriptedServer.replying(ScriptedServer.json(200, "{}"))) {
      apply(server, "secret", "s3cret", "token", "t0k3n");

      ScriptedServer.Request request = server.requests().get(0);
      assertThat(request.line()).isEqualTo("POST /hook HTTP/1.1");
      assertThat(request.text())
          .isEqualTo("{\"idempotencyKey\":\"run-1/c7\",\"items\":["
              + "{\"key\":\"u1\",\"value\":{\"name\":\"Zoë\"}},"
              + "{\"key\":\"u2\",\"value\":{\"name\":\"Al\"}}]}");
      assertThat(request.header("X-Webhook-Signature"))
          .isEqualTo(Signatures.of("s3cret").sign(request.text().getBytes(UTF_8)));
      assertThat(request.header("Idempotency-Key")).isEqualTo("run-1/c7");
      assertThat(request.header("Authorization")).isEqualTo("Bearer t0k3n");
    }
  }

  @Test
  void apply_timestampHeader_isSignedToo() throws Exception {
    try (var server = ScriptedServer.replying(ScriptedServer.json(200, "{}"))) {
      apply(server, "secret", "new", "timestamp-header", "X-Stamp", "signature-header", "X-Sig");

      ScriptedServer.Request request = server.requests().get(0);
      assertThat(Signatures.rotating("newer", "new")
              .within(Duration.ofMinutes(1))
              .verify(
                  request.text().getBytes(UTF_8),
                  request.header("X-Sig"),
                  request.header("X-Stamp"),
                  Instant.now()))
          .isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "200 | application/json | {}",
        "200 | application/json | {\"success\":true}",
        "201 | application/json | {\"ok\":true,\"error\":null,\"errors\":[]}",
        "202 | application/json | {\"status\":\"queued\"}",
        "200 | application/json | {\"Success\":true,\"Errors\":[],\"HasErrors\":false}",
        "200 | application/json | {\"errors\":0,\"default\":\"en\"}",
        "200 | application/json | {\"status\":\"ok\"}",
        "200 | application/json | {\"status\":200,\"statusCode\":201}",
        "200 | application/json | {\"received\":3,\"stats\":{\"results\":3}}",
        "200 | application/json | {\"errcode\":0,\"errmsg\":\"ok\"}",
        "200 | text/html | ''",
        "204 | text/plain | ''"
      })
  void apply_bareSuccess_isAllApplied(int status, String type, String body) throws Exception {
    try (var server = ScriptedServer.replying(ScriptedServer.with(status, type, body))) {
      ChunkResult trusted = apply(server);
      ChunkResult distrusted = apply(server, "without-results", "in-doubt");

      assertThat(trusted.reported())
          .containsOnly(Map.entry("u1", Outcome.succeeded()), Map.entry("u2", Outcome.succeeded()));
      assertThat(inDoubt(distrusted)).isEqualTo(FailureKind.SERVER_ERROR);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/json | {\"results\": [{\"key\":\"u1\",\"status\":\"failed\"",
        "text/html | <h1>maintenance</h1>",
        "application/json | <h1>maintenance</h1>",
        "text/plain | {\"results\":[{\"key\":\"u1\",\"status\":\"failed\"}]}",
        "text/plain | {}",
        "text/plain | ok",
        "application/json | []",
        "application/json | \"ok\"",
        "application/json | null",
        "application/json | {\"error\":\"database down\"}",
        "application/json | {\"success\":true,\"error\":{}, \"errors\":[{}]}",
        "application/json | {\"success\":\"false\"}",
        "application/json | {\"ok\":0}",
        "application/json | {\"ok\":\"\"}",
        "application/json | {\"status\":\"Error\",\"message\":\"no\"}",
        "application/json | {\"status\":\"fail\"}",
        "application/json | {\"Status\":\"Failed\"}",
        "application/json | {\"Error\":\"database down\"}",
        "application/json | {\"OK\":\"false\"}",
        "application/json | {\"Results\":[{\"Key\":\"u1\",\"Status\":\"failed\"}]}",
        "application/json | {\"data\":{\"results\":[{\"key\":\"u1\",\"status\":\"failed\"}]}}",
        "application/json | {\"data\":{\"Results\":{}}}",
        "application/json | {\"errorMessage\":\"Task timed out\",\"errorType\":\"x\"}",
        "application/json | {\"statusCode\":500,\"body\":\"\"}",
        "application/json | {\"StatusCode\":\"502\"}",
        "application/json | {\"status\":500}",
        "application/json | {\"status\":400}",
        "application/json | {\"errcode\":310000,\"errmsg\":\"keywords not in content\"}",
        "application/json | {\"hasErrors\":true}",
        "application/json | {\"unhandledException\":{\"at\":\"x\"}}",
        "application/json | {\"Fault\":\"soap\"}"
      })
  void apply_successThatIsNone_leavesAllInDoubt(String type, String body) throws Exception {
    try (var server = ScriptedServer.replying(ScriptedServer.with(200, type, body))) {
      assertThat(inDoubt(apply(server))).isEqualTo(FailureKind.SERVER_ERROR);
    }
  }

  @Test
  void apply_notModified_leavesAllInDoubt() throws Exception {
    assertThat(inDoubt(answered(304, ""))).isEqualTo(FailureKind.SERVER_ERROR);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"success\":false,\"error\":\"sync failed\"} | UNKNOWN: sync failed",
        "{\"ok\":false,\"error\":{}} | UNKNOWN: the receiver gave no message",
        "{\"Success\":false,\"Message\":\"db down\"} | UNKNOWN: db down",
        "{\"Ok\":false,\"Kind\":\"INVALID\",\"Error\":\"bad\"} | INVALID: bad",
        "{\"ok\":false,\"kind\":\"INVALID\",\"message\":\"bad\"} | INVALID: bad"
      })
  void apply_receiverSaysFalse_isAFailureOfTheWholeCall(String body, String failure)
      throws Exception {
    for (String trust : List.of("succeeded", "in-doubt")) {
      ChunkResult result = answered(200, body, "without-results", trust);

      assertThat(result.isWholeCall()).isTrue();
      assertThat(result.others().orElseThrow()).isInstanceOf(Outcome.Failed.class);
      assertThat(result.others().orElseThrow().toString()).contains(failure);
    }
  }

  @Test
  void apply_results_areReadByKey() throws Exception {
    ChunkResult result = answered(
        207,
        "{\"results\":[{\"key\":\"u2\",\"status\":\"failed\",\"kind\":\"invalid\",\"code\":17,"
            + "\"message\":\"no name\",\"retryAfter\":1.5},"
            + "{\"key\":\"invented\",\"status\":\"OK\"},"
            + "{\"key\":\"u3\",\"status\":\"skipped\",\"message\":\"same\"},"
            + "{\"key\":\"u4\",\"status\":\"in-doubt\"},"
            + "{\"key\":\"u5\",\"status\":\"meh\"}]}");

    assertThat(result.isWholeCall()).isFalse();
    assertThat(result.outcome("u1")).isEmpty();
    assertThat(result.outcome("invented")).contains(Outcome.succeeded());
    assertThat(result.outcome("u2"))
        .contains(Outcome.failed(Failure.of(FailureKind.INVALID, "no name")
            .withCode("17")
            .withRetryAfter(Duration.ofSeconds(2))));
    assertThat(result.outcome("u3")).contains(Outcome.skipped("same"));
    assertThat(result.outcome("u4").orElseThrow()).isInstanceOf(Outcome.InDoubt.class);
    assertThat(result.outcome("u5").orElseThrow().toString()).contains("InDoubt", "was \"meh\"");
  }

  @Test
  void apply_refusalWithResults_isReadByKey() throws Exception {
    ChunkResult result = answered(422, "{\"results\":[{\"key\":\"u1\",\"status\":\"ok\"}]}");

    assertThat(result.outcome("u1")).contains(Outcome.succeeded());
    assertThat(result.outcome("u2")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | application/json | {\"results\":[{\"key\":\"u1\",\"status\":\"ok\"},{\"key",
        "409 | text/plain | {\"results\":[{\"key\":\"u1\",\"status\":\"ok\"}]}",
        "422 | application/json | {\"Results\":[{\"Key\":\"u1\",\"Status\":\"ok\"}]}",
        "422 | application/json | {\"data\":{\"results\":[{\"key\":\"u1\",\"status\":\"ok\"}]}}",
        "422 | application/json | {\"results\":[{\"key\":\"u1\"}]}"
      })
  void apply_refusalWhoseResultsCannotBeRead_leavesAllInDoubt(int status, String type, String body)
      throws Exception {
    try (var server = ScriptedServer.replying(ScriptedServer.with(status, type, body))) {
      assertThat(inDoubt(apply(server))).isEqualTo(FailureKind.SERVER_ERROR);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | application/json | {\"message\":\"no results\"} | INVALID",
        "400 | application/json | {\"mess | INVALID",
        "409 | text/html | <h1>results</h1> | CONFLICT",
        "422 | application/json | '\0\0{\0' | INVALID",
        "422 | application/json | '' | INVALID"
      })
  void apply_refusalWithoutResults_isOneOfTheWholeCall(
      int status, String type, String body, FailureKind kind) throws Exception {
    try (var server = ScriptedServer.replying(ScriptedServer.with(status, type, body))) {
      ChunkResult result = apply(server);

      assertThat(result.isWholeCall()).isTrue();
      assertThat(result.others().orElseThrow().toString()).contains("Failed", kind.name());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "300, setting url must be", "301, setting url must be", "302, setting url must be",
    "303, setting url must be", "307, setting url must be", "308, setting url must be",
    "404, setting url must be", "405, takes POST", "407, the proxy must let the call through",
    "410, setting url must be", "415, takes application/json"
  })
  void apply_refusalOfEveryCall_saysWhatToCheckAndIsNotOfTheData(int status, String remedy)
      throws Exception {
    Outcome outcome = answered(status, "{}").others().orElseThrow();

    boolean mayBeDone = status <= 303;
    assertThat(outcome).isInstanceOf(mayBeDone ? Outcome.InDoubt.class : Outcome.Failed.class);
    assertThat(outcome.toString()).contains("PERMISSION[" + status, remedy, "HTTP " + status);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"results\":{}}",
        "{\"results\":null}",
        "{\"results\":[7]}",
        "{\"results\":[{\"key\":\"u1\"}]}",
        "{\"results\":[{\"key\":1,\"status\":\"ok\"}]}",
        "{\"results\":[{\"key\":\"\",\"status\":\"ok\"}]}",
        "{\"results\":[{\"key\":\"u1\",\"status\":\"ok\"},{\"key\":\"u1\",\"status\":\"ok\"}]}",
      })
  void apply_resultsOfAWrongShape_leaveAllInDoubt(String body) throws Exception {
    assertThat(inDoubt(answered(200, body))).isEqualTo(FailureKind.SERVER_ERROR);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e999", "-1", "\"x\"", "null", "1e18"})
  void apply_hostileRetryAfter_neverThrows(String wait) throws Exception {
    ChunkResult result = answered(
        200, "{\"results\":[{\"key\":\"u1\",\"status\":\"failed\",\"retryAfter\":" + wait + "}]}");

    assertThat(result.outcome("u1").orElseThrow().toString()).contains("Failed", "UNKNOWN");
  }

  @Test
  void apply_refused_isAWholeCallWithItsWait() throws Exception {
    try (var server = ScriptedServer.replying(ScriptedServer.json(429, "{}", "Retry-After: 3"))) {
      ChunkResult result = apply(server);

      assertThat(result.isWholeCall()).isTrue();
      assertThat(result.others().orElseThrow().toString())
          .contains("Failed", "RATE_LIMITED", "PT3S");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"no", "yes"})
  void apply_receiverDies_isInDoubt(String idempotent) throws Exception {
    ChunkResult result =
        answered(500, "{\"success\":false,\"error\":\"died\"}", "idempotent", idempotent);

    assertThat(inDoubt(result)).isEqualTo(FailureKind.SERVER_ERROR);
  }

  @Test
  void apply_answerLost_isInDoubt() throws Exception {
    try (var server = ScriptedServer.replying(ScriptedServer.reset())) {
      assertThat(inDoubt(apply(server))).isEqualTo(FailureKind.NETWORK);
    }
  }

  @Test
  void apply_echoedSecret_isRedacted() throws Exception {
    ChunkResult result = answered(
        200,
        "{\"results\":[{\"key\":\"u1\",\"status\":\"failed\",\"message\":\"bad t0k3n\","
            + "\"code\":\"t0k3n\"},{\"key\":\"u2\",\"status\":\"t0k3n\"}]}",
        "token",
        "t0k3n");

    assertThat(result.toString()).contains("bad ").doesNotContain("t0k3n");
  }

  @Test
  void apply_secretInCapitalsAsStatus_isRedacted() throws Exception {
    ChunkResult result = answered(
        200,
        "{\"results\":[{\"key\":\"u1\",\"status\":\"S3cret-T0k3n\"}]}",
        "token",
        "S3cret-T0k3n");

    assertThat(result.toString()).contains("InDoubt").doesNotContainIgnoringCase("s3cret-t0k3n");
  }

  private static ChunkResult applyNoJsonAndJson(ScriptedServer.Reply reply, String idempotent)
      throws Exception {
    Chunk<Object> chunk = Chunk.of("k", List.of("u1", "u2"), List.of(new Object(), Instant.EPOCH));
    try (var server = ScriptedServer.replying(reply);
        WebhookConnection connection =
            new WebhookAdapter().connect(context(server.url(), "idempotent", idempotent))) {
      return connection.<Object>target().apply(chunk);
    }
  }

  @Test
  void apply_answerLostAndOneValueThatIsNoJson_leavesOnlyTheOthersInDoubt() throws Exception {
    for (ScriptedServer.Reply lost : List.of(
        ScriptedServer.reset(),
        ScriptedServer.json(500, "{}"),
        ScriptedServer.json(200, "{\"results\":7}"))) {
      ChunkResult result = applyNoJsonAndJson(lost, "no");

      assertThat(result.outcome("u1").orElseThrow().toString()).contains("Failed", "INVALID");
      assertThat(result.outcome("u2").orElseThrow()).isInstanceOf(Outcome.InDoubt.class);
    }
  }

  @Test
  void apply_answerOfAnIdempotentReceiverLost_isOfTheWholeCallThatIsSentAgain() throws Exception {
    assertThat(inDoubt(applyNoJsonAndJson(ScriptedServer.reset(), "yes")))
        .isEqualTo(FailureKind.NETWORK);
  }

  @Test
  void apply_refusedAndOneValueThatIsNoJson_isAWholeCall() throws Exception {
    assertThat(applyNoJsonAndJson(ScriptedServer.json(422, "{}"), "no").isWholeCall())
        .isTrue();
  }

  @Test
  void apply_oneValueThatIsNoJson_failsAlone() throws Exception {
    Chunk<Object> chunk = Chunk.of("k", List.of("u1", "u2"), List.of(new Object(), Instant.EPOCH));
    try (var server = ScriptedServer.replying(ScriptedServer.json(200, "{}"));
        WebhookConnection connection = new WebhookAdapter().connect(context(server.url()))) {
      ChunkResult result = connection.<Object>target().apply(chunk);

      assertThat(result.outcome("u1").orElseThrow().toString()).contains("INVALID");
      assertThat(result.outcome("u2")).contains(Outcome.succeeded());
      assertThat(server.requests().get(0).text())
          .contains("[{\"key\":\"u2\",\"value\":\"1970-01-01T00:00:00Z\"}]");
    }
  }

  @Test
  void target_settings_shapeIt() {
    URI url = URI.create("https://hooks.example.com/in");
    Target<String> plain = new WebhookAdapter().connect(context(url)).target();
    Target<String> set = new WebhookAdapter()
        .connect(context(url, "max-items-per-call", "7", "idempotent", "yes"))
        .target();

    assertThat(plain.maxChunk()).isEqualTo(100);
    assertThat(plain.isIdempotent()).isFalse();
    assertThat(plain.service()).isEqualTo("hooks.example.com");
    assertThat(set.maxChunk()).isEqualTo(7);
    assertThat(set.isIdempotent()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "idempotent, maybe",
    "without-results, failed",
    "max-items-per-call, 0",
    "signature-header, 'X: y'",
    "timestamp-header, ''"
  })
  void check_wrongSetting_isRefusedByName(String setting, String value) {
    assertThat(new WebhookAdapter().check(Map.of(setting, value)))
        .hasEntrySatisfying(
            setting, problem -> assertThat(problem).startsWith("must be").contains(value))
        .hasSize(1);
  }

  @Test
  void check_defaultsOfAllSettings_areRight() {
    Map<String, String> defaults = new HashMap<>();
    WebhookAdapter adapter = new WebhookAdapter();
    for (Setting setting : adapter.settings()) {
      setting.need().value().ifPresent(value -> defaults.put(setting.name(), value));
    }

    assertThat(adapter.check(defaults)).isEmpty();
    assertThat(adapter.check(Map.of())).isEmpty();
  }

  @Test
  void signatures_rotation_acceptBoth() {
    TestContext context = context(URI.create("http://x"), "secret", "old");
    WebhookConnection connection = new WebhookAdapter().connect(context);
    byte[] body = {1, 2};
    String before = connection.signatures().orElseThrow().sign(body);

    context.given.putAll(Map.of("secret", "new", "previous-secret", "old"));

    assertThat(connection.signatures().orElseThrow().verify(body, before)).isTrue();
    assertThat(connection.signatures().orElseThrow().sign(body)).isNotEqualTo(before);
  }

  @Test
  void refreshCredential_secretChanged_saysSo() throws Exception {
    try (var server = ScriptedServer.replying(ScriptedServer.json(200, "{}"))) {
      TestContext context = context(server.url(), "token", "t1");
      Target<Map<String, Object>> target = new WebhookAdapter().connect(context).target();
      target.apply(CHUNK);

      assertThat(target.refreshCredential()).isFalse();
      context.given.put("token", "t2");
      assertThat(target.refreshCredential()).isTrue();
    }
  }
}
