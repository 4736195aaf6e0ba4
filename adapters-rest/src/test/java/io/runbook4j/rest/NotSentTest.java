package io.runbook4j.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.runbook4j.spi.sync.FailureKind;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Requests that the client refuses, or cannot hand over, and so are never in doubt. */
class NotSentTest {
  private static final byte[] HANDSHAKE_FAILURE = {0x15, 3, 3, 0, 2, 2, 40};
  private static final byte HANDSHAKE_RECORD = 0x16;

  @Test
  void send_tlsHandshakeFails_wasNotSent() throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Future<byte[]> received = thread.submit(() -> refuseHandshake(listener));
      RestClient client = RestClient.builder(
              URI.create("https://localhost:" + listener.getLocalPort()))
          .build();

      RestException failure =
          catchThrowableOfType(RestException.class, () -> client.send(RestRequest.post("x")));

      assertThat(received.get()).startsWith(HANDSHAKE_RECORD);
      assertThat(failure.failure().kind()).isEqualTo(FailureKind.NETWORK);
      assertThat(failure.failure().message()).contains("was not sent", "SSLHandshakeException");
      assertThat(failure.isInDoubt()).isFalse();
    } finally {
      thread.shutdownNow();
    }
  }

  private static byte[] refuseHandshake(ServerSocket listener) throws Exception {
    try (Socket socket = listener.accept()) {
      byte[] head = socket.getInputStream().readNBytes(5);
      socket.getInputStream().readNBytes((head[3] & 0xff) << 8 | (head[4] & 0xff));
      socket.getOutputStream().write(HANDSHAKE_FAILURE);
      socket.shutdownOutput();
      socket.getInputStream().readAllBytes(); // until the client has read it, too
      return head;
    }
  }

  @Test
  void follow_linkWithUserInformation_isRefusedUnsent() {
    try (var server = ScriptedServer.replying(ScriptedServer.json(200, "{}"))) {
      String link = server.url("/next").toString().replace("//", "//s3cret@");
      RestClient client = RestClient.builder(server.url()).build();

      RestException failure =
          catchThrowableOfType(RestException.class, () -> client.send(RestRequest.follow(link)));

      assertThat(failure.failure().message()).contains("nothing was sent").doesNotContain("s3cret");
      assertThat(server.requests()).isEmpty();
    }
  }
}
