package io.runbook4j.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.runbook4j.spi.sync.Item;
import io.runbook4j.spi.sync.Target;
import io.runbook4j.testkit.contract.TargetContract;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The webhook target, against a receiver that answers for each item. */
class WebhookTargetContractTest extends TargetContract<Map<String, Object>> {
  private static final ObjectMapper JSON = new ObjectMapper();

  private HttpServer server;
  private WebhookConnection connection;
  private volatile long throttleSeconds;
  private volatile boolean hangsUp;

  /** By chunk, as a receiver keeps it that does a chunk once. */
  private final Map<String, Set<String>> done = new ConcurrentHashMap<>();

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/hook", this::receive);
    server.start();
    connection = new WebhookAdapter()
        .connect(new TestContext(Map.of(
            "url",
            "http://127.0.0.1:" + server.getAddress().getPort() + "/hook",
            "idempotent",
            "yes")));
  }

  @AfterEach
  void stop() {
    connection.close();
    server.stop(0);
  }

  private void receive(HttpExchange exchange) throws IOException {
    try (exchange) {
      JsonNode request = JSON.readTree(exchange.getRequestBody());
      if (throttleSeconds > 0) {
        exchange.getResponseHeaders().set("Retry-After", Long.toString(throttleSeconds));
        throttleSeconds = 0;
        exchange.sendResponseHeaders(429, -1);
        return;
      }
      done.putIfAbsent(request.get("idempotencyKey").asText(), keys(request));
      if (hangsUp) {
        return; // the exchange is closed, and the sender knows nothing
      }
      byte[] answer = JSON.writeValueAsString(answer(request)).getBytes(UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
    }
  }

  private static Set<String> keys(JsonNode request) {
    Set<String> keys = new HashSet<>();
    request.get("items").forEach(item -> keys.add(item.get("key").asText()));
    return keys;
  }

  private static ObjectNode answer(JsonNode request) {
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode results = answer.putArray("results");
    for (JsonNode item : request.get("items")) {
      boolean bad = item.get("value").has("bad");
      ObjectNode result = results.addObject().put("key", item.get("key").asText());
      result.put("status", bad ? "failed" : "ok");
      if (bad) {
        result.put("kind", "INVALID").put("message", "the photo is no image");
      }
    }
    return answer;
  }

  @Override
  protected Target<Map<String, Object>> target() {
    return connection.target();
  }

  @Override
  protected List<Item<Map<String, Object>>> sampleItems() {
    return List.of(
        new Item<>("u1", Map.of("photo", "a.png")), new Item<>("u2", Map.of("photo", "b.png")));
  }

  @Override
  protected Optional<Item<Map<String, Object>>> badItem() {
    return Optional.of(new Item<>("u3", Map.of("bad", true)));
  }

  @Override
  protected OptionalInt effects(String key) {
    return OptionalInt.of(
        (int) done.values().stream().filter(keys -> keys.contains(key)).count());
  }

  @Override
  protected Optional<Target<Map<String, Object>>> unanswering() {
    hangsUp = true;
    return Optional.of(target());
  }

  @Override
  protected Optional<Target<Map<String, Object>>> throttled(Duration retryAfter) {
    throttleSeconds = retryAfter.toSeconds();
    return Optional.of(target());
  }
}
