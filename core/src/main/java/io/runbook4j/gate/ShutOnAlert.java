package io.runbook4j.gate;

import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.AlertChannel;
import io.runbook4j.spi.alert.Occurrence.Phase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a gate local-only when the trouble of a job begins or rises, also one that is so already
 * and would open by itself. Not when it is told once more, or is over: who has opened the gate
 * meanwhile knows of it.
 */
final class ShutOnAlert implements AlertChannel {
  private static final Logger LOG = LoggerFactory.getLogger(Gate.class);

  private final Gate gate;
  private final String job;

  ShutOnAlert(Gate gate, String job) {
    this.gate = gate;
    this.job = job;
  }

  @Override
  public void send(Alert alert) {
    if (alert.job().equals(job) && isNew(alert) && !gate.isLocalOnlyUntilPerson()) {
      shut(alert);
    }
  }

  private static boolean isNew(Alert alert) {
    return alert
        .occurrence()
        .map(it -> it.phase() == Phase.OPENED || it.phase() == Phase.RAISED)
        .orElse(true);
  }

  private void shut(Alert alert) {
    try {
      gate.localOnly(
          Order.cut("alert", alert.severity() + " " + alert.rule() + ": " + alert.text()));
    } catch (GateException e) { // not thrown: the router would shut it again after it was opened
      LOG.warn("Gate is local-only, and could not write it down. gate={}", gate.name(), e);
    }
  }

  @Override
  public String name() {
    return "gate " + gate.name();
  }
}
