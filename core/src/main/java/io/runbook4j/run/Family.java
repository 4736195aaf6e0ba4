package io.runbook4j.run;

import io.runbook4j.spi.ledger.Position;

/**
 * The items that were read for one chunk; they may be sent again in other chunks, and stay one
 * family until all are settled.
 */
final class Family {
  private final Position position;
  private int unsettled;

  Family(Position position, int unsettled) {
    this.position = position;
    this.unsettled = unsettled;
  }

  /** {@return from where a resumed run would have to read to find every item of this family} */
  Position position() {
    return position;
  }

  void settle(int items) {
    unsettled -= items;
    if (unsettled < 0) {
      throw new IllegalStateException("more items settled than were read behind " + position);
    }
  }

  int unsettled() {
    return unsettled;
  }

  boolean isSettled() {
    return unsettled == 0;
  }
}
