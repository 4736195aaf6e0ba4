package io.runbook4j.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Map;

/** What the tests of the client share. */
final class RestFixture {
  static final RestRequest WRITE = RestRequest.post("x").json(Map.of("a", 1));

  private RestFixture() {}

  static RestClient client(ScriptedServer server) {
    return RestClient.builder(server.url("/api")).build();
  }

  static RestException failing(RestClient client, RestRequest request) {
    RestException failure =
        catchThrowableOfType(RestException.class, () -> client.send(request).json());
    assertThat(failure).as("no failure").isNotNull();
    return failure;
  }
}
