package io.runbook4j.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.runbook4j.spi.sync.FailureKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordsTest {
  private static final String CHUNKLESS =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n";

  private static RestClient client(ScriptedServer server) {
    return RestClient.builder(server.url())
        .timeout(Duration.ofSeconds(20))
        .maxBody(100_000)
        .build();
  }

  private static List<Integer> all(Records records) throws InterruptedException {
    List<Integer> seen = new ArrayList<>();
    for (Optional<JsonNode> next = records.next(); next.isPresent(); next = records.next()) {
      seen.add(next.get().path("n").asInt());
    }
    return seen;
  }

  @ParameterizedTest
  @ValueSource(strings = {"[{\"n\":1},{\"n\":2}]", "{\"n\":1}\n{\"n\":2}\n", "{\"n\":1} {\"n\":2}"})
  void next_arrayOrLines_givesEachRecord(String body) throws Exception {
    for (ScriptedServer.Reply reply :
        List.of(ScriptedServer.json(200, body), ScriptedServer.raw(CHUNKLESS + body))) {
      try (var server = ScriptedServer.replying(reply);
          Records records = client(server).records(RestRequest.get("x"))) {
        assertThat(all(records)).containsExactly(1, 2);
        assertThat(records.next()).isEmpty();
      }
    }
  }

  @Test
  void next_arrayInAField_givesItAndTheFieldsAround() throws Exception {
    String body = "{\"total\":2,\"rows\":[{\"n\":1},{\"n\":2}],\"cursor\":{\"next\":\"c\"}}";
    try (var server = ScriptedServer.replying(ScriptedServer.raw(CHUNKLESS + body));
        Records records = client(server).records(RestRequest.get("x"), "rows")) {
      assertThat(all(records)).containsExactly(1, 2);
      assertThat(records.isStreamed()).isTrue();
      assertThat(records.field("total").orElseThrow().asInt()).isEqualTo(2);
      assertThat(records.field("cursor").orElseThrow().get("next").asText()).isEqualTo("c");
      assertThat(records.field("rows")).isEmpty();
    }
  }

  @Test
  void records_smallOfKnownLength_areBuffered() throws Exception {
    try (var server = ScriptedServer.replying(ScriptedServer.json(200, "[]"));
        Records records = client(server).records(RestRequest.get("x"))) {
      assertThat(records.isStreamed()).isFalse();
      assertThat(records.next()).isEmpty();
    }
  }

  @Test
  void next_hundredTimesTheBound_isReadInItsOwnTime() throws Exception {
    String row = "{\"n\":7,\"text\":\"" + "x".repeat(985) + "\"}";
    String body = "[" + String.join(",", Collections.nCopies(10_000, row)) + "]";
    try (var server = ScriptedServer.replying(ScriptedServer.json(200, body));
        Records records = client(server).records(RestRequest.get("x"))) {
      assertThat(records.isStreamed()).isTrue();
      assertThat(all(records)).hasSize(10_000).containsOnly(7);
    }
  }

  @Test
  void next_oneEndlessRecord_isGivenUpAtTheBound() throws Exception {
    try (var server = ScriptedServer.replying(
            ScriptedServer.endless(CHUNKLESS + "[{\"n\":1},{\"a\":[0", ",1"));
        Records records = client(server).records(RestRequest.get("x"))) {
      assertThat(records.next()).isPresent();
      RestException failure = catchThrowableOfType(RestException.class, records::next);

      assertThat(failure.failure().kind()).isEqualTo(FailureKind.TOO_LARGE);
      assertThat(failure.failure().message()).contains("at most 100000 bytes");
      assertThat(server.awaitCutOff()).isTrue();
    }
  }

  @Test
  void close_inTheMiddle_hangsUp() throws Exception {
    try (var server = ScriptedServer.replying(ScriptedServer.endless(CHUNKLESS + "[1", ",1"))) {
      Records records = client(server).records(RestRequest.get("x"));
      records.next();

      records.close();

      assertThat(records.next()).isEmpty();
      assertThat(server.awaitCutOff()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[{\"n\":1},{\"n\":2}", "[{\"n\":1},{\"n\":", "[{\"n\":1},oops", "[{\"n\":1}]]"})
  void next_bodyBreaksOff_givesTheWholeRecordsThenFails(String body) throws Exception {
    try (var server = ScriptedServer.replying(ScriptedServer.raw(CHUNKLESS + body));
        Records records = client(server).records(RestRequest.get("x"))) {
      assertThat(records.next().orElseThrow().get("n").asInt()).isEqualTo(1);

      assertThat(catchThrowableOfType(RestException.class, () -> all(records))).isNotNull();
    }
  }

  @Test
  void next_connectionCut_isANetworkFailure() throws Exception {
    String cut = CHUNKLESS.replace("\r\n\r\n", "\r\nTransfer-Encoding: chunked\r\n\r\n")
        + "9\r\n[{\"n\":1},\r\n";
    try (var server = ScriptedServer.replying(ScriptedServer.raw(cut));
        Records records = client(server).records(RestRequest.get("x"))) {
      records.next();

      RestException failure = catchThrowableOfType(RestException.class, records::next);

      assertThat(failure.failure().kind()).isEqualTo(FailureKind.NETWORK);
    }
  }

  @Test
  void next_noSuchArray_says() throws Exception {
    try (var server = ScriptedServer.replying(ScriptedServer.json(200, "{\"a\":1}"));
        Records records = client(server).records(RestRequest.get("x"), "rows")) {
      RestException failure = catchThrowableOfType(RestException.class, records::next);

      assertThat(failure.failure().message()).contains("\"rows\"", "[a]");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \n", "{}", "null", "7", "{\"error\":\"quota\"}", "{\"n\":1}\n"})
  void next_jsonWithoutAnArray_isNonsense(String body) throws Exception {
    for (String type : List.of("application/json", "application/vnd.acme+json; charset=utf-8")) {
      String raw = CHUNKLESS.replace("application/json", type) + body;
      for (ScriptedServer.Reply reply :
          List.of(ScriptedServer.with(200, type, body), ScriptedServer.raw(raw))) {
        try (var server = ScriptedServer.replying(reply);
            Records records = client(server).records(RestRequest.get("x"))) {
          RestException failure = catchThrowableOfType(RestException.class, records::next);

          assertThat(failure).as("no failure").isNotNull();
          assertThat(failure.failure().message()).contains("records must be a JSON array");
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/x-ndjson", "application/jsonl", "text/plain"})
  void next_linesByTheirType_mayBeOneOrNone(String type) throws Exception {
    try (var server = ScriptedServer.replying(
            ScriptedServer.with(200, type, ""), ScriptedServer.with(200, type, "{\"n\":1}\n"));
        Records none = client(server).records(RestRequest.get("x"));
        Records one = client(server).records(RestRequest.get("x"))) {
      assertThat(all(none)).isEmpty();
      assertThat(all(one)).containsExactly(1);
    }
  }

  @Test
  void records_refused_fails() {
    try (var server = ScriptedServer.replying(ScriptedServer.json(403, "{}"))) {
      RestException failure = catchThrowableOfType(
          RestException.class, () -> client(server).records(RestRequest.get("x")));

      assertThat(failure.failure().kind()).isEqualTo(FailureKind.PERMISSION);
    }
  }

  @Test
  void records_outgoingFew_areSentWithALength() throws Exception {
    try (var server = ScriptedServer.replying(ScriptedServer.json(200, "{}"))) {
      List<Integer> rows = List.of(1, 2, 3);
      client(server).send(RestRequest.post("x").records(RecordFormat.JSON_ARRAY, 3, rows));
      client(server).send(RestRequest.post("x").records(RecordFormat.JSON_LINES, 3, rows));

      assertThat(server.requests().get(0).text()).isEqualTo("[1,2,3]");
      assertThat(server.requests().get(0).header("Content-Length")).isEqualTo("7");
      assertThat(server.requests().get(1).text()).isEqualTo("1\n2\n3\n");
    }
  }

  @Test
  void records_outgoingMany_areStreamedAndAgainAfterARefresh() throws Exception {
    List<Integer> rows = IntStream.range(0, 1_001).boxed().toList();
    Credential twice = new Credential() {
      @Override
      public String token() {
        return "t";
      }

      @Override
      public boolean refresh() {
        return true;
      }
    };
    try (var server =
        ScriptedServer.replying(ScriptedServer.json(401, ""), ScriptedServer.json(200, "{}"))) {
      RestClient.builder(server.url())
          .credential(twice)
          .build()
          .send(RestRequest.post("x").records(RecordFormat.JSON_ARRAY, rows.size(), rows));

      assertThat(server.requests()).hasSize(2).allSatisfy(request -> {
        assertThat(request.header("Transfer-Encoding")).isEqualTo("chunked");
        assertThat(request.text()).isEqualTo(rows.toString().replace(" ", ""));
      });
    }
  }

  private static Iterable<Object> failingAfter(int good) {
    return () -> Stream.iterate(1, n -> n + 1)
        .map(n -> {
          if (n > good) {
            throw new IllegalStateException("row " + n + " cannot be read");
          }
          return (Object) n;
        })
        .iterator();
  }

  @Test
  void records_iteratorFailsBeforeTheFirstByte_isRefusedUnsent() {
    try (var server = ScriptedServer.replying(ScriptedServer.json(200, "{}"))) {
      RestRequest request =
          RestRequest.post("x").records(RecordFormat.JSON_LINES, 5_000, failingAfter(10));

      RestException failure =
          catchThrowableOfType(RestException.class, () -> client(server).send(request));

      assertThat(failure.failure().kind()).isEqualTo(FailureKind.INVALID);
      assertThat(failure.failure().message())
          .contains("was not sent", "IllegalStateException: row 11 cannot be read");
      assertThat(failure.isInDoubt()).isFalse();
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void records_iteratorFailsInTheMiddle_isNamed() {
    try (var server = ScriptedServer.replying(ScriptedServer.json(200, "{}"))) {
      RestRequest request =
          RestRequest.post("x").records(RecordFormat.JSON_LINES, 5_000, failingAfter(1_000));

      RestException failure =
          catchThrowableOfType(RestException.class, () -> client(server).send(request));

      assertThat(failure.failure().message())
          .contains("IllegalStateException: row 1001 cannot be read");
      assertThat(failure.isInDoubt()).isTrue();
    }
  }

  @Test
  void next_bytesOfNoEncoding_areGarbage() throws Exception {
    try (var server = ScriptedServer.replying(ScriptedServer.json(200, "\0\0{\0"))) {
      Records records = client(server).records(RestRequest.get("x"));

      RestException failure = catchThrowableOfType(RestException.class, records::next);

      assertThat(failure.failure().kind()).isEqualTo(FailureKind.SERVER_ERROR);
      assertThat(failure.failure().message()).contains("records must be JSON");
    }
  }

  @Test
  void records_outgoingFewButBig_areStreamed() throws Exception {
    try (var server = ScriptedServer.replying(ScriptedServer.json(200, "{}"))) {
      RestClient client =
          RestClient.builder(server.url()).streamAbove(1_000, 1_000).build();

      client.send(RestRequest.post("x")
          .records(
              RecordFormat.JSON_LINES,
              30,
              Collections.nCopies(30, Map.of("text", "x".repeat(100)))));

      assertThat(server.requests().get(0).header("Transfer-Encoding")).isEqualTo("chunked");
    }
  }
}
