package io.runbook4j.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import io.runbook4j.rest.RestClient;
import io.runbook4j.rest.RestException;
import io.runbook4j.rest.RestRequest;
import io.runbook4j.rest.RestResponse;
import io.runbook4j.spi.health.Health;
import io.runbook4j.spi.health.Health.Status;
import io.runbook4j.spi.health.HealthProbe;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.time.Time;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * GETs a URL. A 2xx is healthy unless its body says otherwise in {@code {"status": "..."}}, every
 * other status is not; but a 429 is degraded, and a webhook that only takes POST (405) answers.
 */
final class WebhookProbe implements HealthProbe {
  private final RestClient client;
  private final Time time;
  private final boolean isOwnUrl;

  /**
   * Makes a probe.
   *
   * @param isOwnUrl whether the URL is for the probe alone
   */
  WebhookProbe(RestClient client, Time time, boolean isOwnUrl) {
    this.client = client;
    this.time = time;
    this.isOwnUrl = isOwnUrl;
  }

  @Override
  public Health check() throws InterruptedException {
    long start = time.nanoTime();
    try (RestResponse response = client.send(RestRequest.get().accepting(status -> true))) {
      return new Health(
          status(response),
          since(start),
          "HTTP " + response.status() + said(response).map(s -> ", status " + s).orElse(""));
    } catch (RestException e) {
      return new Health(Status.UNHEALTHY, since(start), e.failure().message());
    } catch (FailureException e) {
      return new Health(Status.UNHEALTHY, since(start), e.failure().message());
    }
  }

  private Status status(RestResponse response) {
    int status = response.status();
    if (status == 429) {
      return Status.DEGRADED;
    }
    if (status == 405 && !isOwnUrl) {
      return Status.HEALTHY;
    }
    if (status < 200 || status >= 300) {
      return Status.UNHEALTHY;
    }
    return switch (said(response).orElse("healthy")) {
      case "unhealthy", "down", "fail", "failed", "error", "critical" -> Status.UNHEALTHY;
      case "degraded", "warn", "warning", "partial" -> Status.DEGRADED;
      default -> Status.HEALTHY;
    };
  }

  /** {@return what the body says, if it is a word} */
  private static Optional<String> said(RestResponse response) {
    return response
        .jsonIfAny()
        .map(body -> body.path("status"))
        .filter(JsonNode::isTextual)
        .map(status -> response.redact(status.asText()).toLowerCase(Locale.ROOT))
        .filter(status -> status.matches("[a-z_-]{1,30}"));
  }

  private Duration since(long start) {
    return Duration.ofNanos(time.nanoTime() - start);
  }
}
