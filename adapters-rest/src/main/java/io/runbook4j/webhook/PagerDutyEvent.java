package io.runbook4j.webhook;

import io.runbook4j.spi.AdapterContext;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.Occurrence;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.webhook.WebhookAlerts.AlertFormat;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An event of PagerDuty's Events API v2 (https://developer.pagerduty.com/docs/send-alert-event):
 * {@code dedup_key} of 255 characters at most, {@code summary} of 1,024, the whole of 512 kB.
 */
final class PagerDutyEvent implements AlertFormat {
  private static final int LONGEST_KEY = 255;
  private static final int LONGEST_SUMMARY = 1_024;
  private static final int MOST_DETAILS = 50; // of 1,024 characters: below 512 kB however escaped

  private final AdapterContext context;

  PagerDutyEvent(AdapterContext context) {
    this.context = context;
  }

  @Override
  public Object body(Alert alert) {
    Map<String, Object> event = new LinkedHashMap<>();
    String action = action(alert);
    event.put("routing_key", WebhookSigner.secret(context, "routing-key").orElse(""));
    event.put("event_action", action);
    event.put("dedup_key", key(alert.dedupKey()));
    if (action.equals("trigger")) {
      event.put("payload", payload(alert));
    }
    return event;
  }

  private static String action(Alert alert) {
    return switch (alert.occurrence().map(Occurrence::phase).orElse(Occurrence.Phase.OPENED)) {
      case OPENED, RAISED, REPEATED -> "trigger";
      case ACKNOWLEDGED -> "acknowledge";
      case RESOLVED -> "resolve";
    };
  }

  private Map<String, Object> payload(Alert alert) {
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("summary", AlertFormat.cut(alert.text(), LONGEST_SUMMARY));
    payload.put("source", context.text("alert-source").orElse("runbook4j"));
    payload.put("severity", severity(alert.severity()));
    Instant since = alert.occurrence().map(Occurrence::since).orElseGet(context.time()::now);
    payload.put("timestamp", since);
    payload.put("component", AlertFormat.cut(alert.job(), LONGEST_SUMMARY));
    payload.put("class", AlertFormat.cut(alert.rule(), LONGEST_SUMMARY));
    Map<String, String> details = new LinkedHashMap<>();
    details.put("runbook4j severity", alert.severity().name());
    alert
        .occurrence()
        .ifPresent(it -> it.details().entrySet().stream()
            .limit(MOST_DETAILS)
            .forEach(detail -> details.put(
                AlertFormat.cut(detail.getKey(), LONGEST_KEY),
                AlertFormat.cut(detail.getValue(), LONGEST_SUMMARY))));
    payload.put("custom_details", details);
    return payload;
  }

  private static String severity(Severity severity) {
    return switch (severity) {
      case SEV1 -> "critical";
      case SEV2, SEV3 -> "error";
      case WARNING -> "warning";
      case INFO -> "info";
    };
  }

  /** {@return the key itself, or its beginning and its hash if it is too long} */
  private static String key(String key) {
    if (key.length() <= LONGEST_KEY) {
      return key;
    }
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
      return key.substring(0, LONGEST_KEY - 65) + "#" + HexFormat.of().formatHex(hash);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("SHA-256 must be there in every JVM, was not", e);
    }
  }
}
