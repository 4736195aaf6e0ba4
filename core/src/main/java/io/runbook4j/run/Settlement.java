package io.runbook4j.run;

import io.runbook4j.spi.ledger.LedgerEntry.ChunkTiming;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

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
    Outcome[] outcomes = new Outcome[batch.size()];
    Arrays.fill(outcomes, result.others().orElse(NOT_REPORTED));
    if (!placeInOrder(batch, result, outcomes) && !placeByKey(batch, result, outcomes)) {
      stopper.fail(invented(batch, result));
    }
    List<String> doubtful = doubtful(batch, result, outcomes);
    if (!doubtful.isEmpty() && doubts.mayVerify()) {
      doubts.verify(batch, doubtful, outcomes);
    } else {
      conclusion.conclude(answer, outcomes, timing);
    }
  }

  /**
   * Puts the reported outcomes in their places in one walk, which nearly every target allows: it
   * reports in the chunk's order.
   *
   * @return whether all were placed
   */
  private static boolean placeInOrder(Batch<?> batch, ChunkResult result, Outcome[] outcomes) {
    int index = 0;
    for (Map.Entry<String, Outcome> own : result.reported().entrySet()) {
      String key = own.getKey();
      int hash = key.hashCode();
      while (index < outcomes.length
          && (batch.key(index).hashCode() != hash || !batch.key(index).equals(key))) {
        index++;
      }
      if (index == outcomes.length) {
        return false;
      }
      outcomes[index++] = own.getValue();
    }
    return true;
  }

  /** {@return whether all that was reported is of this chunk} */
  private static boolean placeByKey(Batch<?> batch, ChunkResult result, Outcome[] outcomes) {
    int placed = 0;
    for (int i = 0; i < outcomes.length; i++) {
      Outcome own = result.reported().get(batch.key(i));
      if (own != null) {
        outcomes[i] = own;
        placed++;
      }
    }
    return placed == result.reported().size();
  }

  private static List<String> doubtful(Batch<?> batch, ChunkResult result, Outcome[] outcomes) {
    boolean isAny = result.others().orElse(null) instanceof Outcome.InDoubt;
    for (Outcome own : result.reported().values()) {
      isAny |= own instanceof Outcome.InDoubt;
    }
    List<String> doubtful = new ArrayList<>(0);
    for (int i = 0; isAny && i < outcomes.length; i++) {
      if (outcomes[i] instanceof Outcome.InDoubt) {
        doubtful.add(batch.key(i));
      }
    }
    return doubtful;
  }

  private String invented(Batch<T> batch, ChunkResult result) {
    String key = result.reported().keySet().stream()
        .filter(reported -> !batch.keys().contains(reported))
        .findFirst()
        .orElseThrow();
    return "the target " + job.target().getClass().getName() + " reported key \"" + key
        + "\", which is not in chunk " + batch.number()
        + "; what it reports cannot be trusted until that is mended";
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
