package io.runbook4j.run;

import io.runbook4j.alert.Rule;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.AlertChannel;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.LedgerEntry.AlertRaised;
import io.runbook4j.spi.time.Time;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Raises a run's alerts, each once: records them, and takes them to every channel. */
final class Alarm {
  private static final Logger LOG = LoggerFactory.getLogger(Runner.class);

  private final String job;
  private final List<Rule> rules;
  private final List<AlertChannel> channels;
  private final Recorder recorder;
  private final RunTally tally;
  private final RunListeners listeners;
  private final Time time;
  private final Set<String> raised = new HashSet<>();

  Alarm(
      SyncJob<?> job,
      List<AlertChannel> channels,
      Recorder recorder,
      RunTally tally,
      RunListeners listeners,
      Time time) {
    this.job = job.name();
    this.rules = job.rules();
    this.channels = channels;
    this.recorder = recorder;
    this.tally = tally;
    this.listeners = listeners;
    this.time = time;
  }

  void check(RunTally tally) {
    if (rules.isEmpty()) {
      return;
    }
    Counts counts = tally.counts(0);
    for (Rule rule : rules) {
      rule.check(job, counts).ifPresent(this::raise);
    }
  }

  void raise(String rule, Severity severity, String text) {
    raise(new Alert(rule, severity, job, text));
  }

  private void raise(Alert alert) {
    if (!raised.add(alert.rule())) {
      return;
    }
    recorder.add(new AlertRaised(time.now(), alert));
    recorder.flush();
    tally.alert(alert);
    LOG.warn("Alert {}: {} severity={} job={}", alert.rule(), alert.text(), alert.severity(), job);
    listeners.each(listener -> listener.onAlert(alert));
    channels.forEach(channel -> send(channel, alert));
  }

  private void send(AlertChannel channel, Alert alert) {
    try {
      channel.send(alert);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      undelivered(channel, alert, e);
    } catch (VirtualMachineError e) {
      throw e;
    } catch (Throwable e) {
      undelivered(channel, alert, e);
    }
  }

  private void undelivered(AlertChannel channel, Alert alert, Throwable cause) {
    tally.problem(
        "alert " + alert.rule() + " could not be delivered by " + channel.name() + ": " + cause);
    LOG.warn(
        "An alert could not be delivered; the run goes on. rule={} channel={}",
        alert.rule(),
        channel.name(),
        cause);
  }
}
