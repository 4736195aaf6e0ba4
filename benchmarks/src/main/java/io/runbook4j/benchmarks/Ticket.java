package io.runbook4j.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * An item to send.
 *
 * @param id its key
 * @param isBad whether the service refuses it
 */
record Ticket(String id, boolean isBad) {
  /** {@return how many of them are good} */
  static long good(List<Ticket> tickets) {
    return tickets.stream().filter(ticket -> !ticket.isBad()).count();
  }

  /** {@return that many, of which a share is bad, at random but always the same} */
  static List<Ticket> some(int count, double badShare) {
    Random random = new Random(42);
    List<Ticket> tickets = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      tickets.add(new Ticket("ticket-" + (1_000_000 + i), random.nextDouble() < badShare));
    }
    return tickets;
  }
}
