package io.runbook4j.rest;

import static io.runbook4j.rest.RestFixture.WRITE;
import static io.runbook4j.rest.RestFixture.failing;
import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Credentials that cannot be had: nothing was sent, or it was refused, and nothing is in doubt. */
class CredentialFailureTest {
  private static final ScriptedServer.Reply NO = ScriptedServer.json(401, "{}");

  private static Credential credential(Supplier<String> token, BooleanSupplier refresh) {
    return new Credential() {
      @Override
      public String token() {
        return token.get();
      }

      @Override
      public boolean refresh() {
        return refresh.getAsBoolean();
      }
    };
  }

  private static RestClient client(ScriptedServer server, Credential credential) {
    return RestClient.builder(server.url())
        .credential(credential)
        .redaction(text -> text.replace("hunter2", "***"))
        .build();
  }

  private static Supplier<String> throwing(RuntimeException e) {
    return () -> {
      throw e;
    };
  }

  private static RestException lost() {
    return new RestException(Failure.of(FailureKind.TIMEOUT, "no answer"), true, 0, null);
  }

  static Stream<Arguments> broken() {
    return Stream.of(
        Arguments.of(
            throwing(new IllegalStateException("vault: hunter2")),
            FailureKind.AUTHENTICATION,
            "threw IllegalStateException: vault: ***"),
        Arguments.of((Supplier<String>) () -> null, FailureKind.AUTHENTICATION, "gave null"),
        Arguments.of(
            (Supplier<String>) () -> {
              throw new NoClassDefFoundError("vault/Client");
            },
            FailureKind.AUTHENTICATION,
            "NoClassDefFoundError"),
        Arguments.of(
            throwing(
                new FailureException(Failure.of(FailureKind.NETWORK, "token service is away"))),
            FailureKind.NETWORK,
            "token service is away"),
        Arguments.of(throwing(lost()), FailureKind.TIMEOUT, "no answer"),
        Arguments.of(
            throwing(new FailureException(
                Failure.of(FailureKind.AUTHENTICATION, "refused hunter2").withCode("hunter2"))),
            FailureKind.AUTHENTICATION,
            "refused ***"),
        Arguments.of(
            throwing(RestException.refused(Failure.of(FailureKind.PERMISSION, "not hunter2"))),
            FailureKind.PERMISSION,
            "not ***"));
  }

  @Test
  void send_tokenIsEmpty_leavesTheMessagesReadable() {
    AtomicReference<String> token = new AtomicReference<>("");
    try (var server = ScriptedServer.replying(ScriptedServer.json(404, "{\"e\":\"why\"}"))) {
      RestClient client = client(server, Credential.readFrom(token::get));
      RestException empty = failing(client, WRITE);
      token.set("t0k3n");
      RestException refused = failing(client, WRITE);

      assertThat(empty.failure().message())
          .contains("POST localhost", "token must be printable ASCII, was 0 characters")
          .doesNotContain("[redacted]");
      assertThat(refused.failure().message()).contains("HTTP 404, body \"{\"e\":\"why\"}\"");
    }
  }

  @ParameterizedTest
  @MethodSource("broken")
  void send_tokenCannotBeHad_isRefusedUnsent(
      Supplier<String> token, FailureKind kind, String message) {
    try (var server = ScriptedServer.replying(ScriptedServer.json(200, "{}"))) {
      RestException failure = failing(client(server, credential(token, () -> true)), WRITE);

      assertThat(failure.failure().kind()).isEqualTo(kind);
      assertThat(failure.failure().message()).contains(message);
      assertThat(failure.failure().toString()).doesNotContain("hunter2");
      assertThat(failure.isInDoubt()).isFalse();
      assertThat(failure.getCause())
          .satisfiesAnyOf(
              cause -> assertThat(cause).isNull(),
              cause -> assertThat(cause).hasMessageNotContaining("hunter2"));
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void send_refreshThrows_isARefusal() {
    Credential credential = credential(() -> "t0k3n", () -> {
      throw new IllegalStateException("identity provider is down");
    });
    try (var server = ScriptedServer.replying(NO)) {
      RestException failure = failing(client(server, credential), WRITE);

      assertThat(failure.failure().kind()).isEqualTo(FailureKind.AUTHENTICATION);
      assertThat(failure.failure().message()).contains("identity provider is down");
      assertThat(failure.isInDoubt()).isFalse();
    }
  }
}
