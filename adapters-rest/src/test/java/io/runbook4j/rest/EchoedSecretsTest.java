package io.runbook4j.rest;

import static io.runbook4j.rest.RestFixture.failing;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Services that repeat in their answer what they were asked. */
class EchoedSecretsTest {
  private static final ScriptedServer.Reply ECHO = (request, socket, server) -> ScriptedServer.with(
          404, "text/plain", "Cannot find " + request.head().replaceAll("(?i)host: \\S+\r\n", ""))
      .to(request, socket, server);

  private static String message(String base, RestRequest request) {
    try (var server = ScriptedServer.replying(ECHO)) {
      return failing(RestClient.builder(server.url(base)).build(), request)
          .failure()
          .message();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/hooks/onlylowercasesecret",
        "/hooks/T0001/B0002/S3cretS3cret",
        "/hook?code=S3cret%2FS3cret",
        "/hook?a=1&S3cretS3cret"
      })
  void message_secretOfTheBaseUrl_isBlottedOut(String base) {
    assertThat(message(base, RestRequest.post()).toLowerCase(Locale.ROOT))
        .contains("cannot find post", "[redacted]")
        .doesNotContain("onlylowercasesecret", "s3cret");
  }

  @Test
  void message_partOfTheBasePath_isBlottedOut() throws Exception {
    try (var server =
        ScriptedServer.replying(ScriptedServer.json(404, "{\"e\":\"no token S3cretS3cret\"}"))) {
      RestClient client =
          RestClient.builder(server.url("/customers/S3cretS3cret/x")).build();

      assertThat(failing(client, RestRequest.get()).failure().message())
          .contains("no token [redacted]");
    }
  }

  @Test
  void message_queryAndHeadersOfTheRequest_areBlottedOut() {
    RestRequest request = RestRequest.post("envelopes", "K-12345678")
        .query("sig", "S3cret S3cret/1")
        .query("page", "12")
        .header("x-api-key", "S3cretS3cret")
        .header("X-Short", "abc")
        .idempotencyKey("run-1/c7-12345");

    String message = message("", request);

    assertThat(message)
        .contains("POST localhost:", " /envelopes/K-12345678: HTTP 404", "sig=[redacted]&page=12")
        .doesNotContain("S3cret");
    try (var server = ScriptedServer.replying(
        ScriptedServer.json(400, "{\"e\":\"S3cretS3cret, S3cret S3cret/1, run-1/c7-12345\"}"))) {
      assertThat(failing(RestFixture.client(server), request).failure().message())
          .contains("\"[redacted], [redacted], run-1/c7-12345\"");
    }
  }

  @Test
  void message_credentialOfAnAuthorizationHeader_isBlottedOut() {
    RestRequest request = RestRequest.post().header("Authorization", "ApiKey S3cretS3cret");
    try (var server =
        ScriptedServer.replying(ScriptedServer.json(403, "{\"bad\":\"S3cretS3cret\"}"))) {
      assertThat(failing(RestFixture.client(server), request).failure().message())
          .contains("{\"bad\":\"[redacted]\"}");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tok/C4n4ry+1==",
        "tok\\/C4n4ry+1==",
        "tok/C4n4ry+1\\u003d\\u003d",
        "tok/C4n4ry+1\\u003D\\u003D",
        "tok\\/C4n4ry\\u002B1\\u003d\\u003d",
        "tok\\u002fC4n4ry\\u002b1==",
        "{\\\"t\\\":\\\"tok\\\\/C4n4ry\\\\u002b1\\\\u003d=\\\"}"
      })
  void message_tokenInJsonsEscapes_isBlottedOut(String echoed) {
    try (var server =
        ScriptedServer.replying(ScriptedServer.json(403, "{\"bad\":\"" + echoed + "\"}"))) {
      RestClient client = RestClient.builder(server.url())
          .credential(Credential.readFrom(() -> "tok/C4n4ry+1=="))
          .build();

      assertThat(failing(client, RestRequest.post()).failure().message())
          .contains("bad", "[redacted]")
          .doesNotContain("C4n4ry");
    }
  }

  @Test
  void message_escapesWithoutASecret_stay() {
    try (var server =
        ScriptedServer.replying(ScriptedServer.json(400, "{\"e\":\"a\\/b \\u003d c\"}"))) {
      assertThat(
              failing(RestFixture.client(server), RestRequest.post()).failure().message())
          .contains("{\"e\":\"a\\/b \\u003d c\"}");
    }
  }

  @Test
  void message_wordsOfHttp_stay() {
    RestRequest request =
        RestRequest.post("x").header("Accept", "application/json").json("v");

    try (var server = ScriptedServer.replying(
        ScriptedServer.json(400, "{\"e\":\"customers must be application/json\"}"))) {
      RestClient client = RestClient.builder(server.url("/v2/customers/x")).build();

      assertThat(failing(client, request).failure().message())
          .contains("customers must be application/json");
    }
  }

  @Test
  void message_linkThatWasFollowed_hidesItsQuery() {
    assertThat(message("", RestRequest.follow("/next?cursor=S3cretS3cret")))
        .contains("GET localhost:", "cursor=[redacted]")
        .doesNotContain("S3cret");
  }
}
