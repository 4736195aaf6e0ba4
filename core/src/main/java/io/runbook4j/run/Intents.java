package io.runbook4j.run;

import io.runbook4j.spi.ledger.ItemResult;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkBegun;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkDone;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkIntent;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkTiming;
import io.runbook4j.spi.ledger.LedgerEntry.Note;
import io.runbook4j.spi.ledger.LedgerEntry.Span;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.sync.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Numbers the chunks of a run, and records what each is made of before it is sent. Not safe for
 * many threads.
 */
final class Intents<T> {
  /**
   * How the idempotency keys of chunks end that go to the outbox: a later process must not ask the
   * target about them.
   */
  private static final String DEFERRED = "-deferred";

  private final RunId run;
  private final Parts<T> parts;
  private int nextChunk;

  Intents(RunId run, Parts<T> parts, int nextChunk) {
    this.run = run;
    this.parts = parts;
    this.nextChunk = nextChunk;
  }

  /** Records the chunk's intent, or that one with an intent and no result is taken up again. */
  void begin(Batch<T> batch) {
    if (batch.intent().isEmpty()) {
      int number = nextChunk++;
      begun(batch.begin(number, idempotencyKey(number)));
    } else {
      String what = batch.doubt().isPresent() ? "verifies" : "sends again as it was";
      parts.recorder.add(new Note(parts.time.now(), "in-doubt", what + " chunk " + batch.number()));
    }
  }

  /** Records the intent of a chunk that goes to the outbox. */
  void beginDeferred(Batch<T> batch) {
    int number = nextChunk++;
    begun(batch.begin(number, idempotencyKey(number) + DEFERRED));
  }

  /** {@return whether the chunk went to the outbox, and never to the target} */
  static boolean isDeferred(ChunkIntent intent) {
    return intent.idempotencyKey().endsWith(DEFERRED);
  }

  void begun(ChunkIntent intent) {
    parts.recorder.add(new ChunkBegun(
        parts.time.now(), intent, parts.workload.frontier().position(parts.feed.position())));
  }

  /** Records items that are not sent as a chunk of their own. */
  void record(Workload.Unsent unsent) {
    int number = nextChunk++;
    List<String> keys = new ArrayList<>(unsent.items().size());
    List<Span> spans = new ArrayList<>();
    List<ItemResult> results = new ArrayList<>(unsent.items().size());
    for (Draft.Unsent item : unsent.items()) {
      results.add(new ItemResult(keys.size(), item.outcome(), false));
      keys.add(item.key());
      Batch.addSpan(spans, item.page());
      parts.tally.settled(item.key(), item.outcome());
    }
    begun(new ChunkIntent(number, idempotencyKey(number), keys, spans));
    parts.recorder.add(new ChunkDone(
        parts.time.now(), number, results, ItemResult.othersSucceeded(), ChunkTiming.NONE));
    unsent.family().settle(keys.size());
    parts.concluded(new ChunkReport(number, keys.size(), "not sent", Duration.ZERO, Duration.ZERO));
    unsent.items().forEach(this::tell);
    parts.alarm.check(parts.tally);
  }

  /** Tells of an item that failed here: one that failed in another run has its turn again. */
  private void tell(Draft.Unsent item) {
    if (item.outcome() instanceof Outcome.Failed failed) {
      parts.failed(item.key(), failed.failure());
    }
  }

  private String idempotencyKey(int number) {
    return run + "-" + number;
  }

  /** Begins a chunk of items that the ledger knows from before, and that is only asked about. */
  ChunkIntent ask(List<String> keys) {
    int number = nextChunk++;
    ChunkIntent intent =
        new ChunkIntent(number, idempotencyKey(number), keys, List.of(new Span(1, keys.size())));
    begun(intent);
    return intent;
  }
}
