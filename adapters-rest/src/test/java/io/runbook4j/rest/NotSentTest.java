package io.runbook4j.rest;

import static io.runbook4j.rest.RestFixture.WRITE;
import static io.runbook4j.rest.RestFixture.failing;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.time.Time;
import io.runbook4j.spi.transfer.TransferBudget;
import io.runbook4j.spi.transfer.TransferRule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

/** Requests that the client refuses, or cannot hand over, and so are never in doubt. */
class NotSentTest {
  private static final byte[] HANDSHAKE_FAILURE = {0x15, 3, 3, 0, 2, 2, 40};
  private static final byte HANDSHAKE_RECORD = 0x16;
  private static final Exchange EXCHANGE = new Exchange(
      WRITE,
      "service.invalid",
      new Redactor(UnaryOperator.identity()),
      new Bounds(
          Duration.ofSeconds(30), 1_000, TransferRule.defaults(), TransferBudget.unlimited()));

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

  /** {@return the failure of a request with a body to a port that does not know TLS} */
  private static RestException overTls(ServerSocket listener, Duration timeout) {
    URI base = URI.create("https://localhost:" + listener.getLocalPort());
    return failing(RestClient.builder(base).timeout(timeout).build(), WRITE);
  }

  @Test
  void send_portSpeaksPlainHttp_wasNotSent() throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Future<?> answered = thread.submit(() -> answerPlainly(listener));

      RestException failure = overTls(listener, Duration.ofSeconds(30));

      answered.get();
      assertThat(failure.failure().kind()).isEqualTo(FailureKind.NETWORK);
      assertThat(failure.failure().message()).contains("was not sent", "SSLException");
      assertThat(failure.isInDoubt()).isFalse();
    } finally {
      thread.shutdownNow();
    }
  }

  private static void answerPlainly(ServerSocket listener) {
    try (Socket socket = listener.accept()) {
      socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII));
      socket.shutdownOutput();
      socket.getInputStream().readAllBytes(); // until the client has read it, too
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void send_handshakeIsNotAnsweredInTime_wasNotSent() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      RestException failure = overTls(silent, Duration.ofMillis(200));

      assertThat(failure.failure().kind()).isEqualTo(FailureKind.NETWORK);
      assertThat(failure.failure().message()).contains("was not sent", "within PT0.2S");
      assertThat(failure.isInDoubt()).isFalse();
    }
  }

  @Test
  void send_proxyMakesNoTunnel_wasNotSent() throws Exception {
    try (var proxy = ScriptedServer.replying(ScriptedServer.raw(
        "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))) {
      HttpClient http = HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .proxy(ProxySelector.of(new InetSocketAddress("localhost", proxy.url().getPort())))
          .build();
      Outgoing body = Outgoing.of(BodyPublishers.ofString("{}"));
      HttpRequest wire = HttpRequest.newBuilder(URI.create("https://service.invalid/x"))
          .POST(body.publisher())
          .build();
      Call call = new Call(http, EXCHANGE, new BodyReader(EXCHANGE, false, body), Time.system());

      RestException failure = catchThrowableOfType(RestException.class, () -> call.send(wire));

      assertThat(proxy.requests().get(0).line()).startsWith("CONNECT service.invalid:443");
      assertThat(failure.failure().message()).contains("was not sent", "Tunnel failed");
      assertThat(failure.isInDoubt()).isFalse();
    }
  }

  /** A client that asks for nothing. */
  private static final class Told implements Flow.Subscriber<ByteBuffer> {
    final List<Throwable> failures = new ArrayList<>();

    @Override
    public void onSubscribe(Flow.Subscription subscription) {}

    @Override
    public void onNext(ByteBuffer item) {}

    @Override
    public void onError(Throwable failure) {
      failures.add(failure);
    }

    @Override
    public void onComplete() {}
  }

  @Test
  void lost_handshakeFailsWhenTheBodyHasLeft_isInDoubt() {
    Departure body = new Departure(BodyPublishers.ofString("{}"));
    body.subscribe(new Told());

    // TLS 1.3: the server looks at the client's certificate when the request is on its way
    RestException failure = EXCHANGE.lost(new SSLHandshakeException("certificate_required"), body);

    assertThat(failure.failure().message()).contains("was sent and had no answer");
    assertThat(failure.isInDoubt()).isTrue();
  }

  @Test
  void lost_bodyHasNotLeft_neverLeavesAfterwards() {
    Told client = new Told();
    AtomicBoolean opened = new AtomicBoolean();
    Departure body = new Departure(BodyPublishers.ofInputStream(() -> {
      opened.set(true);
      return InputStream.nullInputStream();
    }));

    RestException failure = EXCHANGE.lost(new HttpTimeoutException("late"), body);
    body.subscribe(client);

    assertThat(failure.isInDoubt()).isFalse();
    assertThat(opened).isFalse();
    assertThat(client.failures).singleElement().isInstanceOf(IOException.class);
  }

  @Test
  void lost_connectionNotMadeInTime_isOfTheNetwork() {
    for (Departure body : List.of(
        new Departure(BodyPublishers.noBody()), new Departure(BodyPublishers.ofString("{}")))) {
      RestException failure =
          EXCHANGE.lost(new HttpConnectTimeoutException("HTTP connect timed out"), body);

      assertThat(failure.failure().kind()).isEqualTo(FailureKind.NETWORK);
      assertThat(failure.failure().message()).contains("was not sent", "HTTP connect timed out");
      assertThat(failure.isInDoubt()).isFalse();
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
