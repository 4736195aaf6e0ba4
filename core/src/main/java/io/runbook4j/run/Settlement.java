package io.runbook4j.run;

import io.runbook4j.chunk.ChunkSizer.SizeChange;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.ledger.ItemResult;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkDone;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkTiming;
import io.runbook4j.spi.ledger.LedgerEntry.Note;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides what follows from an answer: outcomes, retries, bisection, verification, a stop. Not safe
 * for many threads.
 */
final class Settlement<T> {
  /**
   * The kinds that speak of the data: only they are worth looking for the bad item in a refused
   * chunk.
   */
  private static final Set<FailureKind> OF_THE_DATA = EnumSet.of(
      FailureKind.INVALID,
      FailureKind.TOO_LARGE,
      FailureKind.NOT_FOUND,
      FailureKind.CONFLICT,
      FailureKind.MAPPING_MISSING,
      FailureKind.INTEGRITY);

  /** How often a chunk in doubt is verified or reapplied before it is parked. */
  private static final int DOUBT_RETRIES = 3;

  private final SyncJob<T> job;
  private final Parts<T> parts;
  private final Stopper stopper;
  private boolean credentialRefreshed;
  private long refreshedAtNanos;

  Settlement(SyncJob<T> job, Parts<T> parts, Stopper stopper) {
    this.job = job;
    this.parts = parts;
    this.stopper = stopper;
  }

  void settle(Answer<T> answer, ChunkTiming timing) throws InterruptedException {
    if (answer.batch().doubt().isPresent()) {
      verified(answer, timing);
      return;
    }
    ChunkResult result = answer.result();
    if (!result.isWholeCall()) {
      answered(answer, timing);
      return;
    }
    Outcome outcome = result.others().orElseThrow();
    if (outcome instanceof Outcome.InDoubt doubt) {
      unanswered(answer, doubt.failure(), timing);
    } else if (outcome instanceof Outcome.Failed failed) {
      refused(answer, failed.failure(), timing);
    }
  }

  // ---- an outcome for each item

  private void answered(Answer<T> answer, ChunkTiming timing) throws InterruptedException {
    Batch<T> batch = answer.batch();
    ChunkResult result = answer.result();
    if (result.reported().isEmpty() && result.others().orElse(null) instanceof Outcome.Succeeded) {
      allSucceeded(batch, timing);
      return;
    }
    Outcome[] outcomes = new Outcome[batch.size()];
    int reported = 0;
    List<String> doubtful = new ArrayList<>(0);
    for (int i = 0; i < outcomes.length; i++) {
      Outcome own = result.reported().get(batch.key(i));
      reported += own == null ? 0 : 1;
      outcomes[i] = own != null ? own : result.others().orElse(NOT_REPORTED);
      if (outcomes[i] instanceof Outcome.InDoubt) {
        doubtful.add(batch.key(i));
      }
    }
    if (reported < result.reported().size()) {
      stopper.fail(invented(batch, result));
    }
    if (!doubtful.isEmpty() && mayVerify()) {
      verify(batch, doubtful, outcomes);
    } else {
      conclude(answer, outcomes, timing);
    }
  }

  private static final Outcome NOT_REPORTED = Outcome.failed(
      Failure.of(FailureKind.UNKNOWN, "the target did not report what became of it"));

  private String invented(Batch<T> batch, ChunkResult result) {
    String key = result.reported().keySet().stream()
        .filter(reported -> !batch.keys().contains(reported))
        .findFirst()
        .orElseThrow();
    return "the target " + job.target().getClass().getName() + " reported key \"" + key
        + "\", which is not in chunk " + batch.number()
        + "; what it reports cannot be trusted until that is mended";
  }

  private void allSucceeded(Batch<T> batch, ChunkTiming timing) {
    credentialRefreshed = false;
    batch.settleAll();
    parts.tally.succeeded(batch.size());
    if (!parts.workload.busy().isEmpty()) {
      batch.keys().forEach(parts.workload.busy()::remove);
    }
    done(batch, List.of(), ItemResult.othersSucceeded(), timing, "all succeeded");
    clean(batch);
  }

  private void clean(Batch<T> batch) {
    parts.throttle.clean();
    parts.sizer.onClean().ifPresent(this::sizeChanged);
    nextSibling(batch, true);
  }

  /** Records outcomes for all items, and sends again those that may be tried again. */
  private void conclude(Answer<T> answer, Outcome[] outcomes, ChunkTiming timing)
      throws InterruptedException {
    Batch<T> batch = answer.batch();
    List<ItemResult> results = new ArrayList<>();
    Trouble trouble = new Trouble();
    int retried = 0;
    for (int i = 0; i < outcomes.length; i++) {
      if (outcomes[i] instanceof Outcome.Succeeded) {
        succeeded(batch, i);
      } else {
        boolean again = outcomes[i] instanceof Outcome.Failed failed
            && again(batch, i, failed.failure(), trouble);
        retried += again ? 1 : 0;
        results.add(new ItemResult(i, outcomes[i], again));
        if (!again) {
          settled(batch, i, outcomes[i]);
        }
      }
    }
    int succeeded = outcomes.length - results.size();
    done(
        batch,
        results,
        ItemResult.othersSucceeded(),
        timing,
        succeeded + " succeeded, " + (results.size() - retried) + " not, " + retried
            + " to be tried again");
    if (succeeded > 0) {
      parts.throttle.clean();
    }
    if (trouble.limited().isPresent()) {
      slowDown(answer, trouble.limited().orElseThrow());
      nextSibling(batch, false);
    } else if (trouble.isSizeTooBig()) {
      sizeTrouble("items " + (trouble.timedOut ? "timed out" : "were too large"));
      nextSibling(batch, false);
    } else {
      clean(batch);
    }
    if (trouble.stop().isPresent()) {
      refreshOrStop(answer, trouble.stop().orElseThrow());
    } else {
      credentialRefreshed = false;
    }
  }

  private void succeeded(Batch<T> batch, int index) {
    batch.family(index).settle(1);
    parts.tally.succeeded(1);
    parts.workload.busy().remove(batch.key(index));
    leaveOutIfOpen(batch, index);
  }

  private void settled(Batch<T> batch, int index, Outcome outcome) {
    String key = batch.key(index);
    batch.family(index).settle(1);
    parts.tally.settled(key, outcome);
    parts.workload.busy().remove(key);
    leaveOutIfOpen(batch, index);
    if (outcome instanceof Outcome.Failed failed
        && failed.failure().kind() == FailureKind.INTEGRITY) {
      parts.alarm.raise(
          "integrity",
          Severity.SEV1,
          "item " + key + ": " + failed.failure().message()
              + "; stop writing until it is known how far the corruption goes");
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
    trouble.note(failure, reaction);
    if (!batch.hasValues()) {
      batch.family(index).settle(1);
      parts.workload.busy().remove(batch.key(index));
      return true;
    }
    return switch (reaction.kind()) {
      case SLOW_DOWN ->
        batch.item(index).slowedDown() < job.patience()
            && later(batch.item(index).slowDown(), parts.time.nanoTime());
      case STOP -> later(batch.item(index), parts.time.nanoTime());
      case RETRY -> retry(batch.item(index), failure, reaction, trouble);
      case FAIL ->
        isFoundAbsent(batch, index)
            && retry(batch.item(index), failure, Reaction.retry(DOUBT_RETRIES), trouble);
    };
  }

  /** An item in doubt that the target does not have did not fail; it was never applied. */
  private boolean isFoundAbsent(Batch<T> batch, int index) {
    return batch
        .doubt()
        .filter(doubt -> doubt.keys().contains(batch.key(index)))
        .isPresent();
  }

  private boolean retry(Pending<T> item, Failure failure, Reaction reaction, Trouble trouble) {
    if (item.attempts() >= reaction.retries()) {
      return false;
    }
    item.attempted(failure);
    parts.tally.retried(1);
    // One back-off for all items of a chunk that have had as many attempts: they go together again.
    long backOff = trouble.backOffNanos.computeIfAbsent(
        item.attempts(), n -> job.retryBackOff().delay(n, parts.random).toNanos());
    return later(
        item, parts.time.nanoTime() + Math.max(backOff, Throttle.asked(failure).toNanos()));
  }

  private boolean later(Pending<T> item, long dueNanos) {
    parts.workload.busy().add(item.key());
    parts.workload.later(item, dueNanos);
    return true;
  }

  private Duration delay(Failure failure, int attempt) {
    return Throttle.longer(job.retryBackOff().delay(attempt, parts.random), failure);
  }

  // ---- one answer for the whole call

  private void refused(Answer<T> answer, Failure failure, ChunkTiming timing)
      throws InterruptedException {
    Batch<T> batch = answer.batch();
    Reaction reaction = job.reaction(failure.kind());
    switch (reaction.kind()) {
      case SLOW_DOWN -> {
        slowDown(answer, failure);
        sendAgain(batch, failure, timing);
      }
      case STOP -> {
        sendAgain(batch, failure, timing);
        refreshOrStop(answer, failure);
      }
      case RETRY, FAIL -> refusedForGood(answer, failure, reaction, timing);
    }
  }

  private void refusedForGood(
      Answer<T> answer, Failure failure, Reaction reaction, ChunkTiming timing) {
    Batch<T> batch = answer.batch();
    if ((failure.kind() == FailureKind.TOO_LARGE && batch.size() > 1)
        || failure.kind() == FailureKind.TIMEOUT) {
      sizeTrouble("the service answered " + failure.kind());
    }
    if (failure.retryAfter().isPresent()) {
      parts.throttle.close(failure);
    }
    if (batch.unanswered() > 0) {
      reapplyOrPark(batch, failure, reaction, timing);
    } else if (OF_THE_DATA.contains(failure.kind()) && batch.size() > 1) {
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
      reapply(batch, failure, timing);
    } else {
      park(batch, failure, timing);
    }
  }

  /** Gets a new credential, once; chunks that were sent with the old one are sent again. */
  private void refreshOrStop(Answer<T> answer, Failure failure) throws InterruptedException {
    if (credentialRefreshed && answer.sentNanos() - refreshedAtNanos < 0) {
      return;
    }
    if (failure.kind() != FailureKind.AUTHENTICATION
        || credentialRefreshed
        || !refreshCredential()) {
      stop(failure);
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

  /** Sends the batch again as it is, without counting an attempt. */
  private void sendAgain(Batch<T> batch, Failure failure, ChunkTiming timing) {
    if (batch.unanswered() > 0) {
      parts.workload.now(batch); // its answer was lost before: it stays the chunk that it was
      return;
    }
    doneAllRetried(batch, failure, timing, "refused: " + failure);
    parts.workload.now(successor(batch, batch.items()));
  }

  private Batch<T> successor(Batch<T> batch, List<Pending<T>> items) {
    items.forEach(item -> parts.workload.busy().add(item.key()));
    return Batch.of(items)
        .followedBy(batch.sibling().orElse(null))
        .badIfSiblingClean(batch.isBadIfSiblingClean());
  }

  private void bisect(Batch<T> batch, Failure failure, ChunkTiming timing) {
    doneAllRetried(batch, failure, timing, "refused and bisected: " + failure);
    List<Pending<T>> items = batch.items();
    items.forEach(item -> parts.workload.busy().add(item.key()));
    batch.sibling().ifPresent(sibling -> sibling.badIfSiblingClean(false));
    halve(items, failure.kind() != FailureKind.TOO_LARGE, batch.sibling().orElse(null));
  }

  /**
   * Sends both halves, the second after the first. If the first turns out clean, the second is
   * known to hold what the whole was refused for, and is halved without being sent; not so if the
   * whole was only too large.
   */
  private void halve(List<Pending<T>> items, boolean oneIsBad, @Nullable Batch<T> afterwards) {
    int half = items.size() / 2;
    Batch<T> second = Batch.of(items.subList(half, items.size()))
        .followedBy(afterwards)
        .badIfSiblingClean(oneIsBad);
    parts.workload.now(Batch.of(items.subList(0, half)).followedBy(second));
  }

  private void nextSibling(Batch<T> batch, boolean clean) {
    Batch<T> sibling = batch.sibling().orElse(null);
    if (sibling == null) {
      return;
    }
    if (clean && sibling.isBadIfSiblingClean() && sibling.size() > 1) {
      halve(sibling.items(), true, sibling.sibling().orElse(null));
    } else {
      parts.workload.now(sibling);
    }
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
        settled(batch, i, outcome);
      }
    }
    String inWords = "refused: " + failure + "; " + given.size() + " given up, " + again.size()
        + " to be tried again";
    if (again.isEmpty()) {
      done(
          batch,
          List.of(),
          new ItemResult(ItemResult.OTHERS, Outcome.failed(failure), false),
          timing,
          inWords);
      nextSibling(batch, false);
      return;
    }
    done(
        batch,
        given,
        new ItemResult(ItemResult.OTHERS, Outcome.failed(failure), true),
        timing,
        inWords);
    parts.tally.retried(again.size());
    parts.retryEvent(again.size(), failure);
    parts.workload.later(
        successor(batch, again).retryOnly(),
        parts.time.nanoTime() + delay(failure, attempt).toNanos());
  }

  /** Gives up a batch of retries that the retry budget has no room for. */
  void overBudget(Batch<T> batch) {
    if (batch.unanswered() > 0) {
      Failure failure =
          Failure.of(FailureKind.TIMEOUT, "not answered, and the retry budget is used up");
      park(batch, failure, ChunkTiming.NONE);
      return;
    }
    Outcome[] outcomes = new Outcome[batch.size()];
    for (int i = 0; i < outcomes.length; i++) {
      Failure last = batch.item(i).last().orElse(Failure.of(FailureKind.UNKNOWN, "never tried"));
      String message = last.message() + " (not tried again: the retry budget is used up)";
      Failure failure = Failure.of(last.kind(), message);
      outcomes[i] = Outcome.failed(last.code().map(failure::withCode).orElse(failure));
    }
    List<ItemResult> results = new ArrayList<>(outcomes.length);
    for (int i = 0; i < outcomes.length; i++) {
      results.add(new ItemResult(i, outcomes[i], false));
      settled(batch, i, outcomes[i]);
    }
    done(
        batch,
        results,
        ItemResult.othersSucceeded(),
        ChunkTiming.NONE,
        "given up: the retry budget is used up");
    nextSibling(batch, false);
  }

  // ---- doubt

  private boolean mayVerify() {
    return job.inDoubt() == InDoubt.RESOLVE || job.inDoubt() == InDoubt.VERIFY;
  }

  private void unanswered(Answer<T> answer, Failure failure, ChunkTiming timing) {
    Batch<T> batch = answer.batch();
    if (failure.kind() == FailureKind.TIMEOUT) {
      sizeTrouble("a call was not answered in time");
    }
    if (failure.kind() == FailureKind.CANCELLED) {
      stopper.stop("a call was interrupted");
    }
    if (mayVerify()) {
      Outcome[] outcomes = new Outcome[batch.size()];
      Arrays.fill(outcomes, Outcome.inDoubt(failure));
      verify(batch, batch.keys(), outcomes);
    } else if (job.inDoubt() == InDoubt.REAPPLY) {
      batch.wentUnanswered();
      reapply(batch, failure, timing);
    } else {
      park(batch, failure, timing);
    }
  }

  /**
   * Asks the target about the doubtful items. The chunk has no result in the ledger until it has
   * said.
   */
  private void verify(Batch<T> batch, List<String> doubtful, Outcome[] outcomes) {
    Map<String, Outcome> known = new HashMap<>();
    Failure failure = null;
    for (int i = 0; i < outcomes.length; i++) {
      if (outcomes[i] instanceof Outcome.InDoubt doubt) {
        failure = doubt.failure();
      } else {
        known.put(batch.key(i), outcomes[i]);
      }
    }
    if (failure != null) {
      verify(batch, new Batch.Doubt(doubtful, failure, known));
    }
  }

  /** Asks the target about items in doubt. */
  void verify(Batch<T> batch, Batch.Doubt doubt) {
    batch.keys().forEach(parts.workload.busy()::add);
    batch.doubt(doubt);
    parts.workload.now(batch);
  }

  private void verified(Answer<T> answer, ChunkTiming timing) throws InterruptedException {
    Batch<T> batch = answer.batch();
    Batch.Doubt doubt = batch.doubt().orElseThrow();
    ChunkResult result = answer.result();
    if (!result.isWholeCall()) {
      concludeVerified(answer, doubt, timing);
    } else if (result.others().orElseThrow() instanceof Outcome.InDoubt lost) {
      verificationFailed(answer, doubt, lost.failure(), timing);
    } else if (job.inDoubt() == InDoubt.RESOLVE
        && doubt.known().isEmpty()
        && batch.hasValues()
        && job.target().isIdempotent()) {
      batch.noDoubt();
      batch.wentUnanswered();
      reapply(batch, doubt.failure(), timing);
    } else if (job.inDoubt() == InDoubt.RESOLVE
        && !batch.hasValues()
        && !doubt.sendUnknown()
        && job.target().isIdempotent()) {
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
    Outcome[] outcomes = new Outcome[batch.size()];
    for (int i = 0; i < outcomes.length; i++) {
      Outcome known = doubt.known().get(batch.key(i));
      outcomes[i] =
          known != null ? known : answer.result().outcome(batch.key(i)).orElseThrow();
      if (outcomes[i] instanceof Outcome.InDoubt unknown && doubt.sendUnknown()) {
        outcomes[i] = Outcome.failed(unknown.failure());
      }
    }
    conclude(answer, outcomes, timing);
  }

  private void verificationFailed(
      Answer<T> answer, Batch.Doubt doubt, Failure failure, ChunkTiming timing)
      throws InterruptedException {
    Batch<T> batch = answer.batch();
    Reaction reaction = job.reaction(failure.kind());
    if (reaction.kind() == Reaction.Kind.SLOW_DOWN) {
      slowDown(answer, failure);
      parts.workload.now(batch);
    } else if (reaction.kind() == Reaction.Kind.STOP || failure.kind() == FailureKind.CANCELLED) {
      parts.workload.now(
          batch); // stays in doubt until it is verified, be it when the run is resumed
      refreshOrStop(answer, failure);
    } else if (batch.unanswered() <= DOUBT_RETRIES) {
      batch.wentUnanswered();
      parts.workload.later(
          batch, parts.time.nanoTime() + delay(failure, batch.unanswered()).toNanos());
    } else {
      parkDoubt(answer, doubt, timing);
    }
  }

  private void parkDoubt(Answer<T> answer, Batch.Doubt doubt, ChunkTiming timing)
      throws InterruptedException {
    Batch<T> batch = answer.batch();
    Outcome unknown =
        doubt.sendUnknown() ? Outcome.failed(doubt.failure()) : Outcome.inDoubt(doubt.failure());
    Outcome[] outcomes = new Outcome[batch.size()];
    for (int i = 0; i < outcomes.length; i++) {
      outcomes[i] = doubt.known().getOrDefault(batch.key(i), unknown);
    }
    conclude(answer, outcomes, timing);
  }

  /**
   * Sends the chunk again as it was, with its idempotency key; it has no result in the ledger until
   * one comes.
   */
  private void reapply(Batch<T> batch, Failure failure, ChunkTiming timing) {
    if (batch.unanswered() > DOUBT_RETRIES) {
      park(batch, failure, timing);
      return;
    }
    batch.keys().forEach(parts.workload.busy()::add);
    parts.tally.retried(batch.size());
    parts.retryEvent(batch.size(), failure);
    parts.workload.later(
        batch.retryOnly(),
        parts.time.nanoTime() + delay(failure, batch.unanswered()).toNanos());
  }

  /** Leaves a whole chunk in doubt, for a person. */
  void park(Batch<T> batch, Failure failure, ChunkTiming timing) {
    Outcome outcome = Outcome.inDoubt(failure);
    for (int i = 0; i < batch.size(); i++) {
      settled(batch, i, outcome);
    }
    done(
        batch,
        List.of(),
        new ItemResult(ItemResult.OTHERS, outcome, false),
        timing,
        "in doubt: " + failure);
    nextSibling(batch, false);
  }

  // ---- what all of them do

  private void doneAllRetried(Batch<T> batch, Failure failure, ChunkTiming timing, String inWords) {
    parts.retryEvent(batch.size(), failure);
    done(
        batch,
        List.of(),
        new ItemResult(ItemResult.OTHERS, Outcome.failed(failure), true),
        timing,
        inWords);
  }

  private void done(
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

  private void slowDown(Answer<T> answer, Failure failure) {
    int hits = parts.throttle.hit(failure, answer.sentNanos());
    parts
        .sizer
        .onRateLimited("the service answered " + failure.kind())
        .ifPresent(this::sizeChanged);
    if (hits >= job.patience()) {
      stopper.stop("the service was rate limited " + hits + " times in a row");
    }
  }

  private void sizeTrouble(String cause) {
    parts.sizer.onTooLarge(cause).ifPresent(this::sizeChanged);
  }

  private void sizeChanged(SizeChange change) {
    parts.recorder.add(new Note(parts.time.now(), "chunk-size", change.toString()));
    parts.tally.sizeChanged(change);
    parts.listeners.each(listener -> listener.onSizeChange(change));
  }

  private void stop(Failure failure) {
    stopper.stop("the service answered " + failure);
    parts.alarm.raise(
        "run-stopped",
        Severity.SEV3,
        "the run stopped: " + failure + "; mend it (a new credential, say), then resume the run");
  }

  /** What went wrong in one chunk, beside its items' outcomes. */
  private static final class Trouble {
    private final Map<Integer, Long> backOffNanos = new HashMap<>(2);
    private boolean timedOut;
    private boolean tooLarge;
    private @Nullable Failure limited;
    private @Nullable Failure stop;

    void note(Failure failure, Reaction reaction) {
      timedOut |= failure.kind() == FailureKind.TIMEOUT;
      tooLarge |= failure.kind() == FailureKind.TOO_LARGE;
      if (reaction.kind() == Reaction.Kind.SLOW_DOWN
          && (limited == null || longer(failure, limited))) {
        limited = failure;
      }
      if (reaction.kind() == Reaction.Kind.STOP) {
        stop = failure;
      }
    }

    private static boolean longer(Failure a, Failure b) {
      return a.retryAfter().orElse(Duration.ZERO).compareTo(b.retryAfter().orElse(Duration.ZERO))
          > 0;
    }

    boolean isSizeTooBig() {
      return timedOut || tooLarge;
    }

    Optional<Failure> limited() {
      return Optional.ofNullable(limited);
    }

    Optional<Failure> stop() {
      return Optional.ofNullable(stop);
    }
  }

  /** Ends the run once what is in flight has come back. */
  interface Stopper {
    /** Ends it as STOPPED. */
    void stop(String reason);

    /** Ends it as FAILED. */
    void fail(String reason);
  }
}
