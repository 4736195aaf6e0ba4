package io.runbook4j.run;

import io.runbook4j.chunk.ChunkSizer.SizeChange;
import io.runbook4j.integrity.SpotCheck;
import io.runbook4j.run.RunReport.LimitReport;
import io.runbook4j.run.RunReport.Totals;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.Finding;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Counts what happens in a run, in bounded memory. Not safe for many threads. */
final class RunTally {
  private static final int MOST_ROWS = 200;
  private static final int MOST_REASONS = 99;
  private static final int MOST_SAMPLES = 5;

  private final Redaction redaction;
  private long succeeded;
  private long failed;
  private long skipped;
  private long inDoubt;
  private final long settledBefore;
  private long calls;
  private long retriedItems;
  private long chunkCount;
  private Duration waited = Duration.ZERO;
  private final Map<Group, Members> groups = new HashMap<>();

  /** What was said last, if it does not name its item: it is often said again. */
  private @Nullable Said lastSaid;

  private Members lastMembers = new Members();
  private final Members others = new Members();
  private final Deque<ChunkReport> chunks = new ArrayDeque<>();
  private final Deque<SizeChange> sizeChanges = new ArrayDeque<>();
  private final Deque<LimitReport> limits = new ArrayDeque<>();
  private final List<Alert> alerts = new ArrayList<>();
  private final Map<String, Long> problems = new LinkedHashMap<>();
  private final Deque<Finding> findings = new ArrayDeque<>();
  private Optional<SpotCheck.Result> spotCheck = Optional.empty();
  private Optional<FailureKind> stoppedBy = Optional.empty();

  RunTally(Counts before, Redaction redaction) {
    this.redaction = redaction;
    succeeded = before.succeeded();
    failed = before.failed();
    skipped = before.skipped();
    inDoubt = before.inDoubt();
    settledBefore = before.settled();
  }

  void succeeded(int items) {
    succeeded += items;
  }

  /** Counts one item whose outcome is its last. */
  void settled(String key, Outcome outcome) {
    outcome.fold(new Outcome.Cases<>() {
      @Override
      public Boolean succeeded() {
        succeeded++;
        return true;
      }

      @Override
      public Boolean failed(Failure failure) {
        failed++;
        return group(key, Optional.of(failure.kind()), failure.code(), failure.message());
      }

      @Override
      public Boolean skipped(String reason) {
        skipped++;
        return group(key, Optional.empty(), Optional.empty(), reason);
      }

      @Override
      public Boolean inDoubt(Failure failure) {
        inDoubt++;
        return doubt(key, failure);
      }
    });
  }

  /** Notes why these items are in doubt, which the ledger has no result of. */
  void leftInDoubt(List<String> keys, Failure failure) {
    keys.forEach(key -> doubt(key, failure));
  }

  private boolean doubt(String key, Failure failure) {
    return group(
        key, Optional.of(failure.kind()), failure.code(), "in doubt: " + failure.message());
  }

  private boolean group(
      String key, Optional<FailureKind> kind, Optional<String> code, String message) {
    Said said = new Said(kind, code, message);
    if (!said.equals(lastSaid) || message.contains(key)) {
      String text = Wording.without(key, message);
      lastMembers = members(new Group(kind, code, Wording.masked(text)));
      lastMembers.say(text);
      lastSaid = message.contains(key) ? null : said;
    }
    lastMembers.add(key);
    return true;
  }

  private Members members(Group group) {
    boolean isOneTooMany = groups.size() >= MOST_REASONS && !groups.containsKey(group);
    return isOneTooMany ? others : groups.computeIfAbsent(group, g -> new Members());
  }

  void called() {
    calls++;
  }

  /** Takes back a call: the target has said that it made none. */
  void notCalled() {
    calls--;
  }

  void retried(int items) {
    retriedItems += items;
  }

  void waited(Duration duration) {
    waited = waited.plus(duration);
  }

  void chunk(ChunkReport chunk) {
    chunkCount++;
    keep(chunks, chunk);
  }

  void sizeChanged(SizeChange change) {
    keep(sizeChanges, change);
  }

  void limit(LimitReport limit) {
    keep(limits, limit);
  }

  void alert(Alert alert) {
    alerts.add(alert);
  }

  void finding(Finding finding) {
    keep(findings, finding);
  }

  void spotCheck(SpotCheck.Result result) {
    spotCheck = Optional.of(result);
  }

  /** Notes for what kind of failure the run stops. */
  void stoppedBy(FailureKind kind) {
    stoppedBy = Optional.of(kind);
  }

  Optional<FailureKind> stoppedBy() {
    return stoppedBy;
  }

  /** {@return the kind of failure that items have most often; empty if none has failed} */
  Optional<FailureKind> mostFrequent() {
    Map<FailureKind, Long> counts = new EnumMap<>(FailureKind.class);
    groups.forEach((group, members) ->
        group.kind.ifPresent(kind -> counts.merge(kind, members.count, Long::sum)));
    return counts.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey);
  }

  List<Finding> findings() {
    return copy(findings);
  }

  Optional<SpotCheck.Result> spotCheck() {
    return spotCheck;
  }

  /** Counts what went wrong beside the items. */
  void problem(String problem) {
    String text = redaction.clean(problem);
    if (problems.size() == MOST_ROWS && !problems.containsKey(text)) {
      problems.remove(problems.keySet().iterator().next());
    }
    problems.merge(text, 1L, Long::sum);
  }

  private static <E> void keep(Deque<E> rows, E row) {
    if (rows.size() == MOST_ROWS) {
      rows.removeFirst();
    }
    rows.addLast(row);
  }

  /** {@return the counts, with items that were read and have no outcome as not reached} */
  Counts counts(long notReached) {
    return counts(notReached, 0);
  }

  /** {@return the counts, with items of chunks that were sent and never answered as in doubt} */
  Counts counts(long notReached, long unanswered) {
    long doubtful = inDoubt + unanswered;
    return new Counts(
        succeeded + failed + skipped + doubtful + notReached,
        succeeded,
        failed,
        skipped,
        doubtful,
        notReached);
  }

  /** {@return how many items got their outcome in this process} */
  long settledHere() {
    return succeeded + failed + skipped + inDoubt - settledBefore;
  }

  Totals totals() {
    return new Totals(calls, retriedItems, waited, chunkCount);
  }

  List<FailureReason> reasons() {
    List<FailureReason> reasons = new ArrayList<>();
    groups.forEach((group, members) -> reasons.add(new FailureReason(
        group.kind, group.code, members.text, members.count, List.copyOf(members.samples))));
    reasons.sort(Comparator.comparingLong(FailureReason::count)
        .reversed()
        .thenComparing(FailureReason::text));
    if (others.count > 0) {
      reasons.add(FailureReason.others(others.count, List.copyOf(others.samples)));
    }
    return List.copyOf(reasons);
  }

  List<ChunkReport> chunks() {
    return copy(chunks);
  }

  List<SizeChange> sizeChanges() {
    return copy(sizeChanges);
  }

  List<LimitReport> limits() {
    return copy(limits);
  }

  List<Alert> alerts() {
    return copy(alerts);
  }

  List<String> problems() {
    return problems.entrySet().stream()
        .map(said ->
            said.getKey() + (said.getValue() == 1 ? "" : " (" + said.getValue() + " times)"))
        .toList();
  }

  private static <E> List<E> copy(Collection<E> rows) {
    return List.copyOf(rows);
  }

  private record Group(Optional<FailureKind> kind, Optional<String> code, String text) {}

  private record Said(Optional<FailureKind> kind, Optional<String> code, String message) {}

  private static final class Members {
    private long count;
    private String text = "";
    private final List<String> samples = new ArrayList<>(MOST_SAMPLES);

    void say(String said) {
      text = text.isEmpty() ? said : Wording.common(text, said);
    }

    void add(String key) {
      count++;
      if (samples.size() < MOST_SAMPLES) {
        samples.add(key);
      }
    }
  }
}
