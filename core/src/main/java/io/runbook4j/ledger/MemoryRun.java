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
import java.util.Map;
import java.util.Set;

/** One run in memory. Not safe for many threads. */
final class MemoryRun implements RunFollower {
  private final RunId id;
  private final RunTally tally;
  private final ItemTrail trail;
  private final ResumeWindow window = new ResumeWindow();
  private final BoundedHistory history = new BoundedHistory();
  private final List<ItemRecord> troubles = new ArrayList<>();

  /** Shared with the job's other runs. */
  private final Job job;

  private final ItemRecords jobRecords;
  private final ItemTrail jobTrail;

  /** By chunk without a result, the keys of which another run has a newer record. */
  private final Map<Integer, Set<String>> overtaken = new HashMap<>();

  /** Chunks without a result that an earlier holder began; their items are in jobRecords. */
  private final Set<Integer> inherited = new HashSet<>();

  private boolean held;

  /**
   * What the runs of one job share.
   *
   * @param records the newest of each item, but for those of chunks in flight
   * @param going the runs that go on
   */
  record Job(ItemRecords records, List<MemoryRun> going) {
    Job() {
      this(new ItemRecords(), new ArrayList<>());
    }
  }

  MemoryRun(RunId id, Job job) {
    this.id = id;
    this.tally = new RunTally(id, this);
    this.job = job;
    this.jobRecords = job.records();
    this.trail = new ItemTrail(id, new ItemRecords(jobRecords.marks()));
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
    overtakeOthers(begun.chunk().keys());
  }

  @Override
  public void done(ChunkIntent chunk, ChunkDone done) {
    window.done(chunk, done);
    overtakeOthers(chunk.keys());
    if (!overtaken.isEmpty()) {
      overtaken.remove(done.number());
    }
    if (!inherited.isEmpty()) {
      inherited.remove(done.number());
    }
    List<String> marked = jobRecords.marks().among(chunk.keys()); // the marks are the trail's too
    for (int i = 0; i < marked.size(); i++) { // for each chunk: no iterator
      trail.forget(marked.get(i));
      jobTrail.forget(marked.get(i));
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
    overtakeOthers(finished.unread());
  }

  /** Tells runs that go on at the same time, which few jobs have, that these are ours now. */
  private void overtakeOthers(List<String> keys) {
    if (job.going().size() > 1) {
      Set<String> ours = new HashSet<>(keys);
      job.going().stream().filter(run -> run != this).forEach(run -> run.overtaken(ours));
    }
  }

  private void overtaken(Set<String> keys) {
    for (ChunkBegun begun : tally.open()) {
      for (String key : begun.chunk().keys()) {
        if (keys.contains(key)) {
          overtaken
              .computeIfAbsent(begun.chunk().number(), first -> new HashSet<>())
              .add(key);
        }
      }
    }
  }

  void take() {
    held = true;
    job.going().add(this);
  }

  /** Lets go of the run: from now on, what has no answer is in doubt. */
  void letGo() {
    held = false;
    job.going().remove(this);
    replaceUnanswered(false);
    for (ChunkBegun begun : tally.open()) {
      if (!inherited.contains(begun.chunk().number())) {
        addInFlight(begun, jobTrail);
        inherited.add(begun.chunk().number());
      }
    }
    overtaken.clear();
  }

  private void addInFlight(ChunkBegun begun, ItemTrail all) {
    Set<String> newer = overtaken.getOrDefault(begun.chunk().number(), Set.of());
    for (String key : begun.chunk().keys()) {
      if (!newer.contains(key)) {
        all.renew(ItemTrail.unanswered(id, key, begun.at(), held));
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

  /** Adds the items in flight in this process to those of the job. */
  void overlayInFlight(ItemTrail all) {
    for (ChunkBegun begun : tally.open()) {
      if (held && !inherited.contains(begun.chunk().number())) {
        addInFlight(begun, all);
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
