package io.runbook4j.ledger;

import io.runbook4j.ledger.Catalog.Digest;
import io.runbook4j.ledger.Catalog.Head;
import io.runbook4j.ledger.Catalog.Stamp;
import io.runbook4j.spi.ledger.ItemRecord;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.Page;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Decides which runs of one job may be removed without changing the answer to what is outstanding,
 * but for what has no key.
 *
 * <p>Of the runs that are old enough, those stay that hold the newest record of an outstanding
 * item, and those that the resuming of a kept run needs. The runs that are left can hold two
 * things: troubles that are over, and the successes that ended them. If the plan would remove a
 * success and keep the trouble before it, the run with the success stays too; which may bring other
 * troubles back, and so on until nothing changes. Each round keeps at least one more run, so it
 * ends.
 */
final class RetentionPlan {
  private final Catalog catalog;
  private final Predicate<RunId> held;
  private final Map<RunId, Head> runs = new LinkedHashMap<>();
  private final Map<RunId, Digest> digests = new HashMap<>();
  private final Set<RunId> kept = new HashSet<>();

  /**
   * A run that may go.
   *
   * @param stamp of its file, which has to be the same when it goes: what is in it was decided upon
   */
  record Removable(RunId run, Stamp stamp) {}

  RetentionPlan(Catalog catalog, Predicate<RunId> held, String job) {
    this.catalog = catalog;
    this.held = held;
    catalog.heads(job).forEach(head -> runs.put(head.run(), head));
  }

  /** {@return the runs that may go, in the order in which they must go} */
  List<Removable> removable(Retention rule, Instant now) {
    List<Head> all = List.copyOf(runs.values());
    for (int i = 0; i < all.size(); i++) {
      RunId run = all.get(i).run();
      Digest digest = catalog.digest(run);
      digests.put(run, digest);
      boolean young = digest.times().lastAt().plus(rule.age()).isAfter(now);
      if (young || i >= all.size() - rule.keptPerJob() || held.test(run)) {
        kept.add(run);
      }
    }
    if (kept.size() == all.size()) {
      return List.of();
    }
    Set<String> outstanding = keepHolders(all);
    boolean changed = true;
    while (changed) {
      changed = keepParents() || keepCures(all, outstanding);
    }
    return all.stream()
        .filter(head -> !kept.contains(head.run()))
        // Cured before cure: a crash on the way brings no trouble back.
        .sorted(Comparator.comparing(head -> digestOf(head.run()).times().clock()))
        .map(head -> new Removable(head.run(), digestOf(head.run()).stamp()))
        .toList();
  }

  private Set<String> keepHolders(List<Head> all) {
    List<ItemRecord> items = outstanding(all);
    items.forEach(item -> kept.add(item.run()));
    return items.stream().map(ItemRecord::key).collect(Collectors.toSet());
  }

  /**
   * {@return what keeps its run} What has no key is sent by no rerun: its trouble would never end.
   */
  private List<ItemRecord> outstanding(List<Head> some) {
    return new JobScan(catalog, held)
        .outstanding(some).stream().filter(item -> !isWithoutKey(item)).toList();
  }

  private static boolean isWithoutKey(ItemRecord item) {
    return item.failure().flatMap(Failure::code).equals(Optional.of(Page.NO_KEY));
  }

  /** A rerun that has not completed asks its parent for its items when it is resumed. */
  private boolean keepParents() {
    Set<RunId> parents = kept.stream()
        .filter(run -> digestOf(run)
            .finished()
            .filter(end -> end.state() == RunState.COMPLETED)
            .isEmpty())
        .flatMap(run -> headOf(run).started().origin().parent().stream())
        .filter(runs::containsKey)
        .collect(Collectors.toSet());
    return kept.addAll(parents);
  }

  private boolean keepCures(List<Head> all, Set<String> outstanding) {
    List<Head> rest = all.stream().filter(head -> kept.contains(head.run())).toList();
    Set<String> back = outstanding(rest).stream().map(ItemRecord::key).collect(Collectors.toSet());
    back.removeAll(outstanding);
    return !back.isEmpty()
        && kept.addAll(JobScan.newestHolders(catalog, all, back).values());
  }

  private Digest digestOf(RunId run) {
    return Objects.requireNonNull(digests.get(run), "digest");
  }

  private Head headOf(RunId run) {
    return Objects.requireNonNull(runs.get(run), "head");
  }
}
