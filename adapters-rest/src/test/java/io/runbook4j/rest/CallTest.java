package io.runbook4j.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.runbook4j.rest.BrokenHttp.Then;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.time.Time;
import io.runbook4j.spi.transfer.TransferBudget;
import io.runbook4j.spi.transfer.TransferRule;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A broken body is the same, whether the client hands it over or ends with an exception. */
class CallTest {
  private static final Bounds BOUNDS =
      new Bounds(Duration.ofMillis(20), 1_000, TransferRule.defaults(), TransferBudget.unlimited());
  private static final HttpRequest WIRE =
      HttpRequest.newBuilder(URI.create("http://localhost/x")).build();

  private final Exchange exchange = new Exchange(
      RestRequest.get("x"), "localhost", new Redactor(UnaryOperator.identity()), BOUNDS);

  private Call.Answer answer(BrokenHttp http, boolean mayStream) throws InterruptedException {
    Outgoing nothing = Outgoing.of(HttpRequest.BodyPublishers.noBody());
    BodyReader reader = new BodyReader(exchange, mayStream, nothing);
    return new Call(http, exchange, reader, Time.system()).send(WIRE);
  }

  private Records records(Call.Answer answer) {
    return new Records(new RestResponse(exchange, answer, List.of()), null);
  }

  @ParameterizedTest
  @EnumSource(
      value = Then.class,
      names = {"SUBSCRIBER_AND_CALLER_ARE_TOLD", "CALLER_IS_TOLD"})
  void send_bodyBreaksOff_tellsHowMuchCame(Then then) throws Exception {
    BrokenHttp http = new BrokenHttp(Map.of("Content-Length", List.of("99")), "{\"a\"", then);

    Call.Answer answer = answer(http, false);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-length")).contains("99");
    assertThat(answer.body().bytes()).hasSize(4);
    assertThat(Objects.requireNonNull(answer.body().problem()).toString())
        .contains("NETWORK", "the body broke off after 4 bytes (IOException)");
  }

  @ParameterizedTest
  @EnumSource(
      value = Then.class,
      names = {"SUBSCRIBER_AND_CALLER_ARE_TOLD", "CALLER_IS_TOLD"})
  void send_streamedBodyBreaksOff_givesTheRecordsBeforeIt(Then then) throws Exception {
    BrokenHttp http = new BrokenHttp(Map.of(), "[{\"n\":1},", then);

    Records records = records(answer(http, true));

    assertThat(records.next().orElseThrow().get("n").asInt()).isEqualTo(1);
    assertThat(
            catchThrowableOfType(RestException.class, records::next).failure().kind())
        .isEqualTo(FailureKind.NETWORK);
  }

  @Test
  void send_bodyNeverEnds_isATimeoutThatKeepsTheHead() throws Exception {
    BrokenHttp http = new BrokenHttp(Map.of("Content-Length", List.of("99")), "{", Then.NOTHING);

    Call.Answer answer = answer(http, false);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(Objects.requireNonNull(answer.body().problem()).toString())
        .contains("TIMEOUT", "the body was not whole within PT0.02S");
  }

  @Test
  void next_nothingMoreComes_isATimeout() throws Exception {
    BrokenHttp http = new BrokenHttp(Map.of(), "[{\"n\":1}", Then.NOTHING);
    Records records = records(answer(http, true));

    assertThat(records.next()).isPresent();
    assertThat(
            catchThrowableOfType(RestException.class, records::next).failure().kind())
        .isEqualTo(FailureKind.TIMEOUT);
  }
}
