package io.runbook4j.alert;

import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.AlertChannel;
import io.runbook4j.spi.alert.Occurrence;
import io.runbook4j.spi.alert.Severity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes alerts to the log: SEV2 and SEV1 as errors, SEV3 and WARNING as warnings, the rest and
 * what is resolved as information. Safe for many threads.
 */
public final class LogChannel implements AlertChannel {
  private static final Logger LOG = LoggerFactory.getLogger(LogChannel.class);
  private static final String FORMAT = "{} rule={} severity={} phase={} key={}";

  /** Creates a channel; all of them write to the logger of this type's name. */
  public LogChannel() {}

  @Override
  public void send(Alert alert) {
    Object[] values = {
      Words.oneLine(alert.text()),
      Words.oneLine(alert.rule()),
      alert.severity(),
      alert.occurrence().map(Occurrence::phase).orElse(Occurrence.Phase.OPENED),
      Words.oneLine(alert.dedupKey())
    };
    if (alert.isResolved() || alert.severity().compareTo(Severity.WARNING) < 0) {
      LOG.info(FORMAT, values);
    } else if (alert.severity().compareTo(Severity.SEV2) < 0) {
      LOG.warn(FORMAT, values);
    } else {
      LOG.error(FORMAT, values);
    }
  }

  @Override
  public String name() {
    return "log";
  }
}
