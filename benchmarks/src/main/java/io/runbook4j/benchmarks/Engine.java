package io.runbook4j.benchmarks;

import java.util.List;

/** Something that sends tickets to a service, 100 at a time. Makes what can be kept when made. */
@FunctionalInterface
public interface Engine extends AutoCloseable {
  int CHUNK = 100;

  /** Sends all of the tickets that it was made for. */
  void run() throws Exception;

  /** Removes what a run has left, so that the next one finds nothing. */
  default void clean() {}

  /** Removes everything. */
  @Override
  default void close() {
    clean();
  }

  /** Makes an engine. */
  @FunctionalInterface
  interface Maker {
    Engine make(List<Ticket> tickets, Service service, Workload workload) throws Exception;
  }

  /** What is sent, and how the service answers. */
  enum Workload {
    /** Every ticket is good, and a call is answered as a whole. */
    CLEAN,
    /** The same, and the tickets' keys come in no order. */
    NO_ORDER,
    /** Every ticket is good, and none is in memory before it is read. */
    MADE_WHEN_READ,
    /** Every ticket is good, and a call is answered ticket by ticket. */
    ALL_ANSWERED,
    /** One ticket in a hundred is bad, and a call is answered ticket by ticket. */
    ONE_PERCENT_BAD;

    List<Ticket> tickets(int count) {
      return switch (this) {
        case CLEAN, ALL_ANSWERED -> Ticket.some(count, 0);
        case NO_ORDER -> Ticket.inNoOrder(count);
        case MADE_WHEN_READ -> Ticket.madeWhenRead(count);
        case ONE_PERCENT_BAD -> Ticket.some(count, 0.01);
      };
    }

    /** {@return whether the service answers for each ticket} */
    boolean isAnswered() {
      return this == ALL_ANSWERED || this == ONE_PERCENT_BAD;
    }

    boolean hasBad() {
      return this == ONE_PERCENT_BAD;
    }
  }
}
