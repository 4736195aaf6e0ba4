package io.runbook4j.run;

import io.runbook4j.alert.AlertRouter;
import io.runbook4j.alert.Rule;
import io.runbook4j.gate.Gate;
import io.runbook4j.gate.GateException;
import io.runbook4j.gate.Order;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.Finding;
import io.runbook4j.spi.ledger.LedgerEntry.AlertRaised;
import io.runbook4j.spi.ledger.LedgerEntry.FindingMade;
import io.runbook4j.spi.time.Time;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Raises a run's alerts, each once: records them, and hands them to the router. */
final class Alarm {
  private static final Logger LOG = LoggerFactory.getLogger(Runner.class);
  private static final Duration FIRST_TRY = Duration.ofSeconds(1);
  private static final Duration LOOK = Duration.ofMillis(10);

  private final SyncJob<?> job;
  private final List<Rule> rules;
  private final AlertRouter router;
  private final Recorder recorder;
  private final RunTally tally;
  private final RunListeners listeners;
  private final Time time;
  private final Set<String> raised = new HashSet<>();

  Alarm(
      SyncJob<?> job,
      AlertRouter router,
      Recorder recorder,
      RunTally tally,
      RunListeners listeners,
      Time time) {
    this.job = job;
    this.rules = job.rules().stream().filter(rule -> !rule.needsWatch()).toList();
    this.router = router;
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
      rule.check(job.name(), counts).ifPresent(this::raise);
    }
  }

  void raise(String rule, Severity severity, String text) {
    raise(new Alert(rule, severity, job.name(), text));
  }

  private void raise(Alert alert) {
    if (!raised.add(alert.rule())) {
      return;
    }
    recorder.add(new AlertRaised(time.now(), alert));
    recorder.flush();
    tally.alert(alert);
    LOG.warn(
        "Alert {}: {} severity={} job={}",
        alert.rule(),
        alert.text(),
        alert.severity(),
        alert.job());
    listeners.each(listener -> listener.onAlert(alert));
    router.send(alert);
  }

  /** Records what a check found, and raises it; corruption as SEV1. */
  void found(Finding finding) {
    recorder.add(new FindingMade(time.now(), finding));
    tally.finding(finding);
    if (finding.corruption()) {
      corruption("finding-" + finding.check(), finding.text());
    } else {
      raise("finding-" + finding.check(), Severity.WARNING, finding.text());
    }
  }

  /** Raises SEV1, and lets nothing more leave if the job wants that. */
  void corruption(String rule, String text) {
    raise(
        rule, Severity.SEV1, text + "; stop writing until it is known how far the corruption goes");
    job.gate().filter(gate -> job.isLocalOnlyOnCorruption()).ifPresent(gate -> shut(gate, text));
  }

  private void shut(Gate gate, String text) {
    if (gate.isLocalOnly()) {
      return;
    }
    try {
      gate.localOnly(Order.of("runbook4j", "corruption: " + text));
    } catch (GateException e) {
      tally.problem("the gate is local-only, but could not write it down: " + e.getMessage());
    }
  }

  /** Notes which of the run's alerts did not get through. Gives a first try a second to end. */
  void noteUndelivered() throws InterruptedException {
    if (raised.isEmpty()) {
      return;
    }
    long begun = time.nanoTime();
    while (router.pending().stream().anyMatch(it -> isOurs(it) && it.problem().isEmpty())
        && time.nanoTime() - begun < FIRST_TRY.toNanos()) {
      time.sleep(LOOK);
    }
    router.pending().forEach(it -> note(it, it.problem().isEmpty() ? "is still on its way" : ""));
    router.undelivered().forEach(it -> note(it, ""));
  }

  private boolean isOurs(AlertRouter.Undelivered alert) {
    return alert.alert().job().equals(job.name())
        && raised.contains(alert.alert().rule());
  }

  private void note(AlertRouter.Undelivered alert, String problem) {
    if (isOurs(alert)) {
      tally.problem("alert " + alert.alert().rule() + " was not delivered by " + alert.channel()
          + ": " + (problem.isEmpty() ? alert.problem() : problem));
    }
  }
}
