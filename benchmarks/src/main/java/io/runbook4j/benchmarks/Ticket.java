package io.runbook4j.benchmarks;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.RandomAccess;

/**
 * An item to send.
 *
 * @param id its key
 * @param isBad whether the service refuses it
 */
record Ticket(String id, boolean isBad) {
  /** A power of three, which gives each number once where the count is a power of ten. */
  private static final long SCATTER = 387_420_489L;

  /** {@return how many of them are good} */
  static long good(List<Ticket> tickets) {
    return tickets.stream().filter(ticket -> !ticket.isBad()).count();
  }

  /** {@return that many, of which a share is bad, at random but always the same} */
  static List<Ticket> some(int count, double badShare) {
    Random random = new Random(42);
    List<Ticket> tickets = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      tickets.add(numbered(i, random.nextDouble() < badShare));
    }
    return tickets;
  }

  /** {@return that many good ones, whose numbers go up and down in large steps} */
  static List<Ticket> inNoOrder(int count) {
    List<Ticket> tickets = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      tickets.add(numbered((int) (i * SCATTER % count), false));
    }
    return tickets;
  }

  /** {@return that many good ones, each made anew whenever it is read} */
  static List<Ticket> madeWhenRead(int count) {
    return new Made(count);
  }

  private static Ticket numbered(int number, boolean isBad) {
    return new Ticket("ticket-" + (1_000_000 + number), isBad);
  }

  /** Holds none of its tickets. */
  private static final class Made extends AbstractList<Ticket> implements RandomAccess {
    private final int count;

    Made(int count) {
      this.count = count;
    }

    @Override
    public Ticket get(int index) {
      return numbered(index, false);
    }

    @Override
    public int size() {
      return count;
    }
  }
}
