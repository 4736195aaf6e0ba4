package io.runbook4j.run;

import io.runbook4j.chunk.ChunkSizer.SizeChange;
import io.runbook4j.spi.ledger.ItemResult;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkDone;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkTiming;
import io.runbook4j.spi.ledger.LedgerEntry.Note;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Gives the items of an answered chunk their outcomes, records them, and sees to what follows:
 * retries, a smaller chunk, a wait, a new credential, the other half of a bisected chunk. Not safe
 * for many threads.
 */
final class Conclusion<T> {
  /** How often a chunk in doubt is verified or reapplied before it is parked. */
  static final int DOUBT_RETRIES = 3;

  private static final String ASKED_TO_WAIT = "the service asked to wait";

  private static final ItemResult NOT_DEFERRED = new ItemResult(
      ItemResult.OTHERS,
      Outcome.failed(Failure.of(FailureKind.CANCELLED, "the outbox did not take it")),
      true);

  private final SyncJob<T> job;
  private final Parts<T> parts;
  private final Stopper stopper;
  private boolean credentialRefreshed;
  private long refreshedAtNanos;
  private long shrunkNanos;

  Conclusion(SyncJob<T> job, Parts<T> parts, Stopper stopper) {
    this.job = job;
    this.parts = parts;
    this.stopper = stopper;
    this.shrunkNanos = parts.time.nanoTime();
  }

  void allSucceeded(Batch<T> batch, ChunkTiming timing) {
    credentialRefreshed = false;
    batch.settleAll();
    parts.tally.succeeded(batch.size());
    parts.onlookers.succeeded(batch.keys());
    if (!parts.workload.busy().isEmpty()) {
      batch.keys().forEach(parts.workload.busy()::remove);
    }
    done(batch, List.of(), ItemResult.othersSucceeded(), timing, "all succeeded");
    parts.throttle.clean();
    parts.sizer.onClean().ifPresent(this::sizeChanged);
    nextSibling(batch, true);
  }

  /**
   * Records the outcomes of items that the gate kept in, by key; those without one have their turn
   * again.
   */
  void keptIn(Batch<T> batch, Map<String, Outcome> outcomes) {
    List<ItemResult> results = new ArrayList<>(outcomes.size());
    List<Pending<T>> again = new ArrayList<>(0);
    for (int i = 0; i < batch.size(); i++) {
      Outcome outcome = outcomes.get(batch.key(i));
      if (outcome != null) {
        results.add(new ItemResult(i, outcome, false));
        settled(batch, i, outcome);
      } else if (batch.hasValues()) {
        again.add(batch.item(i));
      } else {
        batch.family(i).settle(1); // the source gives it again by itself
        parts.expected.again(batch.key(i));
      }
    }
    done(batch, results, NOT_DEFERRED, ChunkTiming.NONE, "kept in by the gate");
    if (!again.isEmpty()) {
      parts.workload.now(successor(batch, again));
    }
  }

  /**
   * Records outcomes for all items, and sends again those that may be tried again.
   *
   * @param unsuccessful the results of the items that did not succeed, in the batch's order; which
   *     are retried is decided here
   */
  void conclude(Answer<T> answer, List<ItemResult> unsuccessful, ChunkTiming timing)
      throws InterruptedException {
    Batch<T> batch = answer.batch();
    List<ItemResult> results = new ArrayList<>(unsuccessful.size());
    Trouble trouble = new Trouble();
    boolean oneByOne = isToldOneByOne(batch);
    int retried = 0;
    boolean allKnown = true;
    int untold = 0;
    for (ItemResult result : unsuccessful) {
      int index = result.index();
      if (oneByOne) {
        succeeded(batch, untold, index);
      }
      untold = index + 1;
      boolean again = result.outcome() instanceof Outcome.Failed failed
          && again(batch, index, failed.failure(), trouble);
      retried += again ? 1 : 0;
      allKnown &= !again && !(result.outcome() instanceof Outcome.InDoubt);
      results.add(again ? new ItemResult(index, result.outcome(), true) : result);
      if (!again) {
        settled(batch, index, result.outcome());
      }
    }
    int succeeded = batch.size() - results.size();
    if (oneByOne) {
      succeeded(batch, untold, batch.size());
    } else {
      batch.settleFresh(succeeded);
      parts.onlookers.succeeded(succeeded);
    }
    parts.tally.succeeded(succeeded);
    if (retried > 0) {
      noteRetried(retried, results);
    }
    done(
        batch,
        results,
        ItemResult.othersSucceeded(),
        timing,
        succeeded + " succeeded, " + (results.size() - retried) + " not, " + retried
            + " to be tried again");
    boolean gotThrough = trouble.limited().isEmpty() && retried < results.size();
    if (!answer.isNone() && (succeeded > 0 || gotThrough)) {
      parts.throttle.clean();
    }
    boolean clean = succeeded > 0 && allKnown && !trouble.heeded;
    resize(answer, trouble, succeeded > 0, clean);
    nextSibling(batch, clean && trouble.isNone());
    if (trouble.stop().isPresent()) {
      refreshOrStop(answer, trouble.stop().orElseThrow());
    } else if (!answer.isNone()) {
      credentialRefreshed = false;
    }
  }

  /**
   * Does what the service wants by an answer of which some items are in doubt, and are to be
   * verified before it is concluded: waits, and makes chunks smaller.
   */
  void heed(Answer<T> answer, List<ItemResult> unsuccessful) {
    Trouble trouble = new Trouble();
    for (ItemResult result : unsuccessful) {
      if (result.outcome() instanceof Outcome.Failed failed) {
        Failure failure = failed.failure();
        trouble.note(failure, job.reaction(failure.kind()), false);
      }
    }
    boolean anySucceeded = unsuccessful.size() < answer.batch().size();
    if (anySucceeded) {
      parts.throttle.clean();
    }
    resize(answer, trouble, anySucceeded, false);
  }

  private void noteRetried(int retried, List<ItemResult> results) {
    parts.tally.retried(retried);
    for (ItemResult result : results) {
      if (result.retried() && result.outcome() instanceof Outcome.Failed failed) {
        parts.retryEvent(retried, failed.failure()); // one for all: it names the first's failure
        return;
      }
    }
  }

  /**
   * A chunk in which nothing succeeded, or not all is settled, is not clean: it says neither that
   * the service bears more, nor that the item for which a chunk was bisected is in the other half.
   * Items that are too large beside others that succeed are so by themselves.
   */
  private void resize(Answer<T> answer, Trouble trouble, boolean anySucceeded, boolean clean) {
    boolean limited = trouble.limited().isPresent();
    boolean isOfSize = trouble.timedOut || (trouble.tooLarge && !anySucceeded);
    boolean isSmaller = isOfSize
        && !limited
        && sizeTrouble(answer, "items " + (trouble.timedOut ? "timed out" : "were too large"));
    trouble.asked().ifPresent(parts.throttle::close);
    if (limited) {
      slowDown(answer, trouble.limited().orElseThrow());
    } else if (trouble.asked().isPresent() && !isSmaller) {
      smaller(answer, ASKED_TO_WAIT);
    } else if (clean && !isOfSize) {
      parts.sizer.onClean().ifPresent(this::sizeChanged);
    }
  }

  /**
   * {@return whether somebody wants to hear of each success by itself} In most chunks of most runs
   * nobody does, and counting them is enough.
   */
  private boolean isToldOneByOne(Batch<T> batch) {
    return !batch.isFresh()
        || !batch.hasValues()
        || !parts.workload.busy().isEmpty()
        || parts.onlookers.isWatching();
  }

  private void succeeded(Batch<T> batch, int from, int to) {
    for (int i = from; i < to; i++) {
      parts.onlookers.succeeded(batch.key(i));
      batch.family(i).settle(1);
      if (!parts.workload.busy().isEmpty()) {
        parts.workload.busy().remove(batch.key(i));
      }
      leaveOutIfOpen(batch, i);
    }
  }

  void settled(Batch<T> batch, int index, Outcome outcome) {
    String key = batch.key(index);
    batch.family(index).settle(1);
    parts.tally.settled(key, outcome);
    parts.workload.busy().remove(key);
    leaveOutIfOpen(batch, index);
    if (outcome instanceof Outcome.Failed failed) {
      parts.failed(key, failed.failure());
    }
  }

  /**
   * An item of an earlier process's chunk comes up again when the source is read; it must not be
   * sent twice.
   */
  private void leaveOutIfOpen(Batch<T> batch, int index) {
    if (!batch.hasValues()) {
      parts.feed.leaveOut(batch.key(index));
    }
  }

  /**
   * {@return whether the item is tried again} It is then in the workload, unless the source gives
   * it again by itself.
   */
  private boolean again(Batch<T> batch, int index, Failure failure, Trouble trouble) {
    Reaction reaction = job.reaction(failure.kind());
    boolean wasInDoubt = isFoundAbsent(batch, index);
    if (batch.doubt().isEmpty() || wasInDoubt) {
      trouble.note(failure, reaction, wasInDoubt);
    } else { // what the service wanted with it was heeded before the others were verified
      trouble.noteHeeded(failure, reaction);
    }
    if (!batch.hasValues()) {
      batch.family(index).settle(1);
      parts.workload.busy().remove(batch.key(index));
      parts.expected.again(batch.key(index));
      return true;
    }
    return switch (reaction.kind()) {
      case SLOW_DOWN ->
        batch.item(index).slowedDown() < job.patience()
            && later(batch.item(index).slowDown(), parts.time.nanoTime());
      case STOP -> later(batch.item(index), parts.time.nanoTime());
      case RETRY -> retry(batch, index, failure, reaction, trouble);
      case FAIL ->
        isFoundAbsent(batch, index)
            && retry(batch, index, failure, Reaction.retry(DOUBT_RETRIES), trouble);
    };
  }

  /** An item in doubt that the target does not have did not fail; it was never applied. */
  private boolean isFoundAbsent(Batch<T> batch, int index) {
    return batch
        .doubt()
        .filter(doubt -> doubt.keys().contains(batch.key(index)))
        .isPresent();
  }

  private boolean retry(
      Batch<T> batch, int index, Failure failure, Reaction reaction, Trouble trouble) {
    Pending<T> item = batch.item(index);
    if (item.attempts() >= reaction.retries()) {
      return false;
    }
    item.attempted(failure);
    // One back-off for all items of a chunk that have had as many attempts: they go together again.
    long backOff = trouble.backOffNanos.computeIfAbsent(
        item.attempts(), n -> parts.throttle.delay(job.retryBackOff(), n).toNanos());
    // What the service asked for with an answer of which items were in doubt has passed: they were
    // verified since.
    Duration asked = batch.doubt().isPresent() ? Duration.ZERO : Throttle.asked(failure);
    return later(item, parts.time.nanoTime() + Math.max(backOff, asked.toNanos()));
  }

  private boolean later(Pending<T> item, long dueNanos) {
    parts.workload.busy().add(item.key());
    parts.workload.later(item, dueNanos);
    return true;
  }

  Duration delay(Failure failure, int attempt) {
    return Throttle.longer(parts.throttle.delay(job.retryBackOff(), attempt), failure);
  }

  /** Gets a new credential, once; chunks that were sent with the old one are sent again. */
  void refreshOrStop(Answer<T> answer, Failure failure) throws InterruptedException {
    if (credentialRefreshed && answer.sentNanos() - refreshedAtNanos < 0) {
      return;
    }
    if (failure.kind() != FailureKind.AUTHENTICATION
        || credentialRefreshed
        || !refreshCredential()) {
      stopper.stop(failure.kind(), "the service answered " + failure);
    }
    credentialRefreshed = true;
    refreshedAtNanos = parts.time.nanoTime();
  }

  private boolean refreshCredential() throws InterruptedException {
    try {
      return job.target().refreshCredential();
    } catch (RuntimeException e) {
      parts.tally.problem("the target could not refresh its credential: " + e);
      return false;
    }
  }

  Batch<T> successor(Batch<T> batch, List<Pending<T>> items) {
    items.forEach(item -> parts.workload.busy().add(item.key()));
    return Batch.of(items)
        .like(batch)
        .followedBy(batch.sibling().orElse(null))
        .badIfSiblingClean(batch.isBadIfSiblingClean());
  }

  /**
   * Sends both halves, the second after the first. If the first turns out clean, the second is
   * known to hold what the whole was refused for, and is halved without being sent; not so if the
   * whole was only too large.
   */
  void halve(Batch<T> batch, boolean oneIsBad) {
    List<Pending<T>> items = batch.items();
    int half = items.size() / 2;
    Batch<T> second = Batch.of(items.subList(half, items.size()))
        .halfOf(batch)
        .followedBy(batch.sibling().orElse(null))
        .badIfSiblingClean(oneIsBad);
    parts.workload.now(Batch.of(items.subList(0, half)).halfOf(batch).followedBy(second));
  }

  void nextSibling(Batch<T> batch, boolean clean) {
    Batch<T> sibling = batch.sibling().orElse(null);
    if (sibling == null) {
      return;
    }
    if (clean && sibling.isBadIfSiblingClean() && sibling.size() > 1) {
      halve(sibling, true);
    } else {
      sibling.nothingIsKnown(!clean);
      parts.workload.now(sibling.merged());
    }
  }

  void doneAllRetried(Batch<T> batch, Failure failure, ChunkTiming timing, String inWords) {
    parts.tally.retried(batch.size());
    parts.retryEvent(batch.size(), failure);
    done(
        batch,
        List.of(),
        new ItemResult(ItemResult.OTHERS, Outcome.failed(failure), true),
        timing,
        inWords);
  }

  void done(
      Batch<T> batch,
      List<ItemResult> results,
      ItemResult others,
      ChunkTiming timing,
      String inWords) {
    if (!batch.hasValues()) {
      parts.feed.release();
    }
    parts.recorder.add(new ChunkDone(parts.time.now(), batch.number(), results, others, timing));
    parts.concluded(
        new ChunkReport(batch.number(), batch.size(), inWords, timing.waited(), timing.took()));
  }

  void slowDown(Answer<T> answer, Failure failure) {
    int hits = parts.throttle.hit(failure, answer.sentNanos());
    smaller(answer, "the service answered " + failure.kind());
    if (hits >= job.patience()) {
      stopper.stop(
          failure.kind(),
          "the service was rate limited " + hits + " times in a row (" + failure.kind() + ")");
    }
  }

  /** Makes the chunks smaller until the service takes some. */
  private void smaller(Answer<T> answer, String cause) {
    if (!isOfLargerChunks(answer)) {
      parts.sizer.onRateLimited(cause).ifPresent(this::sizeChanged);
    }
  }

  /**
   * Waits as long as the service asked, if it did, and makes chunks smaller for it.
   *
   * @param isSmaller whether they are smaller by now for another reason that the answer gave
   */
  void waitIfAsked(Answer<T> answer, Failure failure, boolean isSmaller) {
    if (failure.retryAfter().isPresent()) {
      if (!isSmaller) {
        smaller(answer, ASKED_TO_WAIT);
      }
      parts.throttle.close(failure);
    }
  }

  /**
   * Makes the chunks smaller, and remembers the size. Not for a part of a chunk that was too large:
   * that one has made them smaller, and what is left of it may be one item's trouble.
   *
   * @return whether they are smaller now
   */
  boolean sizeTrouble(Answer<T> answer, String cause) {
    Batch<T> batch = answer.batch();
    if (isOfLargerChunks(answer) || batch.isOfTooLarge()) {
      return false;
    }
    Optional<SizeChange> change = parts.sizer.onTooLarge(batch.size(), cause);
    change.ifPresent(this::sizeChanged);
    return change.isPresent();
  }

  /**
   * {@return whether it was sent before chunks last became smaller} What the service says to chunks
   * that are in flight together, it says once.
   */
  private boolean isOfLargerChunks(Answer<T> answer) {
    return answer.sentNanos() - shrunkNanos < 0;
  }

  private void sizeChanged(SizeChange change) {
    if (change.to() < change.from()) {
      shrunkNanos = parts.time.nanoTime();
    }
    parts.recorder.add(new Note(parts.time.now(), "chunk-size", change.toString()));
    parts.tally.sizeChanged(change);
    parts.listeners.each(listener -> listener.onSizeChange(change));
  }

  /** What went wrong in one chunk, beside its items' outcomes. */
  private static final class Trouble {
    private final Map<Integer, Long> backOffNanos = new HashMap<>(2);
    private boolean timedOut;
    private boolean tooLarge;
    private boolean heeded;
    private @Nullable Failure limited;
    private @Nullable Failure asked;
    private @Nullable Failure stop;

    /** An item in doubt had its share in the trouble when its answer was lost. */
    void note(Failure failure, Reaction reaction, boolean wasInDoubt) {
      timedOut |= failure.kind() == FailureKind.TIMEOUT && !wasInDoubt;
      tooLarge |= failure.kind() == FailureKind.TOO_LARGE;
      if (reaction.kind() == Reaction.Kind.SLOW_DOWN) {
        limited = limited == null || longer(failure, limited) ? failure : limited;
      } else if (failure.retryAfter().isPresent() && !wasInDoubt) {
        asked = asked == null || longer(failure, asked) ? failure : asked;
      }
      noteStop(failure, reaction);
    }

    /** Notes what {@link #heed} has seen to. */
    void noteHeeded(Failure failure, Reaction reaction) {
      heeded |= failure.kind() == FailureKind.TIMEOUT
          || failure.kind() == FailureKind.TOO_LARGE
          || reaction.kind() == Reaction.Kind.SLOW_DOWN;
      noteStop(failure, reaction);
    }

    private void noteStop(Failure failure, Reaction reaction) {
      if (reaction.kind() == Reaction.Kind.STOP) {
        stop = failure;
      }
    }

    private static boolean longer(Failure a, Failure b) {
      return a.retryAfter().orElse(Duration.ZERO).compareTo(b.retryAfter().orElse(Duration.ZERO))
          > 0;
    }

    /** {@return whether the service bears chunks like this one} */
    boolean isNone() {
      return !timedOut && !tooLarge && limited == null;
    }

    Optional<Failure> limited() {
      return Optional.ofNullable(limited);
    }

    /** {@return the failure with which the service asked longest to wait, though for no limit} */
    Optional<Failure> asked() {
      return Optional.ofNullable(asked);
    }

    Optional<Failure> stop() {
      return Optional.ofNullable(stop);
    }
  }

  /** Ends the run once what is in flight has come back. */
  interface Stopper {
    /** Ends it as STOPPED. */
    void stop(String reason);

    /** Ends it as STOPPED for a failure of this kind; people are told, unless it is ending. */
    void stop(FailureKind kind, String reason);

    /** Ends it as FAILED. */
    void fail(String reason);
  }
}
