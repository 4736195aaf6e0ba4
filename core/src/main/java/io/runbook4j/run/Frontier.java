package io.runbook4j.run;

import io.runbook4j.spi.ledger.Position;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * From where a resumed run would read: the position of the oldest family with an item that has no
 * outcome.
 *
 * <p>This is where others lose items: a position that follows the reader passes items that are
 * still being retried or bisected, and a restart begins behind them (Spring Batch 6.0.4 does).
 * Families are kept in the order of reading, and the position moves only when the oldest is settled
 * to its last item.
 */
final class Frontier {
  /**
   * So many families may be open before the run reads on; bounds the memory that a resume takes.
   */
  static final int HORIZON = 256;

  private final Deque<Family> families = new ArrayDeque<>();

  Family open(Position position, int items) {
    Family family = new Family(position, items);
    families.add(family);
    return family;
  }

  /** {@return the position of the oldest open family, or {@code reader} if there is none} */
  Position position(Position reader) {
    drop();
    Family oldest = families.peek();
    return oldest == null ? reader : oldest.position();
  }

  boolean isAtHorizon() {
    drop();
    return families.size() >= HORIZON;
  }

  /** {@return how many items were read and have no outcome} */
  long unsettled() {
    return families.stream().mapToLong(Family::unsettled).sum();
  }

  private void drop() {
    while (!families.isEmpty() && families.getFirst().isSettled()) {
      families.removeFirst();
    }
  }
}
