package io.runbook4j.benchmarks;

import io.runbook4j.chunk.ChunkSize;
import io.runbook4j.ledger.FileLedger;
import io.runbook4j.ledger.MemoryLedger;
import io.runbook4j.run.RunReport;
import io.runbook4j.run.Runner;
import io.runbook4j.run.SyncJob;
import io.runbook4j.source.Sources;
import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Source;
import io.runbook4j.spi.sync.Target;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** Our own engine. A ledger of its own for each run. */
final class Runbook implements Engine {
  private final Supplier<Ledger> ledgers;
  private final SyncJob<Ticket> job;
  private final Path folder;

  private Runbook(Supplier<Ledger> ledgers, Path folder, SyncJob<Ticket> job) {
    this.ledgers = ledgers;
    this.folder = folder;
    this.job = job;
  }

  static Engine inMemory(List<Ticket> tickets, Service service, Workload workload) {
    return new Runbook(
        MemoryLedger::create, Folders.create(), job(tickets, service, workload).build());
  }

  static Maker inFiles(FileLedger.Force force) {
    return (tickets, service, workload) ->
        inFiles(force, job(tickets, service, workload).build());
  }

  /** Several chunks at a time, each on a thread of its own. */
  static Engine inFlight(List<Ticket> tickets, Service service, Workload workload) {
    return inFiles(
        FileLedger.Force.EACH_RECORD,
        job(tickets, service, workload)
            .to(chunk -> takeAlone(service, chunk))
            .chunksInFlight(4)
            .build());
  }

  /** The service is not safe for many threads. */
  private static ChunkResult takeAlone(Service service, Chunk<Ticket> chunk) {
    synchronized (service) {
      return take(service, chunk);
    }
  }

  private static Runbook inFiles(FileLedger.Force force, SyncJob<Ticket> job) {
    Path folder = Folders.create();
    return new Runbook(() -> FileLedger.builder(folder).force(force).open(), folder, job);
  }

  private static SyncJob.Builder<Ticket> job(
      List<Ticket> tickets, Service service, Workload workload) {
    return SyncJob.<Ticket>named("benchmark")
        .from(source(tickets, workload))
        .to(target(service, workload))
        .chunkSize(ChunkSize.fixed(CHUNK));
  }

  private static Source<Ticket> source(List<Ticket> tickets, Workload workload) {
    return workload == Workload.MADE_WHEN_READ
        ? Sources.iterate(tickets::iterator, Ticket::id)
        : Sources.of(tickets, Ticket::id);
  }

  private static Target<Ticket> target(Service service, Workload workload) {
    return workload.isAnswered() ? chunk -> send(service, chunk) : chunk -> take(service, chunk);
  }

  private static ChunkResult take(Service service, Chunk<Ticket> chunk) {
    service.takeAllOrNone(chunk.values());
    return ChunkResult.succeeded();
  }

  private static ChunkResult send(Service service, Chunk<Ticket> chunk) {
    service.call();
    ChunkResult.Builder result = ChunkResult.builder().othersSucceeded();
    for (Ticket ticket : chunk.values()) {
      if (!service.take(ticket)) {
        result.failed(ticket.id(), Failure.of(FailureKind.INVALID, "the ticket is bad"));
      }
    }
    return result.build();
  }

  /** {@return the file that a run with these tickets leaves} */
  static byte[] ledger(List<Ticket> tickets, Service service, Workload workload)
      throws IOException {
    Runbook engine =
        inFiles(FileLedger.Force.NEVER, job(tickets, service, workload).build());
    engine.run();
    service.reset(Ticket.good(tickets));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(engine.folder, "*.jsonl")) {
      return Files.readAllBytes(files.iterator().next());
    } finally {
      engine.close();
    }
  }

  @Override
  public void run() {
    try (Runner runner = Runner.builder().ledger(ledgers.get()).build()) {
      RunReport report = runner.run(job);
      if (report.state() != RunState.COMPLETED) {
        throw new IllegalStateException("the run must complete, was " + report);
      }
    }
  }

  @Override
  public void clean() {
    Folders.empty(folder);
  }

  @Override
  public void close() {
    Folders.remove(folder);
  }
}
