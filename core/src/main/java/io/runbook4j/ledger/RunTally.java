package io.runbook4j.ledger;

import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.ItemResult;
import io.runbook4j.spi.ledger.LedgerEntry;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkBegun;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkDone;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkIntent;
import io.runbook4j.spi.ledger.LedgerEntry.LimitMet;
import io.runbook4j.spi.ledger.LedgerEntry.Note;
import io.runbook4j.spi.ledger.LedgerEntry.RunFinished;
import io.runbook4j.spi.ledger.LedgerEntry.RunResumed;
import io.runbook4j.spi.ledger.LedgerEntry.RunStarted;
import io.runbook4j.spi.ledger.LedgerEntry.Span;
import io.runbook4j.spi.ledger.Position;
import io.runbook4j.spi.ledger.ResumePoint;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.ledger.RunSummary;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a run's entries add up to, and the judge of whether the next one fits. Takes memory for the
 * chunks in flight and the items to be tried again, not for those that are settled; a chunk whose
 * items all succeeded at the first try costs a look into two maps. Not safe for many threads.
 */
final class RunTally {
  private static final Set<FailureKind> NO_ATTEMPTS =
      EnumSet.of(FailureKind.RATE_LIMITED, FailureKind.AUTHENTICATION, FailureKind.CANCELLED);

  private final RunId run;
  private final RunFollower follower;
  private final OpenChunks open = new OpenChunks();
  private final ChunkNumbers numbers = new ChunkNumbers();

  /** Items read and not settled, with the results so far; those of open chunks only if retried. */
  private final Map<String, Integer> pending = new HashMap<>();

  private @Nullable RunStarted started;
  private @Nullable RunFinished finished;
  private @Nullable Instant notBefore;
  private @Nullable Instant lastCallAt;
  private Position position = Position.start();
  private int lastPage;
  private Instant lastAt = Instant.MIN;
  private Instant after = Instant.MIN;
  private long succeeded;
  private long failed;
  private long skipped;
  private long inDoubt;

  RunTally(RunId run, RunFollower follower) {
    this.run = run;
    this.follower = follower;
  }

  /**
   * Adds the next entry.
   *
   * @throws IllegalStateException if it cannot follow the entries before it; nothing is changed
   */
  void add(LedgerEntry entry) {
    Instant at = Objects.requireNonNull(entry.at(), "at");
    if (entry instanceof ChunkBegun begun) {
      requireGoing(entry);
      begin(begun);
    } else if (entry instanceof ChunkDone done) {
      requireGoing(entry);
      finish(done);
    } else if (entry instanceof RunStarted start) {
      start(start);
    } else if (entry instanceof RunResumed) {
      if (started == null) {
        throw misfit("begins with RunResumed and has no RunStarted");
      }
      finished = null;
    } else {
      requireGoing(entry);
      addRare(entry);
    }
    if (entry instanceof ChunkBegun || entry instanceof ChunkDone || entry instanceof Note) {
      lastCallAt = at;
    }
    // Clocks step back; the order of entries is the order of events.
    lastAt = at.isAfter(lastAt) ? at : lastAt;
  }

  /** What comes was recorded no earlier than this, by the clocks of the job's other runs. */
  void after(Instant at) {
    after = at.isAfter(after) ? at : after;
    follower.after(at);
  }

  private void addRare(LedgerEntry entry) {
    if (entry instanceof LimitMet met) {
      notBefore = notBefore == null || met.until().isAfter(notBefore) ? met.until() : notBefore;
    } else if (entry instanceof RunFinished end) {
      if (end.state() == RunState.RUNNING || end.state() == RunState.DIED) {
        throw misfit("must finish COMPLETED, STOPPED or FAILED, was %s", end.state());
      }
      end.unread().forEach(key -> pending.putIfAbsent(key, 0));
      finished = end;
      follower.finished(end);
    }
  }

  private void start(RunStarted start) {
    if (started != null) {
      throw misfit("has a second RunStarted at %s", start.at());
    }
    if (!start.run().equals(run)) {
      throw misfit("has the RunStarted of run %s", start.run());
    }
    started = start;
  }

  private void begin(ChunkBegun begun) {
    int number = begun.chunk().number();
    if (number < 1) {
      throw misfit("has a chunk number that must be at least 1, was %s", number);
    }
    int page = begun.position().page();
    if (page < position.page()) {
      throw misfit("has chunk %s with a position that goes back to page %s", number, page);
    }
    int spanned = 0;
    for (Span span : begun.chunk().spans()) {
      if (span.count() < 1) {
        throw misfit("has chunk %s with an empty span", number);
      }
      spanned += span.count();
    }
    int size = begun.chunk().keys().size();
    if (spanned != size) {
      throw misfit("has chunk %s with %s keys in spans of %s items", number, size, spanned);
    }
    if (!numbers.take(number)) {
      throw misfit("began chunk %s twice", number);
    }
    open.add(begun);
    position = begun.position();
    for (Span span : begun.chunk().spans()) {
      lastPage = Math.max(lastPage, span.page());
    }
    follower.begun(begun);
  }

  private void finish(ChunkDone done) {
    ChunkBegun begun = open.find(done.number());
    if (begun == null) {
      throw misfit("has a result of chunk %s, which is not open", done.number());
    }
    List<String> keys = begun.chunk().keys();
    List<ItemResult> results = done.results();
    checkIndexes(done, keys.size());
    for (int i = 0; i < results.size(); i++) { // for each chunk: no iterator
      count(results.get(i), 1);
    }
    count(done.others(), keys.size() - results.size());
    updatePending(keys, done);
    open.remove(done.number());
    follower.done(begun.chunk(), done);
  }

  private void checkIndexes(ChunkDone done, int size) {
    List<ItemResult> results = done.results();
    int last = -1;
    for (int i = 0; i < results.size(); i++) { // as above
      int index = results.get(i).index();
      if (index <= last || index >= size) {
        throw misfit(
            "has a result of chunk %s whose index must rise and be below %s, was %s",
            done.number(), size, index);
      }
      last = index;
    }
  }

  private void count(ItemResult result, int items) {
    if (!ChunkItems.settles(result)) {
      return;
    }
    Outcome outcome = result.outcome();
    if (outcome instanceof Outcome.Succeeded) {
      succeeded += items;
    } else if (outcome instanceof Outcome.Failed) {
      failed += items;
    } else if (outcome instanceof Outcome.Skipped) {
      skipped += items;
    } else {
      inDoubt += items;
    }
  }

  private void updatePending(List<String> keys, ChunkDone done) {
    if (pending.isEmpty() && ChunkItems.allSettled(done)) {
      return;
    }
    ChunkItems.forEach(keys, done, (key, result) -> {
      if (ChunkItems.settles(result)) {
        pending.remove(key);
      } else {
        pending.merge(key, isAttempt(result) ? 1 : 0, Integer::sum);
      }
    });
  }

  /**
   * {@return whether the answer spoke of the item, and not of how often or by whom it was asked}
   */
  private static boolean isAttempt(ItemResult result) {
    if (!(result.outcome() instanceof Outcome.Failed failed)) {
      return true;
    }
    FailureKind kind = failed.failure().kind();
    return !NO_ATTEMPTS.contains(kind)
        && !(result.index() == ItemResult.OTHERS && kind.isOfTheData());
  }

  /** {@return whether the run has ended and was not resumed} */
  boolean isFinished() {
    return finished != null;
  }

  /** {@return how the run ended, unless it goes on} */
  Optional<RunFinished> finished() {
    return Optional.ofNullable(finished);
  }

  /** {@return how the run began; there must be an entry} */
  RunStarted started() {
    if (started == null) {
      throw new IllegalStateException("Run " + run + " has no RunStarted");
    }
    return started;
  }

  /** {@return the latest time of any entry so far} */
  Instant lastAt() {
    return lastAt;
  }

  /** {@return the latest time so far, as it stands to those of the job's other runs} */
  Instant clock() {
    return after.isAfter(lastAt) ? after : lastAt;
  }

  /** {@return the chunks without a result, by rising number} */
  Collection<ChunkBegun> open() {
    return open.all();
  }

  /** {@return the chunk of that number if it has no result} */
  Optional<ChunkBegun> open(int number) {
    return Optional.ofNullable(open.find(number));
  }

  /** {@return the run in short} */
  RunSummary summary(boolean held) {
    return totals().summary(started(), held, Optional.ofNullable(finished));
  }

  /** {@return the counts that do not depend on whether the run's process lives} */
  RunTotals totals() {
    Set<String> inFlight = new HashSet<>();
    open.all().forEach(begun -> inFlight.addAll(begun.chunk().keys()));
    long waiting =
        pending.keySet().stream().filter(key -> !inFlight.contains(key)).count();
    return new RunTotals(
        new Counts(succeeded + failed + skipped + inDoubt, succeeded, failed, skipped, inDoubt, 0),
        inFlight.size(),
        waiting);
  }

  /** {@return what is needed to go on; {@code settledSince} from whoever follows the chunks} */
  ResumePoint resumePoint(Map<String, Integer> settledSince) {
    List<ChunkIntent> intents = open.all().stream().map(ChunkBegun::chunk).toList();
    Set<String> inFlight =
        intents.stream().flatMap(chunk -> chunk.keys().stream()).collect(Collectors.toSet());
    Map<String, Integer> attempts = pending.entrySet().stream()
        .filter(entry -> entry.getValue() > 0 || !inFlight.contains(entry.getKey()))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    ResumePoint.Builder point = ResumePoint.builder()
        .position(position)
        .settledSince(settledSince)
        .open(intents)
        .attempts(attempts)
        .nextChunk(numbers.highest() + 1)
        .nextPage(Math.max(lastPage + 1, position.page()))
        .settled(totals().settled());
    if (notBefore != null) {
      point.notBefore(notBefore);
    }
    if (lastCallAt != null) {
      point.lastCallAt(lastCallAt);
    }
    return point.build();
  }

  private void requireGoing(LedgerEntry entry) {
    if (started == null) {
      throw misfit("begins with %s and has no RunStarted", entry.getClass().getSimpleName());
    }
    if (finished != null) {
      throw misfit("has %s after RunFinished", entry.getClass().getSimpleName());
    }
  }

  private IllegalStateException misfit(String problem, Object... values) {
    return new IllegalStateException(
        "Run " + run + " " + String.format(Locale.ROOT, problem, values));
  }
}
