package io.runbook4j.run;

import io.runbook4j.adapter.Redactor;
import io.runbook4j.alert.AlertRouter;
import io.runbook4j.alert.Incidents;
import io.runbook4j.alert.Rule;
import io.runbook4j.alert.Triage;
import io.runbook4j.alert.Watch;
import io.runbook4j.limit.Limits;
import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.time.Time;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.random.RandomGenerator;

/** What all runs of a runner share. */
record Host(
    Ledger ledger,
    Limits limits,
    Budgets budgets,
    List<RunListener> listeners,
    AlertRouter router,
    Optional<Watch> watch,
    Optional<Incidents> incidents,
    Triage triage,
    Time time,
    RandomGenerator random,
    Executor executor,
    Redactor redactor) {
  private static final Duration LOOK = Duration.ofSeconds(1);

  /**
   * {@return how long a run waits for its calls before it looks again} A pool that is shut down
   * tells nobody of the calls in its queue, which it will never make.
   */
  Duration longestWait() {
    return executor instanceof ExecutorService ? LOOK : Waiting.LONG;
  }

  /**
   * Shows the job to the watch and to the incidents.
   *
   * @throws IllegalStateException if a rule of the job needs a watch, and there is none
   */
  void getToKnow(SyncJob<?> job) {
    List<Rule> watched = job.rules().stream().filter(Rule::needsWatch).toList();
    if (!watched.isEmpty()) {
      watch
          .orElseThrow(() -> new IllegalStateException(
              "job " + job.name() + " has rule " + watched.get(0).name()
                  + ", which looks beyond one run: set Runner.builder().watch(..)"))
          .add(job.name(), watched);
    }
    String service = job.target().service();
    if (!service.isEmpty()) {
      watch.ifPresent(known -> known.service(job.name(), service));
      incidents.ifPresent(known -> known.service(job.name(), service));
    }
  }

  /** {@return the watch, if it watches the job: for rules of the job's, or for some of its own} */
  Optional<Watch> watchOf(SyncJob<?> job) {
    return watch.filter(it -> !it.rules(job.name()).isEmpty());
  }
}
