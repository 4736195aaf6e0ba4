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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Our own engine. A ledger of its own for each run. */
final class Runbook implements Engine {
  private final Supplier<Ledger> ledgers;
  private final SyncJob<Ticket> job;
  private final List<Path> folders;

  private Runbook(Supplier<Ledger> ledgers, List<Path> folders, SyncJob<Ticket> job) {
    this.ledgers = ledgers;
    this.folders = folders;
    this.job = job;
  }

  static Engine inMemory(List<Ticket> tickets, Service service, Workload workload) {
    return new Runbook(MemoryLedger::create, new ArrayList<>(), job(tickets, service, workload));
  }

  static Maker inFiles(FileLedger.Force force) {
    return (tickets, service, workload) -> {
      List<Path> folders = new ArrayList<>();
      Supplier<Ledger> ledgers =
          () -> FileLedger.builder(folder(folders)).force(force).open();
      return new Runbook(ledgers, folders, job(tickets, service, workload));
    };
  }

  private static SyncJob<Ticket> job(List<Ticket> tickets, Service service, Workload workload) {
    return SyncJob.<Ticket>named("benchmark")
        .from(Sources.of(tickets, Ticket::id))
        .to(chunk -> workload == Workload.CLEAN ? take(service, chunk) : send(service, chunk))
        .chunkSize(ChunkSize.fixed(CHUNK))
        .build();
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

  @Override
  public void run() {
    try (Runner runner = Runner.builder().ledger(ledgers.get()).build()) {
      RunReport report = runner.run(job);
      if (report.state() != RunState.COMPLETED) {
        throw new IllegalStateException("the run must complete, was " + report);
      }
    }
  }

  private static Path folder(List<Path> folders) {
    try {
      Path folder = Files.createTempDirectory("ledger");
      folders.add(folder);
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes the ledgers. */
  @Override
  public void close() {
    folders.forEach(Runbook::remove);
    folders.clear();
  }

  private static void remove(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
