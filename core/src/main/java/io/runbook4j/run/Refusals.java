package io.runbook4j.run;

import io.runbook4j.spi.ledger.ItemResult;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkTiming;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import java.util.ArrayList;
import java.util.List;

/**
 * Sees to chunks that came to nothing as a whole: those that the service refused wait and are sent
 * again, bisected, or given up; those that were not sent after all are taken back. Not safe for
 * many threads.
 */
final class Refusals<T> {
  private final SyncJob<T> job;
  private final Parts<T> parts;
  private final Conclusion<T> conclusion;
  private final Doubts<T> doubts;

  Refusals(SyncJob<T> job, Parts<T> parts, Conclusion<T> conclusion, Doubts<T> doubts) {
    this.job = job;
    this.parts = parts;
    this.conclusion = conclusion;
    this.doubts = doubts;
  }

  void refused(Answer<T> answer, Failure failure, ChunkTiming timing) throws InterruptedException {
    Batch<T> batch = answer.batch();
    Reaction reaction = job.reaction(failure.kind());
    switch (reaction.kind()) {
      case SLOW_DOWN -> {
        conclusion.slowDown(answer, failure);
        sendAgain(batch, failure, timing);
      }
      case STOP -> {
        sendAgain(batch, failure, timing);
        conclusion.refreshOrStop(answer, failure);
      }
      case RETRY, FAIL -> refusedForGood(answer, failure, reaction, timing);
    }
  }

  private void refusedForGood(
      Answer<T> answer, Failure failure, Reaction reaction, ChunkTiming timing) {
    Batch<T> batch = answer.batch();
    boolean isOfSize =
        failure.kind() == FailureKind.TOO_LARGE || failure.kind() == FailureKind.TIMEOUT;
    boolean isSmaller =
        isOfSize && conclusion.sizeTrouble(answer, "the service answered " + failure.kind());
    conclusion.waitIfAsked(answer, failure, isSmaller);
    if (batch.unanswered() > 0) {
      reapplyOrPark(batch, failure, reaction, timing);
    } else if (failure.kind().isOfTheData() && batch.size() > 1) {
      bisect(batch, failure, timing);
    } else {
      retryOrFail(batch, failure, reaction, timing);
    }
  }

  /** What was refused now may have been applied when the answer was lost. */
  private void reapplyOrPark(
      Batch<T> batch, Failure failure, Reaction reaction, ChunkTiming timing) {
    if (reaction.kind() == Reaction.Kind.RETRY) {
      batch.wentUnanswered();
      doubts.reapply(batch, failure, timing);
    } else {
      doubts.park(batch, failure, timing);
    }
  }

  /** Sends the batch again as it is, without counting an attempt. */
  private void sendAgain(Batch<T> batch, Failure failure, ChunkTiming timing) {
    if (batch.unanswered() > 0) {
      parts.tally.retried(batch.size());
      parts.retryEvent(batch.size(), failure);
      parts.workload.now(batch); // its answer was lost before: it stays the chunk that it was
      return;
    }
    conclusion.doneAllRetried(batch, failure, timing, "refused: " + failure);
    parts.workload.now(conclusion.successor(batch, batch.items()));
  }

  /** Takes back a chunk that was begun and never sent, so that nothing of it is in doubt. */
  void notSent(Batch<T> batch, String cause) {
    Failure failure = Failure.of(FailureKind.CANCELLED, "not sent: " + cause);
    conclusion.done(
        batch,
        List.of(),
        new ItemResult(ItemResult.OTHERS, Outcome.failed(failure), true),
        ChunkTiming.NONE,
        failure.message());
    parts.workload.now(conclusion.successor(batch, batch.items()));
  }

  private void bisect(Batch<T> batch, Failure failure, ChunkTiming timing) {
    conclusion.doneAllRetried(batch, failure, timing, "refused and bisected: " + failure);
    batch.keys().forEach(parts.workload.busy()::add);
    boolean isOfOneItem = failure.kind() != FailureKind.TOO_LARGE;
    if (!isOfOneItem) {
      batch.wasTooLarge();
    }
    batch.sibling().ifPresent(sibling -> sibling.nothingIsKnown(isOfOneItem));
    conclusion.halve(batch, isOfOneItem);
  }

  private void retryOrFail(Batch<T> batch, Failure failure, Reaction reaction, ChunkTiming timing) {
    List<ItemResult> given = new ArrayList<>();
    List<Pending<T>> again = new ArrayList<>();
    int attempt = 0;
    for (int i = 0; i < batch.size(); i++) {
      Pending<T> item = batch.item(i);
      if (reaction.kind() == Reaction.Kind.RETRY && item.attempts() < reaction.retries()) {
        item.attempted(failure);
        attempt = Math.max(attempt, item.attempts());
        again.add(item);
      } else {
        Outcome outcome = Outcome.failed(failure);
        given.add(new ItemResult(i, outcome, false));
        conclusion.settled(batch, i, outcome);
      }
    }
    String inWords = "refused: " + failure + "; " + given.size() + " given up, " + again.size()
        + " to be tried again";
    if (again.isEmpty()) {
      conclusion.done(
          batch,
          List.of(),
          new ItemResult(ItemResult.OTHERS, Outcome.failed(failure), false),
          timing,
          inWords);
      conclusion.nextSibling(batch, false);
      return;
    }
    conclusion.done(
        batch,
        given,
        new ItemResult(ItemResult.OTHERS, Outcome.failed(failure), true),
        timing,
        inWords);
    parts.tally.retried(again.size());
    parts.retryEvent(again.size(), failure);
    parts.workload.later(
        conclusion.successor(batch, again).retryOnly(),
        parts.time.nanoTime() + conclusion.delay(failure, attempt).toNanos());
  }

  /** {@return the failure, which says what was not done for want of retry budget} */
  static Failure overBudget(Failure last, String not) {
    String message = last.message() + " (" + not + ": the retry budget is used up)";
    Failure failure = Failure.of(last.kind(), message);
    return last.code().map(failure::withCode).orElse(failure);
  }

  /** Gives up a batch of retries that the retry budget has no room for. */
  void overBudget(Batch<T> batch) {
    if (batch.unanswered() > 0) {
      Failure failure =
          Failure.of(FailureKind.TIMEOUT, "not answered, and the retry budget is used up");
      doubts.park(batch, failure, ChunkTiming.NONE);
      return;
    }
    List<ItemResult> results = new ArrayList<>(batch.size());
    for (int i = 0; i < batch.size(); i++) {
      Failure last = batch.item(i).last().orElse(Failure.of(FailureKind.UNKNOWN, "never tried"));
      Outcome outcome = Outcome.failed(overBudget(last, "not tried again"));
      results.add(new ItemResult(i, outcome, false));
      conclusion.settled(batch, i, outcome);
    }
    conclusion.done(
        batch,
        results,
        ItemResult.othersSucceeded(),
        ChunkTiming.NONE,
        "given up: the retry budget is used up");
    conclusion.nextSibling(batch, false);
  }
}
