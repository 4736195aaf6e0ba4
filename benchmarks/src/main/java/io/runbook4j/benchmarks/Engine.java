package io.runbook4j.benchmarks;

import java.util.List;

/** Something that sends tickets to a service, 100 at a time. Makes what can be kept when made. */
@FunctionalInterface
public interface Engine extends AutoCloseable {
  int CHUNK = 100;

  /** Sends all of the tickets that it was made for. */
  void run() throws Exception;

  @Override
  default void close() {}

  /** Makes an engine. */
  @FunctionalInterface
  interface Maker {
    Engine make(List<Ticket> tickets, Service service, Workload workload) throws Exception;
  }

  /** What is sent. */
  enum Workload {
    /** Every ticket is good. */
    CLEAN(0),
    /** One ticket in a hundred is bad. */
    ONE_PERCENT_BAD(0.01);

    private final double badShare;

    Workload(double badShare) {
      this.badShare = badShare;
    }

    List<Ticket> tickets(int count) {
      return Ticket.some(count, badShare);
    }
  }
}
