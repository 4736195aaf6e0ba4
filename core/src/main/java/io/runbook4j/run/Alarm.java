package io.runbook4j.run;

import io.runbook4j.alert.AlertRouter;
import io.runbook4j.alert.Incidents;
import io.runbook4j.alert.Rule;
import io.runbook4j.alert.Triage;
import io.runbook4j.gate.Gate;
import io.runbook4j.gate.GateException;
import io.runbook4j.gate.Order;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.Finding;
import io.runbook4j.spi.ledger.LedgerEntry.AlertRaised;
import io.runbook4j.spi.ledger.LedgerEntry.FindingMade;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.time.Time;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Raises a run's alerts, each once: records them, and hands them to router and incidents. */
final class Alarm {
  private static final Logger LOG = LoggerFactory.getLogger(Runner.class);
  private static final Duration FIRST_TRY = Duration.ofSeconds(1);
  private static final Duration LOOK = Duration.ofMillis(10);

  private final SyncJob<?> job;
  private final List<Rule> rules;
  private final AlertRouter router;
  private final Optional<Incidents> incidents;
  private final Triage triage;
  private final Recorder recorder;
  private final RunTally tally;
  private final RunListeners listeners;
  private final Time time;
  private final Set<String> raised = new HashSet<>();

  Alarm(SyncJob<?> job, Host host, Recorder recorder, RunTally tally, RunListeners listeners) {
    this.job = job;
    this.rules = job.rules().stream().filter(rule -> !rule.needsWatch()).toList();
    this.router = host.router();
    this.incidents = host.incidents();
    this.triage = host.triage();
    this.recorder = recorder;
    this.tally = tally;
    this.listeners = listeners;
    this.time = host.time();
  }

  void check(RunTally tally) {
    if (rules.isEmpty()) {
      return;
    }
    Counts counts = tally.counts(0);
    for (Rule rule : rules) {
      if (!raised.contains(rule.name())) {
        rule.check(job.name(), counts).ifPresent(alert -> raise(withKind(alert)));
      }
    }
  }

  /** Says of what kind most of the failures are, so that there is advice on it. */
  private Alert withKind(Alert alert) {
    return tally
        .mostFrequent()
        .map(kind -> new Alert(
            alert.rule(),
            alert.severity(),
            alert.job(),
            alert.text() + "; most often " + kind,
            alert.occurrence()))
        .orElse(alert);
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
    toIncidents(it -> it.send(alert), "alert " + alert.rule());
    router.send(advised(alert));
  }

  private Alert advised(Alert alert) {
    return triage
        .advice(alert, job.service())
        .map(advice -> new Alert(
            alert.rule(),
            alert.severity(),
            alert.job(),
            alert.text() + "; " + advice,
            alert.occurrence()))
        .orElse(alert);
  }

  /** Tells the incidents how the run ended. */
  void ended(RunId run, RunState state, Counts counts) {
    toIncidents(it -> it.run(job.name(), run, state, counts), "the end of the run");
  }

  // The fence around the host's incidents, which may be closed: a run goes on without them.
  private void toIncidents(Consumer<Incidents> action, String what) {
    try {
      incidents.ifPresent(action);
    } catch (RuntimeException e) {
      LOG.warn("Incidents did not take {}. job={}", what, job.name(), e);
      tally.problem("incidents did not take " + what + ": " + e);
    }
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
