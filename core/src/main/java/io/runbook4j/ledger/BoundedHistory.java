package io.runbook4j.ledger;

import io.runbook4j.spi.ledger.LedgerEntry;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkBegun;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkDone;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** All rare entries of a run, and its last chunk entries. */
final class BoundedHistory {
  /** So many chunk entries are kept, as long as they have no more keys than {@link #KEYS}. */
  static final int CHUNK_ENTRIES = 200;

  private static final int KEYS = 20_000;

  private final List<Placed> rare = new ArrayList<>();
  private final ArrayDeque<Placed> chunks = new ArrayDeque<>();
  private long places;
  private int keys;

  private record Placed(long place, LedgerEntry entry) {}

  void add(LedgerEntry entry) {
    Placed placed = new Placed(places++, entry);
    if (!(entry instanceof ChunkBegun) && !(entry instanceof ChunkDone)) {
      rare.add(placed);
      return;
    }
    chunks.addLast(placed);
    keys += weight(entry);
    while (chunks.size() > CHUNK_ENTRIES || (keys > KEYS && chunks.size() > 2)) {
      keys -= weight(chunks.removeFirst().entry());
    }
  }

  /** {@return the entries that are left, oldest first} */
  List<LedgerEntry> entries() {
    List<Placed> all = new ArrayList<>(rare);
    all.addAll(chunks);
    all.sort(Comparator.comparingLong(Placed::place));
    return all.stream().map(Placed::entry).toList();
  }

  private static int weight(LedgerEntry entry) {
    return entry instanceof ChunkBegun begun
        ? begun.chunk().keys().size()
        : ((ChunkDone) entry).results().size();
  }
}
