package io.runbook4j.benchmarks;

import io.runbook4j.chunk.ChunkSize;
import io.runbook4j.run.RunReport;
import io.runbook4j.run.Runner;
import io.runbook4j.run.SyncJob;
import io.runbook4j.source.Sources;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import java.util.List;

/** How many calls the target gets. Counted, not timed: the same at each run. */
final class Calls {
  static final int ITEMS = 100_000;

  private Calls() {}

  /**
   * {@return the calls of an engine whose target answers for each item, or refuses whole chunks}
   */
  static long of(EngineBenchmark.Contender engine) throws Exception {
    List<Ticket> tickets = Engine.Workload.ONE_PERCENT_BAD.tickets(ITEMS);
    Service service = new Service();
    try (Engine made = engine.make(tickets, service, Engine.Workload.ONE_PERCENT_BAD)) {
      made.run();
    }
    long calls = service.calls();
    service.reset(Ticket.good(tickets));
    return calls;
  }

  /** {@return the calls of our engine if the target refuses a whole chunk for one bad item} */
  static long bisecting() {
    List<Ticket> tickets = Engine.Workload.ONE_PERCENT_BAD.tickets(ITEMS);
    Service service = new Service();
    SyncJob<Ticket> job = SyncJob.<Ticket>named("bisection")
        .from(Sources.of(tickets, Ticket::id))
        .to(chunk -> {
          try {
            service.takeAllOrNone(chunk.values());
            return ChunkResult.succeeded();
          } catch (Service.Refused e) {
            return ChunkResult.refused(Failure.of(FailureKind.INVALID, "a ticket is bad"));
          }
        })
        .chunkSize(ChunkSize.fixed(Engine.CHUNK))
        .build();
    RunReport report = Runner.builder().build().run(job);
    long calls = service.calls();
    service.reset(Ticket.good(tickets));
    long bad = tickets.size() - Ticket.good(tickets);
    if (report.counts().failed() != bad) {
      throw new IllegalStateException("failed must be " + bad + ", was " + report.counts());
    }
    return calls;
  }
}
