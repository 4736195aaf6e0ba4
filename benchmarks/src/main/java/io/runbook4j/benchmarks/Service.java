package io.runbook4j.benchmarks;

/** A service that does nothing but count what it is sent. Not safe for many threads. */
final class Service {
  private long calls;
  private long applied;

  /** Takes all of the tickets if none is bad, else none. */
  void takeAllOrNone(Iterable<? extends Ticket> tickets) {
    calls++;
    int taken = 0;
    for (Ticket ticket : tickets) {
      if (ticket.isBad()) {
        throw new Refused();
      }
      taken++;
    }
    applied += taken;
  }

  /** Begins a call that answers for each ticket. */
  void call() {
    calls++;
  }

  /** {@return whether the ticket is taken} */
  boolean take(Ticket ticket) {
    if (ticket.isBad()) {
      return false;
    }
    applied++;
    return true;
  }

  long applied() {
    return applied;
  }

  long calls() {
    return calls;
  }

  /** Forgets what it was sent, once that was checked: all good tickets, each of them once. */
  void reset(long good) {
    if (applied != good) {
      throw new IllegalStateException("applied must be " + good + ", was " + applied);
    }
    calls = 0;
    applied = 0;
  }

  /** A call was refused as a whole. Has no stack trace, which nobody would measure on purpose. */
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refused() {
      super("a ticket is bad", null, false, false);
    }
  }
}
