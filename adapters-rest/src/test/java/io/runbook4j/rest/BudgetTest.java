package io.runbook4j.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.runbook4j.rest.BrokenHttp.Then;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.time.Time;
import io.runbook4j.spi.transfer.TransferBudget.Grant;
import io.runbook4j.spi.transfer.TransferRule;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the bodies of several clients hold together. */
class BudgetTest {
  private static final String BODY = "[" + "1,".repeat(29) + "1]"; // 61 bytes
  private static final ScriptedServer.Reply KNOWN = ScriptedServer.json(200, BODY);
  private static final ScriptedServer.Reply UNKNOWN =
      ScriptedServer.raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + BODY);
  private static final RestRequest WRITE = RestRequest.post("x").json(Map.of("a", 1));

  private final CountingBudget budget = CountingBudget.of(100);
  private final ExecutorService callers = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    callers.shutdownNow();
  }

  private static RestClient client(ScriptedServer server, CountingBudget budget) {
    return RestClient.builder(server.url()).budget(budget).build();
  }

  private static RestException failing(RestClient client) {
    RestException failure =
        catchThrowableOfType(RestException.class, () -> client.send(WRITE).close());
    assertThat(failure).as("no failure").isNotNull();
    return failure;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void send_noRoom_waitsUntilAnotherClientsAnswerIsClosed(boolean isLengthKnown) throws Exception {
    try (var server = ScriptedServer.replying(isLengthKnown ? KNOWN : UNKNOWN)) {
      RestResponse first = client(server, budget).send(WRITE);
      assertThat(budget.held()).isEqualTo(61);
      Future<RestResponse> second = callers.submit(() -> client(server, budget).send(WRITE));
      assertThat(budget.awaitWaiter()).isTrue();
      assertThat(second).isNotDone();

      first.close();

      try (RestResponse answer = second.get()) {
        assertThat(answer.text()).isEqualTo(BODY);
        assertThat(budget.held()).isEqualTo(61);
      }
      assertThat(budget.held()).isZero();
      assertThat(budget.mostHeld()).isLessThanOrEqualTo(100);
    }
  }

  @Test
  void send_lengthUnknown_takesAllThatItMayHave() throws Exception {
    try (var server = ScriptedServer.replying(UNKNOWN);
        Grant other = budget.tryAcquire(20).orElseThrow();
        RestResponse answer =
            RestClient.builder(server.url()).budget(budget).maxBody(70).build().send(WRITE)) {
      assertThat(budget.mostHeld()).isEqualTo(90);
      assertThat(budget.held()).isEqualTo(answer.bytes().length + other.bytes());
    }
  }

  @Test
  void records_noRoom_areStreamed() throws Exception {
    try (var server = ScriptedServer.replying(KNOWN);
        Records buffered = client(server, budget).records(RestRequest.get("x"));
        Records streamed = client(server, budget).records(RestRequest.get("x"))) {
      assertThat(buffered.isStreamed()).isFalse();
      assertThat(streamed.isStreamed()).isTrue();
      assertThat(budget.held()).isEqualTo(61);
      for (int i = 0; i < 30; i++) {
        assertThat(streamed.next()).isPresent();
      }
      assertThat(streamed.next()).isEmpty();
    }
    assertThat(budget.held()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"200, TIMEOUT, true", "422, INVALID, false"})
  void send_noRoomInTime_failsAndSaysWhy(int status, FailureKind kind, boolean inDoubt) {
    CountingBudget full = CountingBudget.impatient(100);
    Grant other = full.tryAcquire(50).orElseThrow();
    try (var server = ScriptedServer.replying(ScriptedServer.json(status, BODY))) {
      RestException failure = failing(client(server, full));

      assertThat(failure.failure().kind()).isEqualTo(kind);
      assertThat(failure.isInDoubt()).isEqualTo(inDoubt);
      if (inDoubt) {
        assertThat(failure)
            .hasMessageContaining("HTTP 200, the body found no room in the memory budget of 100"
                + " bytes within PT30S");
      }
      other.close();
      assertThat(full.held()).isZero();
    }
  }

  @Test
  void send_answerLargerThanTheBudget_isTooLarge() {
    try (var server = ScriptedServer.replying(ScriptedServer.json(200, "1".repeat(101)))) {
      RestException failure = failing(client(server, budget));

      assertThat(failure.failure().kind()).isEqualTo(FailureKind.TOO_LARGE);
      assertThat(failure).hasMessageContaining("at most 100 bytes, 101 bytes were announced");
      assertThat(budget.held()).isZero();
    }
  }

  @Test
  void send_failures_giveBackWhatTheyTook() {
    List<ScriptedServer.Reply> replies = List.of(
        ScriptedServer.json(500, BODY),
        ScriptedServer.json(401, BODY),
        ScriptedServer.raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"),
        ScriptedServer.endless("HTTP/1.1 200 OK\r\n\r\n", "1234567890"),
        ScriptedServer.reset());
    for (ScriptedServer.Reply reply : replies) {
      try (var server = ScriptedServer.replying(reply)) {
        failing(RestClient.builder(server.url())
            .credential(Credential.readFrom(() -> "t"))
            .budget(budget)
            .build());
      }
      assertThat(budget.held()).isZero();
    }
    assertThat(budget.mostHeld()).isPositive();
  }

  @Test
  void send_hostsCodeThrows_givesBackToo() {
    try (var server = ScriptedServer.replying(
        ScriptedServer.json(200, BODY, "RateLimit: \"default\";r=5;t=30"))) {
      RestClient.Builder builder = RestClient.builder(server.url()).budget(budget);

      assertThatThrownBy(() -> builder
              .learner(signal -> {
                throw new IllegalStateException("learner");
              })
              .build()
              .send(WRITE))
          .hasMessage("learner");
      assertThat(budget.held()).isZero();
      assertThatThrownBy(() -> builder
              .learner(signal -> {})
              .classifier(response -> {
                throw new IllegalStateException("classifier");
              })
              .build()
              .send(WRITE))
          .hasMessage("classifier");
      assertThat(budget.held()).isZero();
    }
  }

  @Test
  void records_outgoing_areHeldIfThereIsRoomElseStreamed() throws Exception {
    List<Integer> rows = List.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
    RestRequest request = RestRequest.post("x").records(RecordFormat.JSON_ARRAY, 9, rows);
    List<Long> heldOnTheWay = new CopyOnWriteArrayList<>();
    ScriptedServer.Reply looking = (received, socket, server) -> {
      heldOnTheWay.add(budget.held());
      ScriptedServer.json(204, "").to(received, socket, server);
    };
    try (var server = ScriptedServer.replying(looking)) {
      client(server, budget).send(request).close();
      assertThat(budget.held()).isZero();

      try (Grant other = budget.tryAcquire(90).orElseThrow()) {
        client(server, budget).send(request).close();
        assertThat(budget.held()).isEqualTo(other.bytes());
      }

      assertThat(heldOnTheWay).containsExactly(19L, 90L);
      assertThat(server.requests())
          .extracting(r -> r.header("Content-Length") + r.header("Transfer-Encoding") + r.text())
          .containsExactly("19[1,2,3,4,5,6,7,8,9]", "chunked[1,2,3,4,5,6,7,8,9]");
    }
  }

  @Test
  void records_outgoingWithoutAnAnswer_giveBack() {
    RestRequest request =
        RestRequest.post("x").records(RecordFormat.JSON_LINES, 3, List.of(1, 2, 3));
    try (var server = ScriptedServer.replying(ScriptedServer.reset())) {
      RestException failure =
          catchThrowableOfType(RestException.class, () -> client(server, budget).send(request));

      assertThat(failure.isInDoubt()).isTrue();
      assertThat(budget.mostHeld()).isPositive();
      assertThat(budget.held()).isZero();
    }
  }

  @Test
  void records_outgoingAfterTheFirstAreLong_areStreamed() throws Exception {
    List<String> rows = new ArrayList<>(List.of("1".repeat(60)));
    for (int i = 0; i < 20; i++) {
      rows.add(0, "");
    }
    try (var server = ScriptedServer.replying(ScriptedServer.json(204, ""))) {
      client(server, budget)
          .send(RestRequest.post("x").records(RecordFormat.JSON_LINES, rows.size(), rows))
          .close();

      assertThat(server.requests().get(0).header("Transfer-Encoding")).isEqualTo("chunked");
      assertThat(budget.held()).isZero();
    }
  }

  @Test
  void send_crowd_neverHoldsMoreThanTheBudgetAndAllArrive() throws Exception {
    try (var server = ScriptedServer.replying(KNOWN, UNKNOWN, KNOWN, UNKNOWN, KNOWN)) {
      List<RestClient> clients =
          List.of(client(server, budget), client(server, budget), client(server, budget));
      RestRequest records =
          RestRequest.post("x").records(RecordFormat.JSON_LINES, 9, List.of(1, 2, 3));
      List<Future<String>> answers = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        RestClient client = clients.get(i % 3);
        RestRequest request = i % 2 == 0 ? WRITE : records;
        answers.add(callers.submit(() -> {
          try (RestResponse answer = client.send(request)) {
            return answer.text();
          }
        }));
      }

      for (Future<String> answer : answers) {
        assertThat(answer.get()).isEqualTo(BODY);
      }
      assertThat(budget.mostHeld()).isBetween(61L, 100L);
      assertThat(budget.held()).isZero();
    }
  }

  @Test
  void send_bodyNeverEnds_givesBackAtTheTimeout() throws Exception {
    Call.Answer answer = answer(Then.NOTHING, false);

    assertThat(answer.body().problem()).isNotNull();
    assertThat(budget.mostHeld()).isEqualTo(9);
    assertThat(budget.held()).isZero();
  }

  @Test
  void close_beforeTheHead_takesNothingAfterwards() throws Exception {
    answer(Then.CALLER_IS_TOLD, true);

    assertThat(budget.mostHeld()).isEqualTo(9);
    assertThat(budget.held()).isZero();
  }

  private Call.Answer answer(Then then, boolean isClosedBefore) throws InterruptedException {
    Bounds bounds = new Bounds(Duration.ofMillis(20), 100, TransferRule.defaults(), budget);
    Exchange exchange = new Exchange(
        RestRequest.get("x"), "localhost", new Redactor(UnaryOperator.identity()), bounds);
    BodyReader reader = new BodyReader(exchange, false, Outgoing.of(BodyPublishers.noBody()));
    if (isClosedBefore) {
      reader.close();
    }
    BrokenHttp http = new BrokenHttp(Map.of("Content-Length", List.of("9")), "1", then);
    return new Call(http, exchange, reader, Time.system())
        .send(HttpRequest.newBuilder(URI.create("http://localhost/x")).build());
  }
}
