package io.runbook4j.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.runbook4j.rest.ScriptedServer;
import io.runbook4j.spi.alert.Occurrence.Phase;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Target;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Secrets that can be read at first and then no more. */
class WebhookSecretsTest {
  private static final ScriptedServer.Reply OK = ScriptedServer.json(200, "{}");

  private static TestContext context(ScriptedServer server) {
    return WebhookAlertsTest.context(
        server,
        "secret",
        "s1-value",
        "previous-secret",
        "s0-value",
        "token",
        "t-value",
        "alert-format",
        "pagerduty",
        "routing-key",
        "r-value");
  }

  @ParameterizedTest
  @ValueSource(strings = {"secret", "previous-secret", "token"})
  void apply_secretIsGone_isRefusedUnsent(String setting) throws Exception {
    try (var server = ScriptedServer.replying(OK)) {
      TestContext context = context(server);
      Target<String> target = new WebhookAdapter().connect(context).target();
      context.unreadable.add(setting);

      ChunkResult result = target.apply(Chunk.of("run-1/c1", List.of("u1"), List.of("v")));

      assertThat(result.isWholeCall()).isTrue();
      assertThat(result.others().orElseThrow().toString())
          .contains("Failed", "AUTHENTICATION", "setting " + setting, "secret file:/gone")
          .doesNotContain("-value");
      assertThat(server.requests()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"secret", "token", "routing-key"})
  void send_secretIsGone_throwsWhatNamesIt(String setting) {
    try (var server = ScriptedServer.replying(OK)) {
      TestContext context = context(server);
      var channel = new WebhookAdapter().connect(context).alerts();
      context.unreadable.add(setting);

      FailureException failure = catchThrowableOfType(
          FailureException.class,
          () -> channel.send(WebhookAlertsTest.alert(Severity.SEV1, Phase.OPENED)));

      assertThat(failure.failure().kind()).isEqualTo(FailureKind.AUTHENTICATION);
      assertThat(failure.failure().message()).contains("setting " + setting);
      assertThat(server.requests()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"signature-header, Host", "timestamp-header, content-length"})
  void check_headerThatMayNotBeSet_isRefused(String setting, String header) {
    assertThat(new WebhookAdapter().check(Map.of(setting, header)))
        .hasEntrySatisfying(setting, problem -> assertThat(problem).contains(header))
        .hasSize(1);
  }

  @Test
  void connect_tokenIsNotThere_saysSoAtOnce() {
    try (var server = ScriptedServer.replying(OK)) {
      TestContext context = context(server);
      context.unreadable.add("token");

      assertThat(catchThrowableOfType(
              IllegalStateException.class, () -> new WebhookAdapter().connect(context)))
          .hasMessageContaining("secret file:/gone");
    }
  }
}
