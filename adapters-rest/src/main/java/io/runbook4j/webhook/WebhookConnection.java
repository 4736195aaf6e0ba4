package io.runbook4j.webhook;

import io.runbook4j.rest.Credential;
import io.runbook4j.rest.RestClient;
import io.runbook4j.rest.Signatures;
import io.runbook4j.spi.AdapterContext;
import io.runbook4j.spi.Connection;
import io.runbook4j.spi.alert.AlertChannel;
import io.runbook4j.spi.health.HealthProbe;
import io.runbook4j.spi.sync.Target;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One webhook with its settings. Safe for many threads.
 *
 * <p>A chunk is posted as
 *
 * <pre>{"idempotencyKey": "...", "items": [{"key": "u1", "value": {...}}, ...]}</pre>
 *
 * <p>with the values as Jackson writes them (times as ISO-8601 text), the header
 * {@code Idempotency-Key}, and, if there is a secret, {@code X-Webhook-Signature: sha256=} with the
 * hex HMAC-SHA256 of the body. The answer may be
 *
 * <pre>{"results": [{"key": "u1", "status": "ok"},
 *   {"key": "u2", "status": "failed", "kind": "INVALID", "code": "E17", "message": "..."},
 *   {"key": "u3", "status": "failed", "kind": "RATE_LIMITED", "retryAfter": 30},
 *   {"key": "u4", "status": "skipped", "message": "no change"},
 *   {"key": "u5", "status": "in-doubt", "message": "..."}]}</pre>
 *
 * <p>with {@code retryAfter} in seconds, {@code kind} a {@link io.runbook4j.spi.sync.FailureKind},
 * and everything but key and status left out at will. Results are read from a 2xx, and from a 400,
 * 409 or 422 that has some. Items that they leave out are not reported. Results of a wrong shape
 * leave all items in doubt, and so do results in an object inside of the answer, under a name of
 * another case, or in a body that is cut or cannot be read.
 *
 * <p>A 2xx without results means that all items were applied if its body is empty, or a JSON object
 * that speaks of no error ({@code {}}, {@code {"success": true}}, {@code {"ok": true}}), unless the
 * setting {@code without-results} says {@code in-doubt}. An object with {@code "success": false} or
 * {@code "ok": false} is a failure of the whole call; kind, code, message and {@code retryAfter}
 * may stand in it as in a result, and {@code error} in place of the message. Without a kind it is
 * UNKNOWN. Everything else leaves all items in doubt: a body that is no JSON by its Content-Type or
 * by itself, an array, an object whose {@code status} is {@code error} or {@code failed}, or whose
 * {@code status} or {@code statusCode} is a number from 400 on, and one that tells of an error.
 * That does every field whose name begins with {@code err}, or has {@code error}, {@code exception}
 * or {@code fault} in it, unless it is null, false, 0, empty, or {@code "ok"}, {@code "none"} or
 * {@code "success"}. The case of names tells nothing.
 *
 * <p>A 500, as every 5xx by which a receiver may have died half-way
 * ({@link io.runbook4j.rest.Classifier#isInDoubt}), leaves all items in doubt, whatever its body
 * says. With the setting {@code idempotent} the run sends the same chunk with the same key again;
 * without it, the items wait for a person. A receiver that did nothing answers with 503. A 300 to
 * 303 leaves them in doubt, too: a receiver may have taken them and point to what it made of them.
 *
 * <p>No item stands in the URL, so that a redirect, and a 404, 405, 407, 410 or 415, speak of the
 * call, and no bad item is looked for: they are PERMISSION, and their message says what to check.
 * By default a run fails the items of each such chunk, one call for each, for a person to mend the
 * setting and rerun them.
 */
public final class WebhookConnection implements Connection {
  private final AdapterContext context;
  private final WebhookOptions options;
  private final URI url;
  private final @Nullable Credential credential;
  private final RestClient client;
  private final HealthProbe health;

  WebhookConnection(AdapterContext context) {
    this.context = context;
    this.options = WebhookOptions.from(context);
    this.url = context
        .url("url")
        .orElseThrow(() -> new IllegalArgumentException("url must be given, was not"));
    this.credential = context.secret("token").isEmpty()
        ? null
        : Credential.readFrom(() -> WebhookSigner.secret(context, "token").orElse(""));
    this.client = client(url);
    Optional<URI> healthUrl = context.url("health-url");
    this.health = new WebhookProbe(
        healthUrl.map(this::client).orElse(client), context.time(), healthUrl.isPresent());
  }

  /**
   * {@return a target that posts chunks to the URL} While the host's gate is local-only, it sends
   * none and refuses them whole with CANCELLED; while a secret cannot be read, with AUTHENTICATION.
   *
   * @param <T> the type of the values, anything that Jackson can write
   */
  public <T> Target<T> target() {
    return new WebhookTarget<>(
        client, options, Optional.ofNullable(credential), new WebhookSigner(context, options), url);
  }

  /**
   * {@return a channel that posts alerts to the URL, in the format of the setting
   * {@code alert-format}}
   *
   * <p>{@code json} is an object with rule, severity, priority, job, text, dedupKey, phase, and if
   * it is part of an occurrence since, ended and details; signed as chunks are.
   * {@code alertmanager} is for Alertmanager's API v2, {@code pagerduty} for PagerDuty's Events API
   * v2. Alerts leave while the gate is local-only, too. What the service refuses, does not answer,
   * or answers with a JSON object that a target reads as a failure or as in doubt, is thrown as a
   * {@link io.runbook4j.spi.sync.FailureException} with its {@code retryAfter}.
   */
  public AlertChannel alerts() {
    return WebhookAlerts.of(client, context, new WebhookSigner(context, options), url.getHost());
  }

  /**
   * {@return the signatures by the current and the previous secret, for checking what the other
   * side sends; empty if there is no secret} Read anew at each call.
   *
   * @throws io.runbook4j.spi.sync.FailureException AUTHENTICATION if a secret cannot be read
   */
  public Optional<Signatures> signatures() {
    return WebhookSigner.signatures(context);
  }

  @Override
  public HealthProbe health() {
    return health;
  }

  @Override
  public void close() {}

  private RestClient client(URI at) {
    RestClient.Builder builder = RestClient.builder(at)
        .classifier(new WholeCallRefusals())
        .redaction(context::redact)
        .gate(context.gate())
        .budget(context.transferBudget())
        .time(context.time());
    context.duration("timeout").ifPresent(builder::timeout);
    // token and limit are the webhook's own host's and no other's
    if (isSameOrigin(at)) {
      builder.learner(context.limit(url.getHost())::learn);
      if (credential != null) {
        builder.credential(credential);
      }
    }
    return builder.build();
  }

  private boolean isSameOrigin(URI at) {
    return at.getScheme().equalsIgnoreCase(url.getScheme())
        && at.getHost().equalsIgnoreCase(url.getHost())
        && at.getPort() == url.getPort();
  }
}
