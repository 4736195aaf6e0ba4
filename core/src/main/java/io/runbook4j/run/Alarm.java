package io.runbook4j.run;

import io.runbook4j.alert.AlertRouter;
import io.runbook4j.alert.Incidents;
import io.runbook4j.alert.Rule;
import io.runbook4j.alert.Triage;
import io.runbook4j.alert.Watch;
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
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.time.Time;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Raises a run's alerts, each once: records them, and hands them to router and incidents. */
final class Alarm {
  private static final Logger LOG = LoggerFactory.getLogger(Runner.class);
  private static final String RUN_STOPPED = "run-stopped";
  private static final Duration FIRST_TRY = Duration.ofSeconds(1);
  private static final Duration LOOK = Duration.ofMillis(10);

  private final SyncJob<?> job;
  private final List<Rule> rules;
  private final AlertRouter router;
  private final Optional<Incidents> incidents;
  private final Triage triage;
  private final Redaction redaction;
  private final Recorder recorder;
  private final RunTally tally;
  private final RunListeners listeners;
  private final Time time;
  private final Optional<Watch> watch;
  private final boolean watchTellsOfCorruption;
  private final Set<String> raised = new HashSet<>();

  /** By identity: the same may be lost again in this run. */
  private final Set<AlertRouter.Undelivered> lostBefore =
      Collections.newSetFromMap(new IdentityHashMap<>());

  Alarm(
      SyncJob<?> job,
      Host host,
      Redaction redaction,
      Recorder recorder,
      RunTally tally,
      RunListeners listeners) {
    this.job = job;
    this.redaction = redaction;
    this.rules = job.rules().stream().filter(rule -> !rule.needsWatch()).toList();
    this.router = host.router();
    this.incidents = host.incidents();
    this.triage = host.triage();
    this.recorder = recorder;
    this.tally = tally;
    this.listeners = listeners;
    this.time = host.time();
    this.watch = host.watchOf(job);
    this.watchTellsOfCorruption =
        watch.stream().flatMap(it -> it.rules(job.name()).stream()).anyMatch(Rule::isOnCorruption);
    routers().forEach(it -> lostBefore.addAll(it.undelivered()));
  }

  private Set<AlertRouter> routers() {
    Set<AlertRouter> routers = new LinkedHashSet<>(Set.of(router));
    watch.map(Watch::router).ifPresent(routers::add);
    return routers;
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

  /**
   * Raises that a failure stopped the run. A limit passes by itself, and calls nobody at night.
   *
   * @param kind the failure's
   */
  void stopped(FailureKind kind, String why) {
    String first = switch (kind) {
      case RATE_LIMITED -> "wait until there is room again";
      case AUTHENTICATION, PERMISSION -> "mend it (a new credential, say)";
      default -> "mend it";
    };
    raise(
        RUN_STOPPED,
        kind == FailureKind.RATE_LIMITED ? Severity.WARNING : Severity.SEV3,
        redaction.clean("the run stopped: " + why + "; " + first + ", then resume the run"));
  }

  /**
   * Raises that the run ends as FAILED. Why may name an item, and so a person: that is for the
   * report only, and what is raised says no more of it than the kind of failure. A run that failed
   * while it stopped has raised that, and calls nobody twice.
   */
  void failed(String why) {
    if (raised.contains(RUN_STOPPED)) {
      return;
    }
    String kind = firstKind(why).map(it -> " (" + it + ")").orElse("");
    raise(
        "run-failed",
        Severity.SEV3,
        "the run failed" + kind + "; why is in its report; mend it, then resume the run");
  }

  private static Optional<String> firstKind(String text) {
    Set<String> kinds =
        Stream.of(FailureKind.values()).map(FailureKind::name).collect(Collectors.toSet());
    return Stream.of(text.split("[^A-Z_]+", -1)).filter(kinds::contains).findFirst();
  }

  private void raise(String rule, Severity severity, String text) {
    raise(new Alert(rule, severity, job.name(), text));
  }

  private void raise(Alert alert) {
    if (note(alert)) {
      toIncidents(it -> it.send(alert), "alert " + alert.rule());
      router.send(advised(alert));
    }
  }

  /**
   * {@return whether the alert is the first of its rule} It is then in the ledger and the report.
   */
  private boolean note(Alert alert) {
    if (!raised.add(alert.rule())) {
      return false;
    }
    recorder.add(new AlertRaised(time.now(), alert));
    recorder.flush();
    tally.alert(alert);
    LOG.warn(
        "Alert {}: {} severity={} job={}",
        TextReport.oneLine(alert.rule()),
        TextReport.oneLine(alert.text()),
        alert.severity(),
        alert.job());
    listeners.each(listener -> listener.onAlert(alert));
    return true;
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
    Optional<FailureKind> cause = tally.stoppedBy().filter(kind -> state == RunState.STOPPED);
    toIncidents(
        it -> cause.ifPresentOrElse(
            kind -> it.stopped(job.name(), run, kind, counts),
            () -> it.run(job.name(), run, state, counts)),
        "the end of the run");
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

  /**
   * Records what a check found, and raises it; corruption as SEV1. The samples are for the record
   * only: they name rows, and so people, and what is raised goes to log, people and gate.
   */
  void found(Finding made) {
    Finding finding = redaction.clean(made);
    recorder.add(new FindingMade(time.now(), finding));
    tally.finding(finding);
    String text = finding.check() + " in " + finding.subject() + ": " + finding.total();
    if (finding.corruption()) {
      if (watchTellsOfCorruption) {
        watch.ifPresent(it -> it.corruption(job.name(), text));
      }
      corruption("finding-" + finding.check(), text);
    } else {
      raise("finding-" + finding.check(), Severity.WARNING, text);
    }
  }

  /** Raises that an item is corrupt; which one is in the report. */
  void corruptItem() {
    corruption("integrity", "an item failed with INTEGRITY");
  }

  /**
   * Raises SEV1, and lets nothing more leave if the job wants that. Where a rule of the watch tells
   * people of it, it is not told twice.
   */
  private void corruption(String rule, String text) {
    Alert alert = new Alert(
        rule,
        Severity.SEV1,
        job.name(),
        text + "; stop writing until it is known how far the corruption goes");
    if (!watchTellsOfCorruption) {
      raise(alert);
    } else if (note(alert)) {
      toIncidents(it -> it.send(alert), "alert " + alert.rule());
    }
    job.gating()
        .gate()
        .filter(gate -> job.gating().shutsOnCorruption())
        .ifPresent(gate -> shut(gate, text));
  }

  private void shut(Gate gate, String text) {
    try {
      if (!gate.isLocalOnlyUntilPerson()) {
        gate.localOnly(Order.cut("runbook4j", "corruption: " + text));
      }
    } catch (GateException e) {
      tally.problem("the gate is local-only, but could not write it down: " + e.getMessage());
    } catch (IllegalStateException e) { // one that the host has closed lets nothing through either
      tally.problem("the gate could not be made local-only: " + e.getMessage());
    }
  }

  /** Makes the job's checks. One that throws is a problem of the run, and not its end. */
  void checkAfter() throws InterruptedException {
    for (Callable<List<Finding>> check : job.lastLooks().checks()) {
      try {
        check.call().forEach(this::found);
      } catch (InterruptedException | VirtualMachineError e) {
        throw e;
      } catch (Throwable e) { // the fence around foreign code
        String problem = redaction.clean("a check after the run could not be made: " + e);
        tally.problem(problem);
        LOG.warn("{} check={} job={}", TextReport.oneLine(problem), check.getClass(), job.name());
      }
    }
  }

  /** Notes which of the watch's rules fire; it has told people itself. */
  void noteFiring(List<Alert> firing) {
    firing.forEach(this::note);
  }

  /**
   * Notes which of the job's alerts did not get through since the run began. Gives a first try a
   * second to end.
   */
  void noteUndelivered() throws InterruptedException {
    long begun = time.nanoTime();
    while (pending().anyMatch(it -> it.problem().isEmpty())
        && time.nanoTime() - begun < FIRST_TRY.toNanos()) {
      time.sleep(LOOK);
    }
    pending()
        .forEach(it -> note(it, it.problem().isEmpty() ? "is still on its way" : it.problem()));
    routers().stream()
        .flatMap(it -> it.undelivered().stream())
        .filter(it -> isOurs(it) && !lostBefore.contains(it))
        .forEach(it -> note(it, it.problem()));
  }

  private Stream<AlertRouter.Undelivered> pending() {
    return routers().stream().flatMap(it -> it.pending().stream()).filter(this::isOurs);
  }

  private boolean isOurs(AlertRouter.Undelivered alert) {
    return alert.alert().job().equals(job.name());
  }

  private void note(AlertRouter.Undelivered alert, String problem) {
    tally.problem("alert " + alert.alert().rule() + " was not delivered by " + alert.channel()
        + ": " + problem);
  }
}
