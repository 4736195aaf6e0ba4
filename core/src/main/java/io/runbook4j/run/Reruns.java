package io.runbook4j.run;

import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.ItemRecord;
import io.runbook4j.spi.ledger.ItemState;
import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.ledger.ResumePoint;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunOrigin;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.ledger.RunSummary;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.Page;
import io.runbook4j.spi.sync.Source;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Looks up in a ledger what a rerun, or a resume, is about. As safe for many threads as the ledger.
 */
final class Reruns {
  private static final Set<RunState> RESUMABLE =
      Set.of(RunState.STOPPED, RunState.FAILED, RunState.DIED);

  private final Ledger ledger;

  Reruns(Ledger ledger) {
    this.ledger = ledger;
  }

  /** {@return the run, which must be one of the job} */
  RunSummary run(SyncJob<?> job, RunId run) {
    RunSummary summary = ledger
        .run(run)
        .orElseThrow(() ->
            new IllegalArgumentException("run must be one that the ledger knows, was " + run));
    if (!summary.started().job().equals(job.name())) {
      throw new IllegalArgumentException("run must be one of job " + job.name() + ", was " + run
          + " of job " + summary.started().job());
    }
    return summary;
  }

  /** {@return the run, which must be one of the job that can be resumed} */
  RunSummary resumable(SyncJob<?> job, RunId run) {
    RunSummary summary = run(job, run);
    if (!RESUMABLE.contains(summary.state())) {
      throw new IllegalStateException("run " + run + " of job " + job.name() + " is "
          + summary.state() + "; only one that is STOPPED, FAILED or DIED can be resumed");
    }
    return summary;
  }

  /**
   * {@return those items of the run that pass the filter, have a key and have not succeeded since}
   */
  List<ItemRecord> of(SyncJob<?> job, RunId run, ItemFilter filter) {
    List<ItemRecord> outstanding = ledger.outstanding(job.name(), ItemFilter.all()).stream()
        .filter(Reruns::hasKey)
        .toList();
    // Where no other run has a newer record of any item, these are the run's own: with 100,000 of
    // them it matters that its file is not read twice.
    return outstanding.stream().allMatch(item -> item.run().equals(run))
        ? filter.select(outstanding)
        : itemsAmong(outstanding, run, filter);
  }

  private List<ItemRecord> itemsAmong(List<ItemRecord> outstanding, RunId run, ItemFilter filter) {
    Set<String> keys = outstanding.stream().map(ItemRecord::key).collect(Collectors.toSet());
    return ledger.items(run, filter.limit(Integer.MAX_VALUE)).stream()
        .filter(item -> keys.contains(item.key()))
        .limit(filter.limit())
        .toList();
  }

  private static boolean hasKey(ItemRecord item) {
    return !item.failure().flatMap(Failure::code).equals(Optional.of(Page.NO_KEY));
  }

  /**
   * {@return those outstanding items of the job that pass the filter, have a key and are in no
   * outbox}
   */
  List<ItemRecord> outstanding(SyncJob<?> job, ItemFilter filter) {
    return ledger.outstanding(job.name(), filter.limit(Integer.MAX_VALUE)).stream()
        .filter(item -> hasKey(item) && !item.text().startsWith(Outbound.DEFERRED))
        .limit(filter.limit())
        .toList();
  }

  /** {@return the keys of those that the target is asked about before they are sent} */
  static List<String> doubtful(SyncJob<?> job, List<ItemRecord> items) {
    return items.stream()
        .filter(item -> item.state() == ItemState.IN_DOUBT && job.inDoubt() != InDoubt.PARK)
        .map(ItemRecord::key)
        .toList();
  }

  /**
   * {@return the origin of a rerun of these items} Their keys are recorded with it, so that the
   * rerun can be resumed after some of them have succeeded.
   */
  static RunOrigin origin(RunOrigin.Kind kind, Optional<RunId> parent, List<ItemRecord> items) {
    Set<String> keys =
        items.stream().map(ItemRecord::key).collect(Collectors.toCollection(LinkedHashSet::new));
    ItemFilter chosen = keys.isEmpty() ? ItemFilter.failed() : ItemFilter.all().keys(keys);
    return new RunOrigin(kind, parent, chosen, "");
  }

  /** {@return what a run of that origin reads: the job's source, or its own items of it} */
  static <T> Source<T> source(SyncJob<T> job, RunOrigin origin) {
    return isRerun(origin) ? new RerunSource<>(job.source(), origin.filter().keys()) : job.source();
  }

  private static boolean isRerun(RunOrigin origin) {
    return origin.kind() == RunOrigin.Kind.RERUN_FAILED
        || origin.kind() == RunOrigin.Kind.RERUN_OUTSTANDING;
  }

  /** {@return the items in doubt since before a rerun that died, and not asked about since} */
  List<String> stillDoubtful(SyncJob<?> job, RunOrigin origin, ResumePoint point) {
    ItemFilter filter = origin.filter().states(ItemState.IN_DOUBT);
    if (!isRerun(origin) || filter.keys().isEmpty()) {
      return List.of();
    }
    List<ItemRecord> items = origin
        .parent()
        .map(parent -> ledger.items(parent, filter))
        .orElseGet(() -> ledger.outstanding(job.name(), filter));
    Set<String> seen = new HashSet<>(point.settledSince().keySet());
    seen.addAll(point.attempts().keySet());
    point.open().forEach(intent -> seen.addAll(intent.keys()));
    return doubtful(job, items).stream().filter(key -> !seen.contains(key)).toList();
  }
}
