package io.runbook4j.ledger;

import io.runbook4j.spi.ledger.LedgerEntry.ChunkBegun;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The chunks that began and have no result, by rising number. They are few, and nearly always the
 * last one is asked for: a list costs a run less than a tree. Not safe for many threads.
 */
final class OpenChunks {
  private final List<ChunkBegun> chunks = new ArrayList<>();

  /** Adds a chunk whose number is not among them. */
  void add(ChunkBegun begun) {
    int place = chunks.size();
    while (place > 0 && number(place - 1) > begun.chunk().number()) {
      place--;
    }
    chunks.add(place, begun);
  }

  /** {@return the chunk of that number; null if it is not open} */
  @Nullable ChunkBegun find(int number) {
    int place = placeOf(number);
    return place < 0 ? null : chunks.get(place);
  }

  /** Removes the chunk of that number, which is open. */
  void remove(int number) {
    chunks.remove(placeOf(number));
  }

  private int placeOf(int number) {
    int place = chunks.size() - 1;
    while (place >= 0 && number(place) != number) {
      place--;
    }
    return place;
  }

  /** {@return a view of all; not to be modified} */
  List<ChunkBegun> all() {
    return Collections.unmodifiableList(chunks);
  }

  private int number(int place) {
    return chunks.get(place).chunk().number();
  }
}
