package io.runbook4j.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.runbook4j.adapter.AdapterException;
import io.runbook4j.adapter.Adapters;
import io.runbook4j.chunk.ChunkSize;
import io.runbook4j.gate.Gate;
import io.runbook4j.gate.MemoryBudget;
import io.runbook4j.gate.Order;
import io.runbook4j.run.RunReport;
import io.runbook4j.run.Runner;
import io.runbook4j.run.SyncJob;
import io.runbook4j.source.Sources;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Outcome;
import io.runbook4j.spi.sync.Target;
import io.runbook4j.spi.time.Time;
import io.runbook4j.webhook.WebhookConnection;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The webhook adapter as core finds it, with what the host gives to all adapters. */
class WebhookAdapterTest {
  private static final Chunk<String> CHUNK = Chunk.of("run-1/c1", List.of("u1"), List.of("v"));
  private static final List<String> HUNDRED =
      IntStream.range(0, 100).mapToObj(i -> "u" + i).toList();
  private static final byte[] ANSWER =
      "{\"results\":[{\"key\":\"u1\",\"status\":\"ok\"}]}".getBytes(UTF_8);

  private final AtomicInteger posts = new AtomicInteger();
  private final AtomicInteger status = new AtomicInteger(200);
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> {
      try (exchange) {
        exchange.getRequestBody().readAllBytes();
        posts.incrementAndGet();
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        boolean isTaken = status.get() == 200;
        exchange.sendResponseHeaders(status.get(), isTaken ? ANSWER.length : -1);
        if (isTaken) {
          exchange.getResponseBody().write(ANSWER);
        }
      }
    });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private WebhookConnection connect(Adapters adapters) {
    String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
    return adapters.connect("webhook", WebhookConnection.class, Map.of("url", url));
  }

  @Test
  void gate_localOnly_letsNoPostLeaveUntilItOpens() throws Exception {
    try (Gate gate = Gate.builder("hook", Time.system()).build();
        WebhookConnection connection = connect(Adapters.builder().gate(gate).build())) {
      Target<String> target = connection.target();

      gate.localOnly(Order.of("ann", "corrupt"));
      ChunkResult kept = target.apply(CHUNK);

      assertThat(posts).hasValue(0);
      assertThat(kept.others().orElseThrow().toString()).contains("Failed", "CANCELLED");
      gate.open(Order.of("ann", "mended"));
      assertThat(target.apply(CHUNK).outcome("u1")).contains(Outcome.succeeded());
      assertThat(posts).hasValue(1);
    }
  }

  private RunReport run(List<String> items) {
    try (WebhookConnection connection = connect(Adapters.builder().build());
        Runner runner = Runner.builder().build()) {
      return runner.run(SyncJob.<String>named("hook")
          .from(Sources.of(items, item -> item))
          .to(connection.target())
          .chunkSize(ChunkSize.fixed(items.size()))
          .build());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {307, 308, 404, 405, 407, 410, 415})
  void run_everyCallIsRefused_takesOneCallForAChunk(int refusal) {
    status.set(refusal);

    RunReport report = run(HUNDRED);

    assertThat(posts).hasValue(1);
    assertThat(report.counts().failed()).isEqualTo(100);
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 301, 302, 303})
  void run_receiverLeadsOnAfterAPost_sendsNothingTwice(int redirect) {
    status.set(redirect);

    RunReport report = run(HUNDRED);

    assertThat(posts).hasValue(1);
    assertThat(report.counts().inDoubt()).isEqualTo(100);
  }

  @Test
  void preflight_everySettingWrong_tellsAllAtOnceAsConnectDoesAndCallsNobody() {
    Adapters adapters = Adapters.builder().build();
    Map<String, String> wrong = Map.of(
        "url", "http://127.0.0.1:" + server.getAddress().getPort() + "/hook",
        "timeout", "30s",
        "alert-format", "pagerduty",
        "idempotent", "maybe",
        "without-results", "fine",
        "max-items-per-call", "0",
        "signature-header", "X: y\n");
    String[] all = {
      "timeout must be a positive ISO-8601 duration such as PT30S, was \"30s\"",
      "idempotent must be one of [no, yes], was \"maybe\"",
      "max-items-per-call must be 1 to 2147483647, was 0",
      "routing-key must be given for alert-format pagerduty, was not",
      "signature-header must be of letters, digits and dashes (at most 100), was \"X: y?\"",
      "without-results must be one of [in-doubt, succeeded], was \"fine\""
    };

    assertThat(adapters.preflight(Map.of("webhook", wrong)))
        .containsExactly(
            Stream.of(all).map(problem -> "webhook: " + problem).toArray(String[]::new));
    assertThat(adapters.preflight(
            Map.of("webhook", Map.of("url", "http://h.example", "alert-format", "slack"))))
        .containsExactly("webhook: alert-format must be one of [alertmanager, json, pagerduty], was"
            + " \"slack\"");
    assertThatThrownBy(() -> adapters.connect("webhook", WebhookConnection.class, wrong))
        .isInstanceOfSatisfying(
            AdapterException.class, e -> assertThat(e.problems()).containsExactly(all));
    assertThat(posts).hasValue(0);
  }

  @Test
  void transferBudget_afterManyChunks_isFreeAgain() throws Exception {
    MemoryBudget budget = MemoryBudget.of(ANSWER.length, Time.system());
    try (WebhookConnection connection =
        connect(Adapters.builder().transferBudget(budget).build())) {
      Target<String> target = connection.target();

      for (int i = 0; i < 3; i++) {
        assertThat(target.apply(CHUNK).outcome("u1")).contains(Outcome.succeeded());
      }

      assertThat(budget.free()).isEqualTo(budget.total());
    }
  }
}
