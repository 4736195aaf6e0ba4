package io.runbook4j.webhook;

import io.runbook4j.spi.AdapterContext;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.Occurrence;
import io.runbook4j.spi.alert.Occurrence.Phase;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.webhook.WebhookAlerts.AlertFormat;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What Alertmanager's API v2 takes (https://prometheus.io/docs/alerting/latest/clients/).
 *
 * <p>The set of labels is an alert's identity there, and the severity is one of them, since routes
 * and inhibition go by it. So when it changes the alerts of other severities are ended with the
 * same message. What fires is sent with an end in the future, later than it is told again; what is
 * told once and never resolved ends by Alertmanager's own {@code resolve_timeout}.
 */
final class AlertmanagerAlerts implements AlertFormat {
  private final AdapterContext context;
  private final Duration hold;

  private AlertmanagerAlerts(AdapterContext context, Duration hold) {
    this.context = context;
    this.hold = hold;
  }

  static AlertmanagerAlerts of(AdapterContext context) {
    return new AlertmanagerAlerts(
        context, context.duration("alert-hold").orElse(Duration.ofHours(9)));
  }

  @Override
  public Object body(Alert alert) {
    if (alert.occurrence().isEmpty()) {
      Map<String, Object> once = alert(alert, alert.severity(), context.time().now());
      return List.of(once);
    }
    Occurrence occurrence = alert.occurrence().get();
    Instant now = context.time().now();
    List<Object> all = new ArrayList<>();
    Map<String, Object> newest = alert(alert, alert.severity(), occurrence.since());
    newest.put("endsAt", later(occurrence, occurrence.ended().orElseGet(() -> now.plus(hold))));
    all.add(newest);
    if (occurrence.phase() != Phase.OPENED) {
      for (Severity other : Severity.values()) {
        if (other != alert.severity()) {
          Map<String, Object> before = alert(alert, other, occurrence.since());
          before.put("endsAt", later(occurrence, now));
          all.add(before);
        }
      }
    }
    return all;
  }

  /** {@return the end, not before the beginning: that is refused} */
  private static Instant later(Occurrence occurrence, Instant end) {
    return end.isBefore(occurrence.since()) ? occurrence.since() : end;
  }

  private static Map<String, Object> alert(Alert alert, Severity severity, Instant since) {
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put("alertname", alert.occurrence().isPresent() ? "Runbook4j" : alert.rule());
    labels.put("job", alert.job());
    labels.put("severity", severity.name().toLowerCase(Locale.ROOT));
    labels.put("key", alert.dedupKey());
    Map<String, String> annotations = new LinkedHashMap<>();
    annotations.put("summary", alert.text());
    annotations.put("rule", alert.rule());
    alert
        .occurrence()
        .ifPresent(it -> it.details()
            .forEach((name, value) -> annotations.put(
                name.replaceAll("[^a-zA-Z0-9_]", "_").replaceAll("^(?=[0-9])", "_"), value)));
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("labels", labels);
    body.put("annotations", annotations);
    body.put("startsAt", since);
    return body;
  }
}
