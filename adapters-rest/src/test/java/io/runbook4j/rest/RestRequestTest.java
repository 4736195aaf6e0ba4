package io.runbook4j.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RestRequestTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host",
        "content-length",
        "Connection",
        "Expect",
        "Upgrade",
        "Transfer-Encoding",
        "",
        "X y",
        "X-A\r\nX-B: 1",
        "X:",
        "Ü"
      })
  void header_nameThatMayNotBeSet_isRefused(String name) {
    FailureException refused =
        catchThrowableOfType(FailureException.class, () -> RestRequest.post().header(name, "v"));

    assertThat(refused.failure().kind()).isEqualTo(FailureKind.INVALID);
    assertThat(refused.failure().message()).startsWith("header name must be").doesNotContain("\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-Key", "x_key", "Authorization", "User-Agent", "!#$%&'*+-.^_`|~9"})
  void header_nameThatMay_isSet(String name) throws Exception {
    try (var server = ScriptedServer.replying(ScriptedServer.json(200, "{}"))) {
      RestFixture.client(server).send(RestRequest.get().header(name, "v"));

      assertThat(server.requests().get(0).header(name)).isEqualTo("v");
    }
  }

  @Test
  void of_connect_isRefused() {
    assertThatThrownBy(() -> RestRequest.of("CONNECT", "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("method must be");
  }
}
