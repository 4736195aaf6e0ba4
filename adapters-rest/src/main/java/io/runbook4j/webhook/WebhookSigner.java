package io.runbook4j.webhook;

import io.runbook4j.rest.RestRequest;
import io.runbook4j.rest.Signatures;
import io.runbook4j.spi.AdapterContext;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import java.time.Instant;
import java.util.Optional;

/** Signs requests with the secret of the moment. */
record WebhookSigner(AdapterContext context, WebhookOptions options) {
  static Optional<Signatures> signatures(AdapterContext context) {
    Optional<String> previous = secret(context, "previous-secret");
    return secret(context, "secret")
        .map(current -> previous
            .map(p -> Signatures.rotating(current, p))
            .orElseGet(() -> Signatures.of(current)));
  }

  /**
   * {@return a secret; empty if its setting was not given}
   *
   * @throws FailureException AUTHENTICATION if it cannot be read
   */
  static Optional<String> secret(AdapterContext context, String setting) {
    try {
      return context.secret(setting);
    } catch (RuntimeException e) {
      throw new FailureException(
          Failure.of(
              FailureKind.AUTHENTICATION,
              "setting " + setting + " must be a secret that can be read, was not: "
                  + context.redact(String.valueOf(e.getMessage()))),
          e);
    }
  }

  RestRequest signed(RestRequest request, byte[] body) {
    return signatures(context).map(s -> signed(request, body, s)).orElse(request);
  }

  private RestRequest signed(RestRequest request, byte[] body, Signatures signatures) {
    if (options.timestampHeader().isEmpty()) {
      return request.header(options.signatureHeader(), signatures.sign(body));
    }
    Instant now = context.time().now();
    return request
        .header(options.timestampHeader().get(), Long.toString(now.getEpochSecond()))
        .header(options.signatureHeader(), signatures.sign(body, now));
  }
}
