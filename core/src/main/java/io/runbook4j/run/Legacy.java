package io.runbook4j.run;

import io.runbook4j.limit.Quota;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkIntent;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkTiming;
import io.runbook4j.spi.ledger.Position;
import io.runbook4j.spi.ledger.ResumePoint;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an earlier process left of a run: a closed limiter, chunks without a result, items with
 * attempts behind them. Not safe for many threads.
 */
final class Legacy<T> {
  private static final Duration LONGEST_WINDOW_TO_WAIT = Duration.ofHours(1);

  /** Its process may have died, its target thrown an error, its ledger refused the answer. */
  static final String UNRECORDED = "the run ended before the answer was recorded";

  private final SyncJob<T> job;
  private final Parts<T> parts;
  private final Doubts<T> doubts;
  private final Outbound<T> outbound;
  private final Known known;
  private final List<Quota> counted;
  private final int page;

  Legacy(RunSetup<T> setup, Parts<T> parts, Doubts<T> doubts, Outbound<T> outbound) {
    this.job = setup.job();
    this.parts = parts;
    this.doubts = doubts;
    this.outbound = outbound;
    this.known = setup.known();
    this.counted = setup.counted();
    this.page =
        setup.resume().map(ResumePoint::position).orElse(Position.start()).page();
  }

  /**
   * Takes up what an earlier process left: the service's closed limiter, and chunks that were sent
   * and have no result.
   */
  void takeUp(ResumePoint resume) {
    resume.notBefore().ifPresent(until -> closeUntil(until, Throttle.MOST_ASKED));
    resume.lastCallAt().ifPresent(this::letWindowsPass);
    // One family for all: to find their items the run has to read on, however many they are.
    int items = resume.open().stream().mapToInt(intent -> intent.keys().size()).sum();
    Family family = parts.workload.frontier().open(resume.position(), items);
    for (ChunkIntent intent : resume.open()) {
      Batch<T> batch = Batch.open(intent, family);
      boolean isDeferred = Intents.isDeferred(intent);
      if (isDeferred && outbound.isDeferring()) {
        parts.feed.hold();
        parts.expected.cameUp(outbound.takeUp(batch));
        continue;
      }
      intent.keys().forEach(parts.expected::wasSent);
      Failure failure = Failure.of(FailureKind.UNKNOWN, UNRECORDED);
      Batch.Doubt doubt = doubt(intent, failure);
      if (isDeferred || doubt.keys().isEmpty()) { // an outbox that is no longer the job's
        parts.feed.hold();
        doubts.park(batch, doubt, ChunkTiming.NONE);
      } else if (doubts.mayVerify()) {
        parts.feed.hold();
        doubts.verify(batch, doubt);
      } else if (job.inDoubt() == InDoubt.REAPPLY && doubt.known().isEmpty()) {
        parts.feed.collect(new OpenChunk<>(intent, family));
      } else {
        parts.feed.hold();
        doubts.park(batch, doubt, ChunkTiming.NONE);
      }
    }
  }

  /**
   * Nobody has counted the calls of the last windows but the process that is gone. Longer ones are
   * too long to wait for. Its clock may have been ahead of ours.
   */
  private void letWindowsPass(Instant lastCallAt) {
    for (Quota quota : job.quotas()) {
      Duration window = quota.window().plus(quota.margin());
      if (!counted.contains(quota) && quota.window().compareTo(LONGEST_WINDOW_TO_WAIT) <= 0) {
        closeUntil(lastCallAt.plus(window), window);
      }
    }
  }

  /** {@return the doubt about a chunk, of which other runs may know some items' outcomes since} */
  private Batch.Doubt doubt(ChunkIntent intent, Failure failure) {
    Map<String, Outcome> since = new HashMap<>();
    List<String> doubtful = new ArrayList<>();
    for (String key : intent.keys()) {
      Outcome outcome = known.settled().get(key);
      if (outcome == null) {
        doubtful.add(key);
      } else {
        since.put(key, outcome);
      }
    }
    return new Batch.Doubt(doubtful, failure, since);
  }

  private void closeUntil(Instant until, Duration most) {
    Duration left = Duration.between(parts.time.now(), until);
    if (!left.isNegative() && !left.isZero()) {
      parts.throttle.closeFor(left.compareTo(most) < 0 ? left : most);
    }
  }

  /** Asks the target about items in doubt that a person wants rerun, before any of them is sent. */
  void verifyFirst(List<String> keys) {
    int size = parts.sizer.size();
    for (int from = 0; from < keys.size(); from += size) {
      List<String> some = List.copyOf(keys.subList(from, Math.min(from + size, keys.size())));
      Family family = parts.workload.frontier().open(parts.feed.position(), some.size());
      ChunkIntent intent = parts.intents.ask(some);
      Failure failure = Failure.of(FailureKind.UNKNOWN, "in doubt since an earlier run");
      doubts.verify(
          Batch.open(intent, family), new Batch.Doubt(some, failure, Map.of()).sentIfUnknown());
    }
  }

  /** Items of a died process keep the attempts that they have had. */
  Batch<T> withAttempts(Batch<T> batch) {
    boolean isSentBefore = batch.intent().isPresent();
    if (parts.expected.isEmpty() || (isSentBefore && batch.isFresh())) {
      return batch;
    }
    boolean any = false;
    List<Pending<T>> items = batch.items();
    for (Pending<T> item : items) {
      int before = parts.expected.take(item.key());
      if (before > 0) {
        item.hadAttempts(before);
        any = true;
      }
    }
    return any && !isSentBefore
        ? Batch.of(items)
            .followedBy(batch.sibling().orElse(null))
            .badIfSiblingClean(batch.isBadIfSiblingClean())
        : batch;
  }

  /** Leaves chunks in doubt whose items the source no longer has. */
  void parkUncollected() {
    Set<OpenChunk<T>> uncollected = parts.feed.uncollected();
    parts.feed.forgetUncollected();
    for (OpenChunk<T> chunk : uncollected) {
      Failure failure = Failure.of(
          FailureKind.UNKNOWN,
          UNRECORDED + ", and the source no longer has all items of its chunk");
      parts.feed.hold();
      doubts.park(Batch.open(chunk.intent(), chunk.family()), failure, ChunkTiming.NONE);
    }
  }

  /**
   * Items that an earlier process read, and that have not come up again, have to have an outcome.
   */
  void recordGone() {
    List<String> keys = parts.expected.takeGone();
    if (keys.isEmpty()) {
      return;
    }
    Failure gone = Failure.of(
            FailureKind.NOT_FOUND,
            "the source no longer has this item, which was read before the run was resumed")
        .withCode(RerunSource.NOT_IN_SOURCE);
    List<Draft.Unsent> items = keys.stream()
        .map(key -> new Draft.Unsent(key, page, Outcome.failed(gone)))
        .toList();
    Family family = parts.workload.frontier().open(parts.feed.position(), items.size());
    parts.intents.record(new Workload.Unsent(items, family));
  }
}
