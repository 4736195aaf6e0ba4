package io.runbook4j.run;

import io.runbook4j.limit.Limits;
import io.runbook4j.spi.alert.AlertChannel;
import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.time.Time;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/** What all runs of a runner share. */
record Host(
    Ledger ledger,
    Limits limits,
    Budgets budgets,
    List<RunListener> listeners,
    List<AlertChannel> channels,
    Time time,
    RandomGenerator random,
    Executor executor) {}
