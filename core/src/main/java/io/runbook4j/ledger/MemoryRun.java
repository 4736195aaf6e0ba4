package io.runbook4j.ledger;

import io.runbook4j.spi.ledger.ItemRecord;
import io.runbook4j.spi.ledger.LedgerEntry;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkBegun;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkDone;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkIntent;
import io.runbook4j.spi.ledger.LedgerEntry.RunFinished;
import io.runbook4j.spi.ledger.LedgerEntry.RunResumed;
import io.runbook4j.spi.ledger.ResumePoint;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunSummary;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One run in memory. Not safe for many threads. */
final class MemoryRun implements RunFollower {
  private final RunId id;
  private final RunTally tally;
  private final ItemTrail trail;
  private final ResumeWindow window = new ResumeWindow();
  private final BoundedHistory history = new BoundedHistory();
  private final List<ItemRecord> troubles = new ArrayList<>();

  /** The newest records of the job, shared with its other runs. */
  private final ItemRecords jobRecords;

  private final ItemTrail jobTrail;

  /** Chunks without a result that an earlier holder began; their items are in jobRecords. */
  private final Set<Integer> inherited = new HashSet<>();

  private boolean held;

  MemoryRun(RunId id, ItemRecords jobRecords) {
    this.id = id;
    this.tally = new RunTally(id, this);
    this.trail = new ItemTrail(id, new ItemRecords(jobRecords.marks()));
    this.jobRecords = jobRecords;
    this.jobTrail = new ItemTrail(id, jobRecords);
  }

  void add(LedgerEntry entry) {
    tally.add(entry);
    history.add(entry);
    if (entry instanceof RunResumed) {
      replaceUnanswered(true);
    }
  }

  @Override
  public void begun(ChunkBegun begun) {
    window.begun(begun);
  }

  @Override
  public void done(ChunkIntent chunk, ChunkDone done) {
    window.done(chunk, done);
    if (!inherited.isEmpty()) {
      inherited.remove(done.number());
    }
    for (String key : jobRecords.marks().among(chunk.keys())) { // the marks are the trail's too
      trail.forget(key);
      jobTrail.forget(key);
    }
    ChunkItems.forEachNotSucceeded(chunk.keys(), done, (key, result) -> {
      ItemRecord item = ItemRecord.of(id, key, done.at(), result);
      trail.renew(item);
      jobTrail.renew(item);
      if (ItemTrail.isTrouble(item)) {
        troubles.add(item);
      }
    });
  }

  @Override
  public void finished(RunFinished finished) {
    trail.finished(finished);
    jobTrail.finished(finished);
  }

  void take() {
    held = true;
  }

  /** Lets go of the run: from now on, what has no answer is in doubt. */
  void letGo() {
    held = false;
    replaceUnanswered(false);
    for (ChunkBegun begun : tally.open()) {
      if (inherited.add(begun.chunk().number())) {
        begun.chunk().keys().forEach(key -> jobTrail.renew(unanswered(begun, key)));
      }
    }
  }

  /** Corrects the job's records of inherited chunks that no other run has an answer for since. */
  private void replaceUnanswered(boolean resumed) {
    for (ChunkBegun begun : tally.open()) {
      for (String key : begun.chunk().keys()) {
        if (inherited.contains(begun.chunk().number())) {
          jobRecords
              .get(key)
              .filter(item -> item.run().equals(id))
              .ifPresent(
                  item -> jobRecords.replace(ItemTrail.unanswered(id, key, begun.at(), resumed)));
        }
      }
    }
  }

  private ItemRecord unanswered(ChunkBegun begun, String key) {
    return ItemTrail.unanswered(id, key, begun.at(), held);
  }

  /** Adds the items in flight in this process to those of the job. */
  void overlayInFlight(ItemTrail all) {
    for (ChunkBegun begun : tally.open()) {
      if (held && !inherited.contains(begun.chunk().number())) {
        begun.chunk().keys().forEach(key -> all.renew(unanswered(begun, key)));
      }
    }
  }

  void countReasons(ReasonTally reasons) {
    troubles.forEach(
        item -> item.failure().ifPresent(failure -> reasons.add(item.at(), failure, 1)));
  }

  RunId id() {
    return id;
  }

  boolean isHeld() {
    return held;
  }

  boolean isFinished() {
    return tally.isFinished();
  }

  String job() {
    return tally.started().job();
  }

  RunSummary summary() {
    return tally.summary(held);
  }

  ResumePoint resumePoint() {
    return tally.resumePoint(new HashMap<>(window.settled()));
  }

  /** {@return the items that did not succeed, as {@link ItemTrail#items} gives them} */
  Collection<ItemRecord> items() {
    return trail.items(tally.open(), held);
  }

  List<LedgerEntry> entries() {
    return history.entries();
  }
}
