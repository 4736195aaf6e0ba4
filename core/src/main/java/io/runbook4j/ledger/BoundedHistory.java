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
  private int places;
  private int keys;

  /**
   * Knows its weight: an entry that is let go lies in memory that nobody has looked at for long.
   */
  private record Placed(int place, LedgerEntry entry, int weight) {}

  void add(LedgerEntry entry) {
    if (!(entry instanceof ChunkBegun) && !(entry instanceof ChunkDone)) {
      rare.add(new Placed(places++, entry, 0));
      return;
    }
    Placed placed = new Placed(places++, entry, weight(entry));
    chunks.addLast(placed);
    keys += placed.weight();
    while (chunks.size() > CHUNK_ENTRIES || (keys > KEYS && chunks.size() > 2)) {
      keys -= chunks.removeFirst().weight();
    }
  }

  /** {@return the entries that are left, oldest first} */
  List<LedgerEntry> entries() {
    List<Placed> all = new ArrayList<>(rare);
    all.addAll(chunks);
    all.sort(Comparator.comparingInt(Placed::place));
    return all.stream().map(Placed::entry).toList();
  }

  private static int weight(LedgerEntry entry) {
    return entry instanceof ChunkBegun begun
        ? begun.chunk().keys().size()
        : ((ChunkDone) entry).results().size();
  }
}
