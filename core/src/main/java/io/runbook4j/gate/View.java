package io.runbook4j.gate;

import io.runbook4j.gate.GateState.Ramping;
import java.time.Duration;

/** What a gate is now, with what follows from that. Safe for many threads. */
final class View {
  private final Book book;
  private final Decision decision;
  private final Tally tally;

  private View(Book book, Decision decision, Tally tally) {
    this.book = book;
    this.decision = decision;
    this.tally = tally;
  }

  static View of(Book book, long nowNanos) {
    GateState state = book.state();
    if (state instanceof Ramping ramping) {
      Decision share = Decision.share(ramping.rampId(), ramping.step().percent());
      return new View(book, share, new Tally(ramping.step(), nowNanos));
    }
    Decision decision = state instanceof GateState.Open ? Decision.ALL : Decision.NONE;
    return new View(book, decision, new Tally(new Guard.Step(0, Duration.ZERO, 0, 0), nowNanos));
  }

  /** {@return the book without what was counted since} */
  Book book() {
    return book;
  }

  Decision decision() {
    return decision;
  }

  Tally tally() {
    return tally;
  }

  /** {@return the book with what was counted until now} */
  Book counted(long nowNanos) {
    return book.state() instanceof Ramping ramping
        ? book.counted(ramping, tally.step(nowNanos))
        : book;
  }
}
