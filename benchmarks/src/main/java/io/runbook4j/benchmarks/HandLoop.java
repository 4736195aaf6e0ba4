package io.runbook4j.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** A loop over sublists, as one would write it for one evening. */
record HandLoop(List<Ticket> tickets, Service service, Workload workload) implements Engine {
  @Override
  public void run() {
    List<String> failed = new ArrayList<>();
    for (int from = 0; from < tickets.size(); from += CHUNK) {
      List<Ticket> chunk = tickets.subList(from, Math.min(from + CHUNK, tickets.size()));
      if (!workload.isAnswered()) {
        service.takeAllOrNone(chunk);
      } else {
        send(chunk, failed);
      }
    }
  }

  private void send(List<Ticket> chunk, List<String> failed) {
    service.call();
    for (Ticket ticket : chunk) {
      if (!service.take(ticket)) {
        failed.add(ticket.id());
      }
    }
  }
}
