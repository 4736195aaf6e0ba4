package io.runbook4j.run;

import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.ItemRecord;
import io.runbook4j.spi.ledger.ItemState;
import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.ledger.LedgerEntry.RunStarted;
import io.runbook4j.spi.ledger.ResumePoint;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunOrigin;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.ledger.RunSummary;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.Outcome;
import io.runbook4j.spi.sync.Page;
import io.runbook4j.spi.sync.Source;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Looks up in a ledger what a rerun, or a resume, is about. As safe for many threads as the ledger.
 */
final class Reruns {
  private static final Set<RunState> RESUMABLE =
      Set.of(RunState.STOPPED, RunState.FAILED, RunState.DIED);

  private static final int SAMPLES = 3;
  private static final String HELD = "in the hands of a run that is going on";

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

  /**
   * {@return the run of the job that is not complete and would be gone on with: the newest, unless
   * a run over the whole source came after it}
   */
  Optional<RunId> unfinished(SyncJob<?> job) {
    for (RunSummary run : runs(job)) {
      if (run.state() != RunState.COMPLETED) {
        return Optional.of(run.run());
      }
      if (!isRerun(run.started().origin())) {
        return Optional.empty();
      }
    }
    return Optional.empty();
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
   * An item that is in doubt since a later run, in an outbox, or in the hands of a run that is
   * going on, is not what the filter saw any more: it is left out, or asked about if the filter
   * wants items in doubt.
   */
  Chosen of(SyncJob<?> job, RunId run, ItemFilter filter) {
    List<RunSummary> before = runs(job);
    List<ItemRecord> outstanding = ledger.outstanding(job.name(), ItemFilter.all()).stream()
        .filter(Reruns::hasKey)
        .toList();
    Running running = runningSince(before, job);
    // Where no other run has a newer record of any item, these are the run's own: with 100,000 of
    // them it matters that its file is not read twice.
    return outstanding.stream().allMatch(item -> item.run().equals(run))
        ? free(job, filter, filter.select(outstanding), running)
        : amongItems(job, run, filter, newest(outstanding), running);
  }

  private Chosen amongItems(
      SyncJob<?> job,
      RunId run,
      ItemFilter filter,
      Map<String, ItemRecord> newest,
      Running running) {
    List<ItemRecord> items = new ArrayList<>();
    int held = 0;
    int changed = 0;
    for (ItemRecord item : ledger.items(run, filter.limit(Integer.MAX_VALUE))) {
      ItemRecord now = newest.get(item.key());
      if (now == null) {
        continue;
      }
      boolean isElsewhere = !now.run().equals(run) && (isDeferred(now) || isDoubtful(now));
      if (running.hold(now)) {
        held++;
      } else if (!isElsewhere) {
        items.add(item);
      } else if (isDoubtful(now) && filter.states().contains(ItemState.IN_DOUBT)) {
        items.add(now);
      } else {
        changed++;
      }
    }
    return chosen(job, filter, items)
        .leftOut(held, HELD)
        .leftOut(changed, "in doubt or in an outbox since a later run");
  }

  /** {@return the items but those that a run which is going on has not done with} */
  private Chosen free(SyncJob<?> job, ItemFilter filter, List<ItemRecord> items, Running running) {
    List<ItemRecord> free = items.stream().filter(item -> !running.hold(item)).toList();
    return chosen(job, filter, free).leftOut(items.size() - free.size(), HELD);
  }

  private List<RunSummary> runs(SyncJob<?> job) {
    return ledger.runs(job.name(), Integer.MAX_VALUE);
  }

  /**
   * {@return the runs that are going on, or were at some time since these were read} Items that
   * were looked up in between may be in the hands of one that has ended by now: that they succeeded
   * there was not to be seen yet.
   */
  private Running runningSince(List<RunSummary> before, SyncJob<?> job) {
    Map<RunId, RunSummary> known = new HashMap<>();
    before.forEach(run -> known.put(run.run(), run));
    return new Running(runs(job).stream()
        .filter(run -> !isAtRest(run, known.get(run.run())))
        .map(RunSummary::started)
        .toList());
  }

  private static boolean isAtRest(RunSummary run, @Nullable RunSummary before) {
    return before != null
        && before.state() != RunState.RUNNING
        && run.state() != RunState.RUNNING
        && before.finished().equals(run.finished());
  }

  private Chosen chosen(SyncJob<?> job, ItemFilter filter, List<ItemRecord> items) {
    Set<String> taken = takenByOutbox(job, items);
    List<ItemRecord> left = items.stream()
        .filter(item -> !isDoubtful(item) || !taken.contains(item.key()))
        .toList();
    return new Chosen(left.stream().limit(filter.limit()).toList(), notFound(filter, items))
        .leftOut(items.size() - left.size(), "put into the outbox before the run died; resume it");
  }

  /** {@return the keys of items in doubt that the outbox took before their run could record it} */
  private Set<String> takenByOutbox(SyncJob<?> job, List<ItemRecord> items) {
    Gating.Deferral<?> deferral = job.gating().deferral().orElse(null);
    if (deferral == null) {
      return Set.of();
    }
    return items.stream()
        .filter(Reruns::isDoubtful)
        .map(ItemRecord::run)
        .distinct()
        .filter(run -> ledger.run(run).filter(it -> it.state() == RunState.DIED).isPresent())
        .flatMap(run -> ledger.resumePoint(run).open().stream())
        .filter(Intents::isDeferred)
        .flatMap(chunk -> deferral.outbox().taken(chunk.idempotencyKey()).stream())
        .collect(Collectors.toSet());
  }

  /** {@return a word on keys that were asked for and match nothing: a spreadsheet's work, say} */
  private static List<String> notFound(ItemFilter filter, List<ItemRecord> items) {
    Set<String> found = items.stream().map(ItemRecord::key).collect(Collectors.toSet());
    List<String> not =
        filter.keys().stream().filter(key -> !found.contains(key)).toList();
    if (not.isEmpty()) {
      return List.of();
    }
    String some = not.stream().limit(SAMPLES).collect(Collectors.joining(", "));
    return List.of(
        not.size() + " of " + filter.keys().size() + " keys were left out: they succeeded"
            + " since, or are not among the items that can be rerun (" + some
            + (not.size() > SAMPLES ? ", .." : "") + ")");
  }

  private static boolean isOpen(ItemRecord item) {
    return item.state() == ItemState.NOT_REACHED || isDoubtful(item);
  }

  private static boolean isDoubtful(ItemRecord item) {
    return item.state() == ItemState.IN_DOUBT;
  }

  private static boolean isDeferred(ItemRecord item) {
    return item.text().startsWith(Outbound.DEFERRED);
  }

  /**
   * Runs that are going on, or were a moment ago. They hold what they have begun and not ended; and
   * what a rerun wants, until it has an outcome there.
   */
  private record Running(List<RunStarted> runs) {
    boolean hold(ItemRecord item) {
      return runs.stream()
          .anyMatch(run -> run.run().equals(item.run()) ? isOpen(item) : wants(run, item.key()));
    }

    private static boolean wants(RunStarted run, String key) {
      return isRerun(run.origin()) && run.origin().filter().keys().contains(key);
    }
  }

  /**
   * What a rerun is about.
   *
   * @param items the items
   * @param leftOut what was left out, and why
   */
  record Chosen(List<ItemRecord> items, List<String> leftOut) {
    Chosen leftOut(int count, String why) {
      if (count == 0) {
        return this;
      }
      List<String> all = new ArrayList<>(leftOut);
      all.add(count + (count == 1 ? " item was" : " items were") + " left out: " + why);
      return new Chosen(items, List.copyOf(all));
    }
  }

  private static boolean hasKey(ItemRecord item) {
    return !item.failure().flatMap(Failure::code).equals(Optional.of(Page.NO_KEY));
  }

  /**
   * {@return those outstanding items of the job that pass the filter, have a key and are in no
   * outbox}
   */
  Chosen outstanding(SyncJob<?> job, ItemFilter filter) {
    List<RunSummary> before = runs(job);
    List<ItemRecord> all = ledger.outstanding(job.name(), ItemFilter.all()).stream()
        .filter(item -> hasKey(item) && !isDeferred(item))
        .toList();
    Running running = runningSince(before, job);
    List<ItemRecord> items = filter.limit(Integer.MAX_VALUE).select(all);
    long doubtful = filter.states().contains(ItemState.IN_DOUBT)
        ? 0
        : filter.states(ItemState.IN_DOUBT).limit(Integer.MAX_VALUE).select(all).size();
    return free(job, filter, items, running)
        .leftOut(Math.toIntExact(doubtful), "in doubt; to rerun them, ask for that state");
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
    return isRerun(origin)
        ? new RerunSource<>(
            job.source(), origin.filter().keys(), Ends.sizer(job).max())
        : job.source();
  }

  private static boolean isRerun(RunOrigin origin) {
    return origin.kind() == RunOrigin.Kind.RERUN_FAILED
        || origin.kind() == RunOrigin.Kind.RERUN_OUTSTANDING;
  }

  /**
   * Reads what other runs say of a run's items. That is done before the run is taken: what cannot
   * be read then leaves it as it was.
   *
   * @return what is known, once the run was taken and it is known where it goes on
   */
  Function<ResumePoint, Known> known(SyncJob<?> job, RunSummary run) {
    RunOrigin origin = run.started().origin();
    boolean isAlone =
        runs(job).stream().allMatch(other -> other.run().equals(run.run()) || isOver(other, run));
    List<ItemRecord> outstanding =
        isAlone && !isRerun(origin) ? List.of() : ledger.outstanding(job.name(), ItemFilter.all());
    return point -> new Known(
        stillDoubtful(job, origin, point, outstanding),
        isAlone ? Map.of() : settledSince(run, newest(outstanding)),
        List.of());
  }

  /** {@return whether the other run has ended for good before this one began} */
  private static boolean isOver(RunSummary other, RunSummary run) {
    return other
        .finished()
        .filter(end ->
            other.state() != RunState.RUNNING && end.at().isBefore(run.started().at()))
        .isPresent();
  }

  /**
   * {@return by key, the outcomes that items got in other runs which this run had read, or begun to
   * send, without an outcome; of a rerun, those of all that it wants, be they read or not} One that
   * failed there has its turn again.
   */
  private Map<String, Outcome> settledSince(RunSummary run, Map<String, ItemRecord> newest) {
    RunOrigin origin = run.started().origin();
    Collection<String> keys = isRerun(origin)
        ? origin.filter().keys()
        : ledger.items(run.run(), ItemFilter.all().states(ItemState.NOT_REACHED)).stream()
            .map(ItemRecord::key)
            .toList();
    Map<String, Outcome> settled = new HashMap<>();
    for (String key : keys) {
      ItemRecord now = newest.get(key);
      if (now == null) {
        settled.put(key, Outcome.succeeded());
      } else if (!now.run().equals(run.run()) && isDoubtful(now)) {
        settled.put(key, Outcome.inDoubt(now.failure().orElseThrow()));
      } else if (!now.run().equals(run.run()) && isDeferred(now)) {
        settled.put(key, Outcome.skipped(now.text()));
      }
    }
    return settled;
  }

  private static Map<String, ItemRecord> newest(List<ItemRecord> outstanding) {
    Map<String, ItemRecord> newest = new HashMap<>();
    outstanding.forEach(item -> newest.put(item.key(), item));
    return newest;
  }

  /** {@return the items in doubt since before a rerun that died, and not asked about since} */
  private static List<String> stillDoubtful(
      SyncJob<?> job, RunOrigin origin, ResumePoint point, List<ItemRecord> outstanding) {
    ItemFilter filter = origin.filter().states(ItemState.IN_DOUBT);
    if (!isRerun(origin) || filter.keys().isEmpty()) {
      return List.of();
    }
    List<ItemRecord> items = filter.select(outstanding);
    Set<String> seen = new HashSet<>(point.settledSince().keySet());
    seen.addAll(point.attempts().keySet());
    point.open().forEach(intent -> seen.addAll(intent.keys()));
    return doubtful(job, items).stream().filter(key -> !seen.contains(key)).toList();
  }
}
