package io.runbook4j.run;

import io.runbook4j.spi.ledger.ItemResult;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkTiming;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Sees to items in doubt: asks the target about them, sends their chunk again as it was, or leaves
 * them for a person, as the job says. Not safe for many threads.
 */
final class Doubts<T> {
  private final SyncJob<T> job;
  private final Parts<T> parts;
  private final Conclusion<T> conclusion;
  private final Conclusion.Stopper stopper;
  private boolean blind;

  Doubts(SyncJob<T> job, Parts<T> parts, Conclusion<T> conclusion, Conclusion.Stopper stopper) {
    this.job = job;
    this.parts = parts;
    this.conclusion = conclusion;
    this.stopper = stopper;
  }

  boolean mayVerify() {
    return !blind && (job.inDoubt() == InDoubt.RESOLVE || job.inDoubt() == InDoubt.VERIFY);
  }

  /** {@return whether the target has said that it cannot look, and is not asked again} */
  boolean isBlind() {
    return blind;
  }

  void unanswered(Answer<T> answer, Failure failure, ChunkTiming timing) {
    Batch<T> batch = answer.batch();
    boolean isSmaller = failure.kind() == FailureKind.TIMEOUT
        && conclusion.sizeTrouble(answer, "a call was not answered in time");
    conclusion.waitIfAsked(answer, failure, isSmaller);
    if (failure.kind() == FailureKind.CANCELLED) {
      stopper.stop("a call was interrupted");
    }
    if (mayVerify()) {
      verify(batch, new Batch.Doubt(batch.keys(), failure, Map.of()));
    } else if (job.inDoubt() == InDoubt.REAPPLY || isResolvedByReapplying()) {
      batch.wentUnanswered();
      reapply(batch, failure, timing);
    } else {
      park(batch, failure, timing);
    }
  }

  private boolean isResolvedByReapplying() {
    return job.inDoubt() == InDoubt.RESOLVE && job.target().isIdempotent();
  }

  /**
   * Asks the target about the items in doubt, of which there is one. The chunk has no result in the
   * ledger until it has said; what the service wants by the others, it wants now.
   *
   * @param unsuccessful the results of the items that did not succeed
   */
  void verifySome(Answer<T> answer, List<ItemResult> unsuccessful) {
    Batch<T> batch = answer.batch();
    conclusion.heed(answer, unsuccessful);
    Map<String, Outcome> known = new HashMap<>();
    batch.keys().forEach(key -> known.put(key, Outcome.succeeded()));
    List<String> doubtful = new ArrayList<>();
    Failure failure = null;
    for (ItemResult result : unsuccessful) {
      String key = batch.key(result.index());
      if (result.outcome() instanceof Outcome.InDoubt doubt) {
        failure = doubt.failure();
        doubtful.add(key);
        known.remove(key);
      } else {
        known.put(key, result.outcome());
      }
    }
    verify(batch, new Batch.Doubt(doubtful, Objects.requireNonNull(failure), known));
  }

  /** Asks the target about items in doubt. */
  void verify(Batch<T> batch, Batch.Doubt doubt) {
    batch.keys().forEach(parts.workload.busy()::add);
    batch.doubt(doubt);
    parts.workload.now(batch);
  }

  void verified(Answer<T> answer, ChunkTiming timing) throws InterruptedException {
    Batch<T> batch = answer.batch();
    Batch.Doubt doubt = batch.doubt().orElseThrow();
    ChunkResult result = answer.result();
    if (!result.isWholeCall()) {
      concludeVerified(answer, doubt, timing);
    } else if (result.others().orElseThrow() instanceof Outcome.InDoubt lost) {
      verificationFailed(answer, doubt, lost.failure(), timing);
    } else {
      blind = true;
      parts.tally.notCalled();
      parts.throttle.limiter().correct(-1);
      unverifiable(answer, doubt, timing);
    }
  }

  /** Does without the target what can be done about items in doubt. */
  void unverifiable(Batch<T> batch) throws InterruptedException {
    unverifiable(Answer.none(batch, parts.time), batch.doubt().orElseThrow(), ChunkTiming.NONE);
  }

  /** Leaves in doubt what the retry budget has no room to ask about once more. */
  void overBudget(Batch<T> batch) throws InterruptedException {
    Batch.Doubt doubt = batch.doubt().orElseThrow();
    Failure last = Refusals.overBudget(doubt.failure(), "not verified again");
    parkDoubt(Answer.none(batch, parts.time), doubt.left(last), ChunkTiming.NONE);
  }

  private void unverifiable(Answer<T> answer, Batch.Doubt doubt, ChunkTiming timing)
      throws InterruptedException {
    Batch<T> batch = answer.batch();
    if (isResolvedByReapplying() && doubt.known().isEmpty() && batch.hasValues()) {
      batch.noDoubt();
      batch.wentUnanswered();
      reapply(batch, doubt.failure(), timing);
    } else if (isResolvedByReapplying()
        && doubt.known().isEmpty()
        && !batch.hasValues()
        && !doubt.sendUnknown()) {
      batch.keys().forEach(parts.workload.busy()::remove);
      parts.feed.release();
      parts.feed.collect(new OpenChunk<>(batch.intent().orElseThrow(), batch.family(0)));
    } else {
      parkDoubt(answer, doubt, timing);
    }
  }

  private void concludeVerified(Answer<T> answer, Batch.Doubt doubt, ChunkTiming timing)
      throws InterruptedException {
    Batch<T> batch = answer.batch();
    List<ItemResult> unsuccessful = batch.unsuccessful(key -> {
      Outcome known = doubt.known().get(key);
      Outcome outcome = known != null ? known : answer.result().outcome(key).orElseThrow();
      return outcome instanceof Outcome.InDoubt unknown && doubt.sendUnknown()
          ? Outcome.failed(unknown.failure())
          : outcome;
    });
    conclusion.conclude(answer, unsuccessful, timing);
  }

  private void verificationFailed(
      Answer<T> answer, Batch.Doubt doubt, Failure failure, ChunkTiming timing)
      throws InterruptedException {
    Batch<T> batch = answer.batch();
    Reaction reaction = job.reaction(failure.kind());
    if (reaction.kind() == Reaction.Kind.SLOW_DOWN) {
      conclusion.slowDown(answer, failure);
      parts.workload.now(batch);
      return;
    }
    conclusion.waitIfAsked(answer, failure, false);
    if (reaction.kind() == Reaction.Kind.STOP || failure.kind() == FailureKind.CANCELLED) {
      parts.workload.now(
          batch); // stays in doubt until it is verified, be it when the run is resumed
      conclusion.refreshOrStop(answer, failure);
    } else if (batch.unanswered() <= Conclusion.DOUBT_RETRIES) {
      batch.wentUnanswered();
      parts.workload.later(
          batch,
          parts.time.nanoTime() + conclusion.delay(failure, batch.unanswered()).toNanos());
    } else {
      parkDoubt(answer, doubt.left(doubt.failure()), timing);
    }
  }

  private void parkDoubt(Answer<T> answer, Batch.Doubt doubt, ChunkTiming timing)
      throws InterruptedException {
    Outcome unknown =
        doubt.sendUnknown() ? Outcome.failed(doubt.failure()) : Outcome.inDoubt(doubt.failure());
    List<ItemResult> unsuccessful =
        answer.batch().unsuccessful(key -> doubt.known().getOrDefault(key, unknown));
    conclusion.conclude(answer, unsuccessful, timing);
  }

  /**
   * Sends the chunk again as it was, with its idempotency key; it has no result in the ledger until
   * one comes.
   */
  void reapply(Batch<T> batch, Failure failure, ChunkTiming timing) {
    if (batch.unanswered() > Conclusion.DOUBT_RETRIES) {
      park(batch, failure, timing);
      return;
    }
    batch.keys().forEach(parts.workload.busy()::add);
    parts.tally.retried(batch.size());
    parts.retryEvent(batch.size(), failure);
    parts.workload.later(
        batch.retryOnly(),
        parts.time.nanoTime() + conclusion.delay(failure, batch.unanswered()).toNanos());
  }

  /** Leaves a whole chunk in doubt, for a person. */
  void park(Batch<T> batch, Failure failure, ChunkTiming timing) {
    park(batch, new Batch.Doubt(batch.keys(), failure, Map.of()), timing);
  }

  /** Leaves what is in doubt of a chunk so, for a person, and takes what is known of the rest. */
  void park(Batch<T> batch, Batch.Doubt doubt, ChunkTiming timing) {
    Outcome doubtful = Outcome.inDoubt(doubt.failure());
    List<ItemResult> results = new ArrayList<>(doubt.known().size());
    for (int i = 0; i < batch.size(); i++) {
      Outcome known = doubt.known().get(batch.key(i));
      conclusion.settled(batch, i, known == null ? doubtful : known);
      if (known != null) {
        results.add(new ItemResult(i, known, false));
      }
    }
    conclusion.done(
        batch,
        results,
        new ItemResult(ItemResult.OTHERS, doubtful, false),
        timing,
        doubt.keys().isEmpty()
            ? "not sent again: another run has the outcomes"
            : "in doubt: " + doubt.failure());
    conclusion.nextSibling(batch, false);
  }
}
