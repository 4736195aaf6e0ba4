package io.runbook4j.webhook;

import io.runbook4j.rest.RestRequest;
import io.runbook4j.rest.Signatures;
import io.runbook4j.spi.AdapterContext;
import java.time.Instant;
import java.util.Optional;

/** Signs requests with the secret of the moment. */
record WebhookSigner(AdapterContext context, WebhookOptions options) {
  static Optional<Signatures> signatures(AdapterContext context) {
    Optional<String> previous = context.secret("previous-secret");
    return context
        .secret("secret")
        .map(current -> previous
            .map(p -> Signatures.rotating(current, p))
            .orElseGet(() -> Signatures.of(current)));
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
