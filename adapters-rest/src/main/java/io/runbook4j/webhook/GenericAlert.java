package io.runbook4j.webhook;

import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.Occurrence;
import java.util.LinkedHashMap;
import java.util.Map;

/** An alert as one flat object, for receivers that have no format of their own. */
final class GenericAlert {
  private GenericAlert() {}

  static Object of(Alert alert) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("rule", alert.rule());
    body.put("severity", alert.severity().name());
    body.put("priority", alert.severity().priority().name());
    body.put("job", alert.job());
    body.put("text", alert.text());
    body.put("dedupKey", alert.dedupKey());
    body.put("phase", alert.occurrence().map(Occurrence::phase).orElse(Occurrence.Phase.OPENED));
    alert.occurrence().ifPresent(occurrence -> {
      body.put("since", occurrence.since());
      occurrence.ended().ifPresent(end -> body.put("ended", end));
      body.put("details", occurrence.details());
    });
    return body;
  }
}
