package io.runbook4j.ledger;

import io.runbook4j.spi.ledger.LedgerEntry;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkBegun;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkDone;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** All rare entries of a run, and its last chunk entries. Not safe for many threads. */
final class BoundedHistory {
  /** So many chunk entries are kept, as long as they have no more keys than {@link #KEYS}. */
  static final int CHUNK_ENTRIES = 200;

  private static final int KEYS = 20_000;

  private final List<Placed> rare = new ArrayList<>();

  /*
   * A ring. Places and weights lie beside the entries, and not in them: an entry that is let go
   * lies in memory that nobody has looked at for long.
   */
  private final @Nullable LedgerEntry[] chunks = new LedgerEntry[CHUNK_ENTRIES];
  private final int[] placeOf = new int[CHUNK_ENTRIES];
  private final int[] weightOf = new int[CHUNK_ENTRIES];
  private int first;
  private int size;

  private int places;
  private int keys;

  private record Placed(int place, LedgerEntry entry) {}

  void add(LedgerEntry entry) {
    int place = places++;
    if (!(entry instanceof ChunkBegun) && !(entry instanceof ChunkDone)) {
      rare.add(new Placed(place, entry));
      return;
    }
    if (size == CHUNK_ENTRIES) {
      dropFirst();
    }
    int slot = (first + size) % CHUNK_ENTRIES;
    chunks[slot] = entry;
    placeOf[slot] = place;
    weightOf[slot] = weight(entry);
    keys += weightOf[slot];
    size++;
    while (keys > KEYS && size > 2) {
      dropFirst();
    }
  }

  private void dropFirst() {
    keys -= weightOf[first];
    chunks[first] = null;
    first = (first + 1) % CHUNK_ENTRIES;
    size--;
  }

  /** {@return the entries that are left, oldest first} */
  List<LedgerEntry> entries() {
    List<Placed> all = new ArrayList<>(rare);
    for (int i = 0; i < size; i++) {
      int slot = (first + i) % CHUNK_ENTRIES;
      all.add(new Placed(placeOf[slot], Objects.requireNonNull(chunks[slot])));
    }
    all.sort(Comparator.comparingInt(Placed::place));
    return all.stream().map(Placed::entry).toList();
  }

  private static int weight(LedgerEntry entry) {
    return entry instanceof ChunkBegun begun
        ? begun.chunk().keys().size()
        : ((ChunkDone) entry).results().size();
  }
}
