package io.runbook4j.examples;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.runbook4j.spi.time.Time;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * A photo service on loopback with a limit, a token that expires, and images that cannot be
 * fetched. It answers over HTTP, and records what it did in a file. Safe for many threads, and
 * serves one request at a time.
 *
 * <p>The first folder in an image's URL says what happens when it is fetched: {@code moved} 302,
 * {@code missing} 404, {@code broken} 500, {@code flaky} 503 twice, {@code outage} 503 four times;
 * anything else is there.
 */
final class PhotoService implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String OLD_TOKEN = "loopback-1";
  private static final String NEW_TOKEN = "loopback-2";
  private static final int OK = 200;

  private final ServiceTerms terms;
  private final Time time;
  private final ServiceRecord record;
  private final SlidingLimit limit;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
    Thread thread = new Thread(task, "photo-service");
    thread.setDaemon(true);
    return thread;
  });
  private final ReentrantLock lock = new ReentrantLock();
  private int callsWithOldToken;
  private int limited;
  private int unauthorized;

  private PhotoService(ServiceTerms terms, int port, Path file, Time time) throws IOException {
    this.terms = terms;
    this.time = time;
    this.record = new ServiceRecord(file);
    this.limit = new SlidingLimit(terms.calls(), terms.window(), time);
    this.server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
  }

  /**
   * Starts a service.
   *
   * @param port 0 for any that is free
   * @param file where it records what it did; read first if it is there
   */
  static PhotoService start(ServiceTerms terms, int port, Path file, Time time) throws IOException {
    PhotoService service = new PhotoService(terms, port, file, time);
    service.server.createContext("/photos", service::photos);
    service.server.createContext("/token", service::token);
    service.server.setExecutor(service.threads);
    service.server.start();
    return service;
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private void photos(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    lock.lock();
    try {
      if (!isAuthorized(exchange)) {
        unauthorized++;
        answer(exchange, 401, error("the token has expired"));
        return;
      }
      OptionalLong wait = limit.enter();
      if (wait.isPresent()) {
        limited++;
        exchange.getResponseHeaders().set("Retry-After", Long.toString(wait.getAsLong()));
        answer(exchange, 429, error("at most " + terms.calls() + " calls in " + terms.window()));
      } else if (exchange.getRequestMethod().equals("POST")) {
        answer(exchange, OK, push(JSON.readTree(body)));
      } else {
        answer(exchange, OK, lookUp(exchange.getRequestURI()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private boolean isAuthorized(HttpExchange exchange) {
    String token = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
    if (token.equals("Bearer " + OLD_TOKEN)) {
      return callsWithOldToken++ < terms.tokenCalls();
    }
    return token.equals("Bearer " + NEW_TOKEN);
  }

  private ObjectNode push(JsonNode users) throws IOException, InterruptedException {
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode results = answer.putArray("results");
    for (JsonNode each : users) {
      String user = each.path("userId").asText();
      int status = fetch(each.path("photoUrl").asText(), record.refusals(user));
      if (status == OK) {
        record.applied(user);
        results.addObject().put("userId", user).put("status", status);
      } else {
        record.refused(user);
        results
            .addObject()
            .put("userId", user)
            .put("status", status)
            .put("error", "the image host answered " + status);
      }
      if (!terms.perUser().isZero()) {
        time.sleep(terms.perUser());
      }
    }
    return answer;
  }

  private static int fetch(String image, int failedBefore) {
    String[] path = URI.create(image).getPath().split("/", 3);
    return switch (path.length > 1 ? path[1] : "") {
      case "moved" -> 302;
      case "missing" -> 404;
      case "broken" -> 500;
      case "flaky" -> failedBefore < 2 ? 503 : OK;
      case "outage" -> failedBefore < 4 ? 503 : OK;
      default -> OK;
    };
  }

  private ObjectNode lookUp(URI request) {
    String query = String.valueOf(request.getRawQuery());
    String users = query.startsWith("users=")
        ? URLDecoder.decode(query.substring("users=".length()), StandardCharsets.UTF_8)
        : "";
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode applied = answer.putArray("applied");
    List.of(users.split(",")).stream().filter(record::isApplied).forEach(applied::add);
    return answer;
  }

  private void token(HttpExchange exchange) throws IOException {
    answer(exchange, OK, JSON.createObjectNode().put("token", NEW_TOKEN));
  }

  private static ObjectNode error(String text) {
    return JSON.createObjectNode().put("error", text);
  }

  private static void answer(HttpExchange exchange, int status, ObjectNode body)
      throws IOException {
    byte[] bytes = JSON.writeValueAsBytes(body);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  /** {@return the token that it takes until it expires} */
  String firstToken() {
    return OLD_TOKEN;
  }

  /** {@return the token that never expires} */
  String lastingToken() {
    return NEW_TOKEN;
  }

  /** {@return the users that have their photo} */
  Set<String> users() {
    return locked(record::users);
  }

  /** {@return how often a chunk that was let in named one of these users} */
  int sent(Collection<String> users) {
    return locked(() -> record.sent(users));
  }

  /** {@return how many users' photo was applied more than once} */
  int appliedTwice() {
    return locked(() -> record.appliedTwice().size());
  }

  /** {@return how many calls it answered with 429 since it was started} */
  int limited() {
    return locked(() -> limited);
  }

  /** {@return how many calls it answered with 401 since it was started} */
  int unauthorized() {
    return locked(() -> unauthorized);
  }

  private <R> R locked(Supplier<R> question) {
    lock.lock();
    try {
      return question.get();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdown();
    try {
      record.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
