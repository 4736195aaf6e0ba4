package io.runbook4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpServer;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A service that answers 200 and garbage. */
class PhotoTargetTest {
  private static final PhotoUpdate UPDATE = new PhotoUpdate("u1", "U1", "https://x.test/1.jpg");

  private final HttpServer server;

  PhotoTargetTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  }

  private PhotoTarget answering(String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    server.createContext("/", exchange -> {
      exchange.getRequestBody().readAllBytes();
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
      exchange.close();
    });
    server.start();
    return PhotoTarget.at(
        URI.create("http://localhost:" + server.getAddress().getPort() + "/"), Optional.empty());
  }

  @AfterEach
  void close() {
    server.stop(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "[]", "{\"applied\":null}", "{\"applied\":{}}"})
  void verify_noList_isNoProofOfAbsence(String body) {
    PhotoTarget target = answering(body);

    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> target.verify(List.of("u1")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "[]", "{\"results\":null}", "{\"results\":\"ok\"}"})
  void apply_noList_leavesTheChunkInDoubt(String body) throws Exception {
    PhotoTarget target = answering(body);

    assertThat(target.apply(Chunk.of("idem-1", List.of("u1"), List.of(UPDATE))).others())
        .containsInstanceOf(Outcome.InDoubt.class);
  }
}
