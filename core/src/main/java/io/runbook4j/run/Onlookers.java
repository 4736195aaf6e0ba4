package io.runbook4j.run;

import io.runbook4j.alert.Rule;
import io.runbook4j.alert.Watch;
import io.runbook4j.integrity.SpotCheck;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Tells the watch, the spot check and the gate's guard of outcomes; costs next to nothing where
 * there is none. Not safe for many threads.
 */
final class Onlookers {
  private final SyncJob<?> job;
  private final @Nullable Watch watch;
  private final SpotCheck.@Nullable Picks picks;
  private final Time time;
  private long ended;
  private long failed;

  Onlookers(SyncJob<?> job, Optional<Watch> watch, RandomGenerator random, Time time) {
    this.job = job;
    this.watch = watch.orElse(null);
    this.picks =
        job.lastLooks().spotCheck().map(check -> check.start(random.nextLong())).orElse(null);
    this.time = time;
  }

  /** {@return the items picked for the spot check; empty if there is none} */
  Optional<SpotCheck.Picks> picks() {
    return Optional.ofNullable(picks);
  }

  void succeeded(List<String> keys) {
    succeeded(keys.size());
    if (!isWatching()) {
      return;
    }
    Instant now = time.now();
    for (String key : keys) {
      succeeded(key, now);
    }
  }

  /** {@return whether anybody wants to know which items succeeded, and not only how many} */
  boolean isWatching() {
    return watch != null || picks != null;
  }

  /** Counts successes of which nobody wants to know the keys. */
  void succeeded(int items) {
    ended += items;
  }

  void succeeded(String key) {
    ended++;
    if (isWatching()) {
      succeeded(key, time.now());
    }
  }

  private void succeeded(String key, Instant now) {
    if (watch != null) {
      watch.succeeded(job.name(), key, now);
    }
    if (picks != null) {
      picks.add(key);
    }
  }

  void failed(String key, FailureKind kind) {
    ended++;
    failed++;
    if (watch != null) {
      watch.failed(job.name(), key, kind, time.now());
    }
  }

  /** A call was answered. */
  void answered(Duration took) {
    if (watch != null) {
      watch.latency(job.name(), took, time.now());
    }
    tellGate();
  }

  /** Tells the gate's guard of the outcomes since it was told last. */
  void tellGate() {
    if (ended > 0) {
      job.gating().gate().ifPresent(gate -> gate.report(ended, failed));
      ended = 0;
      failed = 0;
    }
  }

  /** The run has ended. {@return the job's rules that fire, as the watch sees it} */
  List<Alert> finished(RunState state, Counts counts) {
    if (watch == null) {
      return List.of();
    }
    watch.run(job.name(), state, counts);
    return watch.statuses(job.name()).stream()
        .flatMap(status -> status.firingSince().stream().map(since -> alert(status, since)))
        .toList();
  }

  private Alert alert(Watch.Status status, Instant since) {
    Rule rule = status.rule();
    String value = status.text().isEmpty() ? "" : ", now: " + status.text();
    return new Alert(
        rule.name(),
        rule.severity(),
        job.name(),
        rule.name() + " fires since " + since.truncatedTo(ChronoUnit.SECONDS) + value);
  }
}
