package io.runbook4j.run;

import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.ItemRecord;
import io.runbook4j.spi.ledger.ItemState;
import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.ledger.ResumePoint;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunOrigin;
import io.runbook4j.spi.sync.Source;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Looks up in a ledger what a rerun is about. As safe for many threads as the ledger. */
final class Reruns {
  private final Ledger ledger;

  Reruns(Ledger ledger) {
    this.ledger = ledger;
  }

  /** {@return those items of the run that pass the filter and have not succeeded since} */
  List<ItemRecord> of(SyncJob<?> job, RunId run, ItemFilter filter) {
    List<ItemRecord> outstanding = ledger.outstanding(job.name(), ItemFilter.all());
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

  /** {@return those outstanding items of the job that pass the filter and are in no outbox} */
  List<ItemRecord> outstanding(SyncJob<?> job, ItemFilter filter) {
    return ledger.outstanding(job.name(), filter.limit(Integer.MAX_VALUE)).stream()
        .filter(item -> !item.text().startsWith(Outbound.DEFERRED))
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
