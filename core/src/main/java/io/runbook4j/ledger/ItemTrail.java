package io.runbook4j.ledger;

import io.runbook4j.spi.ledger.ItemRecord;
import io.runbook4j.spi.ledger.ItemResult;
import io.runbook4j.spi.ledger.ItemState;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkBegun;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkDone;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkIntent;
import io.runbook4j.spi.ledger.LedgerEntry.RunFinished;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import java.time.Instant;
import java.util.Collection;

/** The newest record of each item of one run that did not succeed, in order of recording. */
final class ItemTrail implements RunFollower {
  private static final ItemResult DIED = new ItemResult(
      ItemResult.OTHERS,
      Outcome.inDoubt(
          Failure.of(FailureKind.UNKNOWN, "The run ended before the answer was recorded.")),
      false);

  private final RunId run;
  private final ItemRecords records;

  ItemTrail(RunId run) {
    this(run, new ItemRecords());
  }

  /** Follows into records that several runs share. */
  ItemTrail(RunId run, ItemRecords records) {
    this.run = run;
    this.records = records;
  }

  @Override
  public void done(ChunkIntent chunk, ChunkDone done) {
    records.marks().among(chunk.keys()).forEach(records::remove);
    ChunkItems.forEachNotSucceeded(
        chunk.keys(),
        done,
        (key, result) -> records.renew(ItemRecord.of(run, key, done.at(), result)));
  }

  @Override
  public void finished(RunFinished finished) {
    finished.unread().forEach(key -> renew(ItemRecord.notReached(run, key, finished.at())));
  }

  /** Takes away the key's record, if it has one: the item has a newer outcome. */
  void forget(String key) {
    records.remove(key);
  }

  /** Makes this the key's newest record. */
  void renew(ItemRecord item) {
    records.renew(item);
  }

  /**
   * {@return the records, with those of open chunks last: that nothing came of them is known only
   * now} A view where none is open, to be read before anything more is recorded.
   */
  Collection<ItemRecord> items(Collection<ChunkBegun> open, boolean held) {
    if (open.isEmpty()) {
      return records.values();
    }
    ItemTrail all = new ItemTrail(run, records.copy());
    for (ChunkBegun begun : open) {
      begun.chunk().keys().forEach(key -> all.renew(unanswered(run, key, begun.at(), held)));
    }
    return all.records.values();
  }

  /** {@return the record of an item whose chunk began and has no result} */
  static ItemRecord unanswered(RunId run, String key, Instant at, boolean held) {
    return held ? ItemRecord.notReached(run, key, at) : ItemRecord.of(run, key, at, DIED);
  }

  static boolean isTrouble(ItemRecord item) {
    return item.state() == ItemState.FAILED || item.state() == ItemState.IN_DOUBT;
  }
}
