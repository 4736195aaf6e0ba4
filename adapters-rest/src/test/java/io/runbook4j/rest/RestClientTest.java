package io.runbook4j.rest;

import static io.runbook4j.rest.RestFixture.WRITE;
import static io.runbook4j.rest.RestFixture.client;
import static io.runbook4j.rest.RestFixture.failing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.runbook4j.spi.LimitSignal;
import io.runbook4j.spi.OutboundGate;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RestClientTest {
  @Test
  void send_segmentsAndQuery_areEncodedEach() throws Exception {
    try (var server = ScriptedServer.replying(ScriptedServer.json(200, "{}"))) {
      client(server).send(RestRequest.get("env", "K/2", "ä b+%").query("q", "a=b&c d/é"));

      assertThat(server.requests().get(0).line())
          .isEqualTo("GET /api/env/K%2F2/%C3%A4%20b%2B%25?q=a%3Db%26c%20d%2F%C3%A9 HTTP/1.1");
    }
  }

  @Test
  void send_baseWithQuery_keepsItBeforeTheRequests() throws Exception {
    try (var server = ScriptedServer.replying(ScriptedServer.json(200, "{}"))) {
      RestClient.builder(server.url("/hook/?v=1"))
          .build()
          .send(RestRequest.get("a").query("b", "2"));

      assertThat(server.requests().get(0).line()).isEqualTo("GET /hook/a?v=1&b=2 HTTP/1.1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", ".."})
  void of_segmentThatWouldVanish_isRefused(String segment) {
    assertThatThrownBy(() -> RestRequest.get("a", segment))
        .isInstanceOf(FailureException.class)
        .hasMessageContaining("path segment must be");
  }

  @Test
  void send_jsonWithKey_sendsHeadersAndBody() throws Exception {
    try (var server = ScriptedServer.replying(ScriptedServer.json(201, "{\"id\":\"é7\"}"))) {
      RestResponse response = client(server).send(WRITE.idempotencyKey("run-1"));

      ScriptedServer.Request request = server.requests().get(0);
      assertThat(request.text()).isEqualTo("{\"a\":1}");
      assertThat(request.header("Content-Type")).isEqualTo("application/json");
      assertThat(request.header("Idempotency-Key")).isEqualTo("run-1");
      assertThat(request.header("User-Agent")).matches("runbook4j/[0-9][-.0-9A-Za-z]*");
      assertThat(request.header("Accept-Encoding")).isEmpty();
      assertThat(response.json().get("id").asText()).isEqualTo("é7");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "400, INVALID, false",
    "401, AUTHENTICATION, false",
    "403, PERMISSION, false",
    "404, NOT_FOUND, false",
    "405, INVALID, false",
    "408, TIMEOUT, true",
    "409, CONFLICT, false",
    "410, NOT_FOUND, false",
    "412, CONFLICT, false",
    "413, TOO_LARGE, false",
    "422, INVALID, false",
    "423, CONFLICT, false",
    "429, RATE_LIMITED, false",
    "500, SERVER_ERROR, true",
    "501, SERVER_ERROR, false",
    "502, SERVER_ERROR, true",
    "503, SERVER_ERROR, false",
    "504, SERVER_ERROR, true",
    "505, SERVER_ERROR, false",
    "507, SERVER_ERROR, false",
    "511, SERVER_ERROR, false",
    "520, SERVER_ERROR, true",
    "524, SERVER_ERROR, true",
    "599, SERVER_ERROR, true",
    "300, INVALID, true",
    "301, INVALID, true",
    "302, INVALID, true",
    "303, INVALID, true",
    "305, INVALID, false",
    "307, INVALID, false",
    "308, INVALID, false"
  })
  void send_status_isClassified(int status, FailureKind kind, boolean inDoubt) {
    try (var server = ScriptedServer.replying(ScriptedServer.json(status, "{\"e\":\"why\"}"))) {
      RestException write = failing(client(server), WRITE);
      RestException keyed = failing(client(server), WRITE.idempotencyKey("k"));
      RestException read = failing(client(server), RestRequest.get("x"));

      assertThat(write.failure().kind()).isEqualTo(kind);
      assertThat(write.failure().code()).contains(String.valueOf(status));
      assertThat(write.failure().message())
          .contains("POST localhost:", " /x: HTTP " + status, "\"{\"e\":\"why\"}\"");
      assertThat(write.isInDoubt()).isEqualTo(inDoubt);
      assertThat(keyed.isInDoubt()).isEqualTo(inDoubt);
      assertThat(write.toChunkResult().isWholeCall()).isTrue();
      assertThat(read.isInDoubt()).isFalse();
      assertThat(read.toFailureException().failure().kind()).isEqualTo(kind);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "9",
        "Mon, 23 Nov 2026 10:00:09 GMT",
        "Monday, 23-Nov-26 10:00:09 GMT",
        "Mon Nov 23 10:00:09 2026"
      })
  void send_429WithRetryAfter_tellsTheWaitAndThePermits(String value) {
    RecordingPermits permits = new RecordingPermits();
    try (var server = ScriptedServer.replying(ScriptedServer.json(
        429, "{}", "Date: Mon, 23 Nov 2026 10:00:00 GMT", "Retry-After: " + value))) {
      RestClient client = RestClient.builder(server.url()).permits(permits).build();

      RestException failure = failing(client, WRITE.permits(3));

      assertThat(failure.failure().retryAfter()).contains(Duration.ofSeconds(9));
      assertThat(permits.acquired).containsExactly(3);
      assertThat(permits.learned).containsExactly(new LimitSignal.Closed(Duration.ofSeconds(9)));
    }
  }

  @Test
  void send_noPermitForMinutes_isRateLimitedAndNotSent() {
    RecordingPermits permits = new RecordingPermits();
    permits.grants = false;
    try (var server = ScriptedServer.replying()) {
      RestClient client = RestClient.builder(server.url()).permits(permits).build();

      RestException failure = failing(client, WRITE);

      assertThat(failure.isInDoubt()).isFalse();
      assertThat(failure.failure().kind()).isEqualTo(FailureKind.RATE_LIMITED);
      assertThat(failure.failure().message())
          .endsWith("was not sent: it had no permit after 5 minutes");
      assertThat(permits.waits).containsExactly(Duration.ofMinutes(5));
      assertThat(permits.learned).as("it is no answer of the service").isEmpty();
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void send_429WithResetOnly_waitsForTheReset() {
    try (var server = ScriptedServer.replying(
        ScriptedServer.json(429, "{}", "X-RateLimit-Remaining: 0", "X-RateLimit-Reset: 40"))) {
      assertThat(failing(client(server), WRITE).failure().retryAfter())
          .contains(Duration.ofSeconds(40));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "Mon, 23 Nov 2026 09:00:00 GMT"})
  void send_429WithRetryAfterThatIsOver_waitsForTheReset(String retryAfter) {
    try (var server = ScriptedServer.replying(ScriptedServer.json(
        429,
        "{}",
        "Date: Mon, 23 Nov 2026 10:00:00 GMT",
        "Retry-After: " + retryAfter,
        "X-RateLimit-Remaining: 0",
        "X-RateLimit-Reset: 40"))) {
      assertThat(failing(client(server), WRITE).failure().retryAfter())
          .contains(Duration.ofSeconds(40));
    }
  }

  @Test
  void send_503WithRetryAfter_isAServerErrorThatTellsTheWait() {
    try (var server = ScriptedServer.replying(ScriptedServer.json(503, "", "Retry-After: 5"))) {
      Failure failure = failing(client(server), WRITE).failure();

      assertThat(failure.kind()).isEqualTo(FailureKind.SERVER_ERROR);
      assertThat(failure.retryAfter()).contains(Duration.ofSeconds(5));
    }
  }

  @Test
  void send_classifierReadsTheBody_itsFailureCounts() {
    Classifier slack = response -> response
        .jsonIfAny()
        .filter(body -> !body.path("ok").asBoolean(true))
        .map(body -> Failure.of(FailureKind.RATE_LIMITED, "slow down").withCode("ratelimited"));
    RecordingPermits permits = new RecordingPermits();
    try (var server = ScriptedServer.replying(
        ScriptedServer.json(200, "{\"ok\":false}"), ScriptedServer.json(200, "{\"ok\":true}"))) {
      RestClient client =
          RestClient.builder(server.url()).classifier(slack).permits(permits).build();

      RestException refused = failing(client, WRITE);

      assertThat(refused.failure().code()).contains("ratelimited");
      assertThat(permits.learned).containsExactly(new LimitSignal.Closed(Duration.ZERO));
      assertThat(failsOrNot(client)).isEmpty();
    }
  }

  @Test
  void send_gateIsLocalOnly_keepsChangesInAndLetsReadsThrough() throws InterruptedException {
    OutboundGate shut = new OutboundGate() {
      @Override
      public boolean allows(String key) {
        return false;
      }

      @Override
      public boolean isLocalOnly() {
        return true;
      }
    };
    try (var server = ScriptedServer.replying(ScriptedServer.json(200, "{\"ok\":true}"))) {
      RestClient client = RestClient.builder(server.url()).gate(shut).build();

      RestException kept = failing(client, WRITE);

      assertThat(kept.failure().kind()).isEqualTo(FailureKind.CANCELLED);
      assertThat(kept.isInDoubt()).isFalse();
      assertThat(client.send(RestRequest.get("users")).status()).isEqualTo(200);
    }
  }

  private static Optional<RestException> failsOrNot(RestClient client) {
    return Optional.ofNullable(catchThrowableOfType(RestException.class, () -> client.send(WRITE)));
  }

  @Test
  void send_acceptedStatus_isAnAnswer() throws Exception {
    try (var server = ScriptedServer.replying(ScriptedServer.json(404, "{\"e\":1}"))) {
      RestResponse response =
          client(server).send(RestRequest.get("x").accepting(status -> status == 404));

      assertThat(response.status()).isEqualTo(404);
      assertThat(response.json().get("e").asInt()).isEqualTo(1);
    }
  }

  @Test
  void send_redirectToAnotherHost_isNotFollowed() {
    try (var other = ScriptedServer.replying(ScriptedServer.json(200, "{}"));
        var server = ScriptedServer.replying(
            ScriptedServer.json(307, "", "Location: " + other.url("/steal")))) {
      RestClient client = RestClient.builder(server.url())
          .credential(Credential.readFrom(() -> "t0k3n"))
          .build();

      RestException failure = failing(client, RestRequest.get("x"));

      assertThat(server.requests().get(0).header("Authorization")).isEqualTo("Bearer t0k3n");
      assertThat(other.requests()).isEmpty();
      assertThat(failure.failure().kind()).isEqualTo(FailureKind.INVALID);
      assertThat(failure.failure().message()).contains("a redirect, which is not followed");
    }
  }

  @Test
  void follow_linkOfTheSameHost_isTakenAsItIs() throws Exception {
    try (var server = ScriptedServer.replying(ScriptedServer.json(200, "{}"))) {
      client(server).send(RestRequest.follow("/query/01g-2000?a=%2F"));
      client(server).send(RestRequest.follow(server.url("/next?p=2").toString()));

      assertThat(server.requests().get(0).line()).isEqualTo("GET /query/01g-2000?a=%2F HTTP/1.1");
      assertThat(server.requests().get(1).line()).isEqualTo("GET /next?p=2 HTTP/1.1");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://evil.example/x?s=t0k3n",
        "//evil.example/x",
        "https://localhost/",
        "http://localhost:1/",
        "http://a@localhost/",
        "file:///etc/passwd",
        "::not a url t0k3n"
      })
  void follow_linkToAnywhereElse_isRefusedUnsent(String link) {
    try (var server = ScriptedServer.replying(ScriptedServer.json(200, "{}"))) {
      RestException failure = failing(client(server), RestRequest.follow(link));

      assertThat(failure.failure().message()).contains("nothing was sent").doesNotContain("t0k3n");
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void header_lineBreak_isRefusedUnseen() {
    assertThatThrownBy(() -> RestRequest.get().header("X-A", "s3cret\r\nX-B: 1"))
        .isInstanceOf(FailureException.class)
        .hasMessageContaining("14 other characters")
        .hasMessageNotContaining("s3cret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://x", "http://u:p@x", "mailto:a@b", "http://x#f", "x"})
  void builder_noBaseUrl_isRefused(String base) {
    assertThatThrownBy(() -> RestClient.builder(URI.create(base)))
        .hasMessageContaining("base must be")
        .hasMessageNotContaining("u:p");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/rel | was a URL without a scheme",
        "http:/path | was an http URL without a host",
        "http://my_svc/x | was an http URL with my_svc, which is no host name",
        "http://u:p@my_svc/x | was an http URL with a host that Java cannot read",
        "http://h:99999/ | was an http URL with port 99999",
        "ftp://x | was a URL of scheme ftp"
      })
  void builder_noBaseUrl_saysWhatItWas(String base, String was) {
    assertThatThrownBy(() -> RestClient.builder(URI.create(base)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(was);
  }

  @Test
  void send_interrupted_saysSo() {
    try (var server = ScriptedServer.replying(ScriptedServer.hanging(""))) {
      Thread.currentThread().interrupt();

      assertThatThrownBy(() -> client(server).send(WRITE)).isInstanceOf(InterruptedException.class);
      assertThat(Thread.interrupted()).isFalse();
    }
  }
}
