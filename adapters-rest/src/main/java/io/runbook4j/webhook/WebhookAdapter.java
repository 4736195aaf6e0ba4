package io.runbook4j.webhook;

import io.runbook4j.spi.Adapter;
import io.runbook4j.spi.AdapterContext;
import io.runbook4j.spi.QuotaSpec;
import io.runbook4j.spi.Setting;
import java.util.List;
import java.util.Map;

/**
 * Posts chunks or alerts to any URL that takes JSON. Its settings are those of {@link #settings};
 * it knows of no limits, so a job gives its own quota.
 */
public final class WebhookAdapter implements Adapter {
  /** Makes the adapter. Does nothing. */
  public WebhookAdapter() {}

  @Override
  public String id() {
    return "webhook";
  }

  @Override
  public int spiLevel() {
    return SPI_LEVEL;
  }

  @Override
  public List<Setting> settings() {
    return List.of(
        Setting.required("url", Setting.Type.URL, "where chunks are posted to"),
        Setting.optional(
            "secret",
            Setting.Type.SECRET,
            "signs each request; without it requests are not signed"),
        Setting.optional(
            "previous-secret",
            Setting.Type.SECRET,
            "still accepted from the other side while the secret is rotated"),
        Setting.optional("token", Setting.Type.SECRET, "sent as Authorization: Bearer"),
        Setting.optional(
            "health-url", Setting.Type.URL, "what the health probe GETs; without it, the url"),
        Setting.defaulted("timeout", Setting.Type.DURATION, "PT30S", "how long one call may take"),
        Setting.defaulted(
            "max-items-per-call",
            Setting.Type.WHOLE_NUMBER,
            "100",
            "the most items in one call; at least 1"),
        Setting.defaulted(
            "signature-header",
            Setting.Type.TEXT,
            "X-Webhook-Signature",
            "the header of the signature"),
        Setting.optional(
            "timestamp-header",
            Setting.Type.TEXT,
            "if given, this header has unix seconds, and the signature covers them, a dot and the"
                + " body"),
        Setting.defaulted(
            "idempotent",
            Setting.Type.TEXT,
            "no",
            "yes if the receiver does the same Idempotency-Key, or the same item, only once"),
        Setting.defaulted(
            "without-results",
            Setting.Type.TEXT,
            "succeeded",
            "what a 2xx without results says about the items, if its body is empty or a JSON object"
                + " without an error: succeeded, or in-doubt; any other leaves them in doubt"),
        Setting.defaulted(
            "alert-format",
            Setting.Type.TEXT,
            "json",
            "how alerts are posted: json, alertmanager (the url ends in /api/v2/alerts) or"
                + " pagerduty (the url is https://events.pagerduty.com/v2/enqueue)"),
        Setting.optional(
            "routing-key",
            Setting.Type.SECRET,
            "PagerDuty's integration key; needed for its format"),
        Setting.defaulted(
            "alert-source",
            Setting.Type.TEXT,
            "runbook4j",
            "what PagerDuty shows as the affected system"),
        Setting.defaulted(
            "alert-hold",
            Setting.Type.DURATION,
            "PT9H",
            "how long Alertmanager keeps an alert firing that is not told again; more than twice"
                + " the interval at which alerts are repeated"));
  }

  @Override
  public List<QuotaSpec> quotas() {
    return List.of();
  }

  @Override
  public Map<String, String> check(Map<String, String> settings) {
    return WebhookOptions.problems(settings);
  }

  /** {@return a connection} */
  @Override
  public WebhookConnection connect(AdapterContext context) {
    return new WebhookConnection(context);
  }
}
