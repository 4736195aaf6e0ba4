package io.runbook4j.run;

import io.runbook4j.adapter.Redactor;
import io.runbook4j.alert.AlertRouter;
import io.runbook4j.alert.Incidents;
import io.runbook4j.alert.Triage;
import io.runbook4j.alert.Watch;
import io.runbook4j.limit.Limits;
import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.time.Time;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
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
    Redactor redactor) {}
