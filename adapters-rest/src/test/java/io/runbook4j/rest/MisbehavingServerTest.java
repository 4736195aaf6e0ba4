package io.runbook4j.rest;

import static io.runbook4j.rest.RestFixture.WRITE;
import static io.runbook4j.rest.RestFixture.client;
import static io.runbook4j.rest.RestFixture.failing;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a request whose answer never comes, breaks off, never ends, or is nonsense. */
class MisbehavingServerTest {
  private static final Duration LONG_ENOUGH_TO_CONNECT = Duration.ofSeconds(2);

  private static RestClient impatient(ScriptedServer server) {
    return RestClient.builder(server.url()).timeout(LONG_ENOUGH_TO_CONNECT).build();
  }

  @Test
  void send_connectionRefused_wasNotSent() throws IOException {
    int port;
    try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = gone.getLocalPort();
    }
    RestException failure =
        failing(RestClient.builder(URI.create("http://localhost:" + port)).build(), WRITE);

    assertThat(failure.failure().kind()).isEqualTo(FailureKind.NETWORK);
    assertThat(failure.failure().message()).contains("was not sent");
    assertThat(failure.isInDoubt()).isFalse();
  }

  @Test
  void send_unknownHost_wasNotSent() {
    RestException failure =
        failing(RestClient.builder(URI.create("http://nowhere.invalid")).build(), WRITE);

    assertThat(failure.failure().kind()).isEqualTo(FailureKind.NETWORK);
    assertThat(failure.isInDoubt()).isFalse();
  }

  @Test
  void send_notTls_wasNotSent() {
    try (var server = ScriptedServer.replying(ScriptedServer.raw("HTTP/1.1 200 OK\r\n\r\n"))) {
      RestException failure = failing(
          RestClient.builder(URI.create("https://localhost:" + server.url().getPort()))
              .timeout(Duration.ofMillis(200))
              .build(),
          WRITE);

      assertThat(server.requests()).isEmpty();
      assertThat(failure.failure().kind()).isIn(FailureKind.NETWORK, FailureKind.TIMEOUT);
    }
  }

  @Test
  void send_resetAfterTheRequestWasRead_isInDoubt() {
    try (var server = ScriptedServer.replying(ScriptedServer.reset())) {
      RestException failure = failing(client(server), WRITE);

      assertThat(server.requests()).hasSize(1);
      assertThat(failure.failure().kind()).isEqualTo(FailureKind.NETWORK);
      assertThat(failure.isInDoubt()).isTrue();
      assertThat(failure.toChunkResult().others().toString()).contains("InDoubt");
    }
  }

  @Test
  void send_noAnswer_isATimeoutInDoubt() {
    try (var server = ScriptedServer.replying(ScriptedServer.hanging(""))) {
      RestException failure = failing(impatient(server), WRITE);

      assertThat(failure.failure().kind()).isEqualTo(FailureKind.TIMEOUT);
      assertThat(failure.failure().message()).contains("within PT2S");
      assertThat(failure.isInDoubt()).isTrue();
    }
  }

  @Test
  void send_bodyByteByByte_endsAtTheTimeoutAndHangsUp() throws Exception {
    try (var server = ScriptedServer.replying(ScriptedServer.dripping(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n"))) {
      RestException failure = failing(impatient(server), WRITE);

      assertThat(failure.failure().kind()).isEqualTo(FailureKind.TIMEOUT);
      assertThat(failure.isInDoubt()).isTrue();
      assertThat(failure.status()).hasValue(200);
      assertThat(server.awaitCutOff()).isTrue();
    }
  }

  @Test
  void send_refusalWithACutBody_isStillARefusal() {
    try (var server = ScriptedServer.replying(
        ScriptedServer.raw("HTTP/1.1 422 No\r\nContent-Length: 9999\r\n\r\n{"))) {
      RestException failure = failing(client(server), WRITE);

      assertThat(failure.failure().kind()).isEqualTo(FailureKind.INVALID);
      assertThat(failure.isInDoubt()).isFalse();
    }
  }

  @Test
  void send_cutBody_isInDoubt() {
    try (var server = ScriptedServer.replying(ScriptedServer.raw(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{\"a\""))) {
      RestException failure = failing(client(server), WRITE);

      assertThat(failure.failure().kind()).isEqualTo(FailureKind.NETWORK);
      assertThat(failure.failure().message()).contains("broke off after 4 bytes");
      assertThat(failure.isInDoubt()).isTrue();
    }
  }

  @Test
  void send_endlessBody_isGivenUpAtTheBound() throws Exception {
    try (var server = ScriptedServer.replying(ScriptedServer.endless(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n", "[1234567890123456789],"))) {
      RestException failure =
          failing(RestClient.builder(server.url()).maxBody(50_000).build(), WRITE);

      assertThat(failure.failure().kind()).isEqualTo(FailureKind.TOO_LARGE);
      assertThat(failure.failure().message()).containsPattern("at most 50000 bytes, [5-9]\\d{4}");
      assertThat(server.awaitCutOff()).isTrue();
    }
  }

  @Test
  void send_announcedTooLong_isNotRead() {
    try (var server = ScriptedServer.replying(
        ScriptedServer.hanging("HTTP/1.1 200 OK\r\nContent-Length: 10000001\r\n\r\n"))) {
      RestException failure = failing(client(server), WRITE);

      assertThat(failure.failure().message()).contains("10000000", "10000001");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"garbage", "{\"a\":", "[1,]", "", "{} {}", "{\"a\":NaN}", "\u0000", "\0\0{\0"})
  void json_garbage_quotesItAndIsInDoubt(String body) {
    try (var server = ScriptedServer.replying(ScriptedServer.json(200, body))) {
      RestException failure = failing(client(server), WRITE);

      assertThat(failure.failure().kind()).isEqualTo(FailureKind.SERVER_ERROR);
      assertThat(failure.isInDoubt()).isTrue();
      assertThat(failure.failure().message()).contains("body must be JSON", "HTTP 200");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {201, 100_000})
  void json_deeplyNested_isRefused(int depth) {
    try (var server =
        ScriptedServer.replying(ScriptedServer.json(200, "[".repeat(depth) + "]".repeat(depth)))) {
      assertThat(failing(client(server), WRITE).failure().message()).contains("nesting depth");
    }
  }

  @Test
  void json_hugeNumber_isRefused() {
    try (var server = ScriptedServer.replying(ScriptedServer.json(200, "1".repeat(1_001)))) {
      assertThat(failing(client(server), WRITE).failure().message()).contains("Number");
    }
  }

  @Test
  void json_wrongContentType_quotesABoundedPart() {
    try (var server = ScriptedServer.replying(
        ScriptedServer.with(200, "text/html", "<h1>maintenance</h1>" + "x".repeat(9_000)))) {
      Failure failure = failing(client(server), WRITE).failure();

      assertThat(failure.message()).contains("text/html", "<h1>maintenance</h1>");
      assertThat(failure.message().length()).isLessThan(450);
    }
  }

  @Test
  void send_http10UntilClose_isRead() throws Exception {
    try (var server = ScriptedServer.replying(
        ScriptedServer.raw("HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{\"a\":1}"))) {
      JsonNode json = client(server).send(WRITE).json();

      assertThat(json.get("a").asInt()).isEqualTo(1);
    }
  }

  @Test
  void send_noHttpAtAll_isInDoubt() {
    try (var server = ScriptedServer.replying(ScriptedServer.raw("SSH-2.0-OpenSSH\r\n\r\n"))) {
      assertThat(failing(client(server), WRITE).isInDoubt()).isTrue();
    }
  }

  @Test
  void send_hugeHeaders_isAFailureAndNoOutOfMemory() {
    try (var server = ScriptedServer.replying(
        ScriptedServer.endless("HTTP/1.1 200 OK\r\nX-Long: ", "x".repeat(1_000)))) {
      assertThat(failing(client(server), WRITE).isInDoubt()).isTrue();
    }
  }
}
