package io.runbook4j.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.spi.ledger.ItemResult;
import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.ledger.LedgerEntry;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkBegun;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkDone;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkIntent;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkTiming;
import io.runbook4j.spi.ledger.LedgerEntry.RunStarted;
import io.runbook4j.spi.ledger.LedgerEntry.Span;
import io.runbook4j.spi.ledger.Position;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunOrigin;
import io.runbook4j.spi.sync.Cursor;
import io.runbook4j.testkit.contract.LedgerContract;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MemoryLedgerTest extends LedgerContract {
  private static final Instant NOW = Instant.EPOCH;
  private static final RunId RUN = new RunId("r");

  private final MemoryLedger ledger = MemoryLedger.create();

  @Override
  protected Ledger open() {
    return ledger;
  }

  @Test
  void entries_longRun_keepsRareEntriesAndTheLastChunks() {
    ledger.record(RUN, List.of(new RunStarted(NOW, RUN, "job", RunOrigin.full())));

    for (int number = 1; number <= 5_000; number++) {
      ledger.record(RUN, List.of(begun(number), done(number)));
      if (number == 7) {
        ledger.record(RUN, List.of(new LedgerEntry.Note(NOW, "topic", "text")));
      }
    }

    List<LedgerEntry> entries = ledger.entries(RUN);
    assertThat(entries).hasSize(2 + BoundedHistory.CHUNK_ENTRIES);
    assertThat(entries.get(0)).isInstanceOf(RunStarted.class);
    assertThat(entries.get(1)).isInstanceOf(LedgerEntry.Note.class);
    assertThat(entries.get(entries.size() - 1)).isEqualTo(done(5_000));
    assertThat(ledger.run(RUN).orElseThrow().counts().succeeded()).isEqualTo(10_000);
  }

  @Test
  void entries_largeChunks_keepsFewerOfThem() {
    ledger.record(RUN, List.of(new RunStarted(NOW, RUN, "job", RunOrigin.full())));
    List<String> keys = IntStream.range(0, 6_000).mapToObj(i -> "k" + i).toList();
    List<Span> spans = List.of(new Span(1, keys.size()));

    for (int number = 1; number <= 20; number++) {
      ChunkIntent chunk = new ChunkIntent(number, "k" + number, keys, spans);
      ledger.record(RUN, List.of(new ChunkBegun(NOW, chunk, Position.start()), done(number)));
    }

    List<LedgerEntry> entries = ledger.entries(RUN);
    assertThat(entries).hasSize(1 + 7);
    assertThat(entries.get(1)).isEqualTo(done(17));
    assertThat(entries.get(7)).isEqualTo(done(20));
  }

  private static ChunkBegun begun(int number) {
    return new ChunkBegun(
        NOW,
        new ChunkIntent(
            number,
            "k" + number,
            List.of("a" + number, "b" + number),
            List.of(new Span(number, 2))),
        new Position(new Cursor("p" + number), number));
  }

  private static ChunkDone done(int number) {
    return new ChunkDone(NOW, number, List.of(), ItemResult.othersSucceeded(), ChunkTiming.NONE);
  }
}
