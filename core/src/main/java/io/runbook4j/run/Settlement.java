package io.runbook4j.run;

import io.runbook4j.spi.ledger.ItemResult;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkTiming;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides who sees to an answer: what the service said of each item is concluded; a refusal of the
 * whole call and an answer that was lost have their own ways. Not safe for many threads.
 */
final class Settlement<T> {
  private static final Outcome NOT_REPORTED = Outcome.failed(
      Failure.of(FailureKind.UNKNOWN, "the target did not report what became of it"));

  private final SyncJob<T> job;
  private final Conclusion<T> conclusion;
  private final Doubts<T> doubts;
  private final Refusals<T> refusals;
  private final Conclusion.Stopper stopper;

  Settlement(SyncJob<T> job, Parts<T> parts, Conclusion.Stopper stopper) {
    this.job = job;
    this.stopper = stopper;
    this.conclusion = new Conclusion<>(job, parts, stopper);
    this.doubts = new Doubts<>(job, parts, conclusion, stopper);
    this.refusals = new Refusals<>(job, parts, conclusion, doubts);
  }

  void settle(Answer<T> answer, ChunkTiming timing) throws InterruptedException {
    if (answer.batch().doubt().isPresent()) {
      doubts.verified(answer, timing);
      return;
    }
    ChunkResult result = answer.result();
    if (!result.isWholeCall()) {
      answered(answer, timing);
      return;
    }
    Outcome outcome = result.others().orElseThrow();
    if (outcome instanceof Outcome.InDoubt doubt) {
      doubts.unanswered(answer, doubt.failure(), timing);
    } else if (outcome instanceof Outcome.Failed failed) {
      refusals.refused(answer, failed.failure(), timing);
    }
  }

  private void answered(Answer<T> answer, ChunkTiming timing) throws InterruptedException {
    Batch<T> batch = answer.batch();
    ChunkResult result = answer.result();
    if (result.reported().isEmpty() && result.others().orElse(null) instanceof Outcome.Succeeded) {
      conclusion.allSucceeded(batch, timing);
      return;
    }
    List<ItemResult> unsuccessful = inOrder(batch, result).orElse(null);
    if (unsuccessful == null) {
      unsuccessful = batch.unsuccessful(key -> result.outcome(key).orElse(NOT_REPORTED));
      checkNoneInvented(batch, result);
    }
    if (doubts.mayVerify() && isAnyInDoubt(unsuccessful)) {
      doubts.verifySome(answer, unsuccessful);
    } else {
      conclusion.conclude(answer, unsuccessful, timing);
    }
  }

  private static boolean isAnyInDoubt(List<ItemResult> results) {
    for (ItemResult result : results) { // for most chunks where items fail: no stream
      if (result.outcome() instanceof Outcome.InDoubt) {
        return true;
      }
    }
    return false;
  }

  /**
   * {@return the results of the items that did not succeed, found in one walk, which nearly every
   * target allows: it reports in the chunk's order; empty if this one does not}
   */
  private static Optional<List<ItemResult>> inOrder(Batch<?> batch, ChunkResult result) {
    List<ItemResult> found = new ArrayList<>(0);
    Outcome others = result.others().orElse(NOT_REPORTED);
    int index = 0;
    boolean areSame = true; // most report the very keys that they were given: no text is touched
    for (Map.Entry<String, Outcome> own : result.reported().entrySet()) {
      int place = areSame ? placeOfSame(batch, own.getKey(), index) : batch.size();
      if (place == batch.size()) {
        areSame = false;
        place = place(batch, own.getKey(), index);
      }
      if (place == batch.size()) {
        return Optional.empty();
      }
      addUnlessSucceeded(found, index, place, others);
      addUnlessSucceeded(found, place, place + 1, own.getValue());
      index = place + 1;
    }
    addUnlessSucceeded(found, index, batch.size(), others);
    return Optional.of(found);
  }

  /** {@return where the key is by its text, from {@code from} on; the size if it is not there} */
  private static int place(Batch<?> batch, String key, int from) {
    int hash = key.hashCode();
    int place = from;
    while (place < batch.size()
        && (batch.key(place).hashCode() != hash || !batch.key(place).equals(key))) {
      place++;
    }
    return place;
  }

  /** {@return where this very key is, from {@code from} on; the size if it is not there} */
  @SuppressWarnings("ReferenceEquality")
  private static int placeOfSame(Batch<?> batch, String key, int from) {
    int place = from;
    while (place < batch.size() && batch.key(place) != key) {
      place++;
    }
    return place;
  }

  private static void addUnlessSucceeded(
      List<ItemResult> results, int from, int to, Outcome outcome) {
    for (int i = from; i < to && !(outcome instanceof Outcome.Succeeded); i++) {
      results.add(new ItemResult(i, outcome, false));
    }
  }

  private void checkNoneInvented(Batch<T> batch, ChunkResult result) {
    Set<String> invented = new LinkedHashSet<>(result.reported().keySet());
    batch.keys().forEach(invented::remove);
    if (!invented.isEmpty()) {
      stopper.fail("the target " + job.target().getClass().getName() + " reported key \""
          + invented.iterator().next() + "\", which is not in chunk " + batch.number()
          + "; what it reports cannot be trusted until that is mended");
    }
  }

  Conclusion<T> conclusion() {
    return conclusion;
  }

  Doubts<T> doubts() {
    return doubts;
  }

  Refusals<T> refusals() {
    return refusals;
  }
}
