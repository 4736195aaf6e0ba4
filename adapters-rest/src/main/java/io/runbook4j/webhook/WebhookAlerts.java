package io.runbook4j.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import io.runbook4j.rest.Json;
import io.runbook4j.rest.RestClient;
import io.runbook4j.rest.RestException;
import io.runbook4j.rest.RestRequest;
import io.runbook4j.rest.RestResponse;
import io.runbook4j.spi.AdapterContext;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.AlertChannel;
import io.runbook4j.spi.alert.Occurrence;
import io.runbook4j.spi.sync.FailureException;
import java.util.Optional;
import java.util.TreeMap;

/** Posts alerts. Safe for many threads. */
final class WebhookAlerts implements AlertChannel {
  private final RestClient client;
  private final AdapterContext context;
  private final WebhookSigner signer;
  private final AlertFormat format;
  private final String name;

  private WebhookAlerts(
      RestClient client,
      AdapterContext context,
      WebhookSigner signer,
      AlertFormat format,
      String name) {
    this.client = client;
    this.context = context;
    this.signer = signer;
    this.format = format;
    this.name = name;
  }

  static WebhookAlerts of(
      RestClient client, AdapterContext context, WebhookSigner signer, String host) {
    String format = WebhookOptions.word(context, "alert-format");
    AlertFormat written = switch (format) {
      case "alertmanager" -> AlertmanagerAlerts.of(context);
      case "pagerduty" -> new PagerDutyEvent(context);
      default -> GenericAlert::of;
    };
    return new WebhookAlerts(client, context, signer, written, format + "@" + host);
  }

  @Override
  public void send(Alert alert) throws InterruptedException {
    byte[] body = Json.bytes(format.body(redacted(alert)));
    RestRequest request = RestRequest.post().body("application/json", body).passingGate();
    try (RestResponse response = client.send(signer.signed(request, body))) {
      check(response);
    } catch (RestException e) {
      throw e.toFailureException();
    }
  }

  /** Lets everything pass but a JSON object that says a failure, as the target reads it. */
  private static void check(RestResponse response) {
    response.jsonIfAny().filter(JsonNode::isObject).ifPresent(answer -> {
      if (WebhookSuccess.isDenied(answer)) {
        throw new FailureException(WebhookResults.failure(response, answer));
      }
      WebhookSuccess.check(response, answer);
    });
  }

  private Alert redacted(Alert alert) {
    Optional<Occurrence> occurrence = alert.occurrence().map(it -> {
      TreeMap<String, String> details = new TreeMap<>(it.details());
      details.replaceAll((detail, value) -> context.redact(value));
      return new Occurrence(it.id(), it.phase(), it.since(), it.ended(), details);
    });
    return new Alert(
        alert.rule(), alert.severity(), alert.job(), context.redact(alert.text()), occurrence);
  }

  @Override
  public String name() {
    return name;
  }

  /** How a service wants an alert. */
  @FunctionalInterface
  interface AlertFormat {
    /** {@return what is written as JSON} */
    Object body(Alert alert);

    /** {@return the first {@code most} characters, never half of one} */
    static String cut(String text, int most) {
      if (text.length() <= most) {
        return text;
      }
      int end = most - 3;
      return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end)
          + "...";
    }
  }
}
