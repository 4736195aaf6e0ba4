package io.runbook4j.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.rest.ScriptedServer;
import io.runbook4j.spi.health.Health;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebhookProbeTest {
  private static Health check(ScriptedServer.Reply reply) throws Exception {
    try (var server = ScriptedServer.replying(reply)) {
      String url = server.url("/health").toString();
      return new WebhookAdapter()
          .connect(new TestContext(Map.of("url", "http://localhost:1/x", "health-url", url)))
          .health()
          .check();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "200 | {\"status\":\"healthy\"} | HEALTHY",
        "200 | {\"status\":\"ok\",\"x\":1} | HEALTHY",
        "200 | {} | HEALTHY",
        "200 | no json | HEALTHY",
        "200 | '\0\0{\0' | HEALTHY",
        "503 | '\0\0{\0' | UNHEALTHY",
        "204 | '' | HEALTHY",
        "200 | {\"status\":\"Degraded\"} | DEGRADED",
        "200 | {\"status\":\"unhealthy\"} | UNHEALTHY",
        "503 | {\"status\":\"healthy\"} | UNHEALTHY",
        "404 | {} | UNHEALTHY",
        "405 | {} | UNHEALTHY",
        "302 | {} | UNHEALTHY",
        "429 | {} | DEGRADED"
      })
  void check_answer_isTheHealth(int status, String body, Health.Status expected) throws Exception {
    Health health = check(ScriptedServer.json(status, body));

    assertThat(health.status()).isEqualTo(expected);
    assertThat(health.detail()).contains("HTTP " + status);
    assertThat(health.latency()).isPositive();
  }

  @Test
  void check_secretAsStatus_isNotShown() throws Exception {
    try (var server =
        ScriptedServer.replying(ScriptedServer.json(200, "{\"status\":\"SecretOfLetters\"}"))) {
      Health health = new WebhookAdapter()
          .connect(new TestContext(
              Map.of("url", server.url("/hook").toString(), "token", "SecretOfLetters")))
          .health()
          .check();

      assertThat(health.detail()).contains("HTTP 200").doesNotContainIgnoringCase("secret");
    }
  }

  @Test
  void check_noAnswer_isUnhealthyAndNoException() throws Exception {
    assertThat(check(ScriptedServer.reset()).status()).isEqualTo(Health.Status.UNHEALTHY);
  }

  @Test
  void check_ownUrlTakesNoGet_isHealthy() throws Exception {
    try (var server = ScriptedServer.replying(ScriptedServer.json(405, ""))) {
      Health health = new WebhookAdapter()
          .connect(new TestContext(Map.of("url", server.url("/hook").toString())))
          .health()
          .check();

      assertThat(health.status()).isEqualTo(Health.Status.HEALTHY);
      assertThat(server.requests().get(0).line()).isEqualTo("GET /hook HTTP/1.1");
    }
  }

  @Test
  void check_otherHost_neverSeesTheToken() throws Exception {
    try (var server = ScriptedServer.replying(ScriptedServer.json(200, "{}"))) {
      new WebhookAdapter()
          .connect(new TestContext(Map.of(
              "url", "http://localhost:1/x",
              "token", "t0k3n",
              "health-url", server.url().toString())))
          .health()
          .check();

      assertThat(server.requests().get(0).header("Authorization")).isEmpty();
    }
  }
}
