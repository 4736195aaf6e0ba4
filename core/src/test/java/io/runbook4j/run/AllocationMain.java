package io.runbook4j.run;

import com.sun.management.ThreadMXBean;
import io.runbook4j.chunk.ChunkSize;
import io.runbook4j.ledger.FileLedger;
import io.runbook4j.ledger.MemoryLedger;
import io.runbook4j.source.Sources;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.sync.ChunkResult;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * Runs a clean job again and again, and prints the least bytes an item that a run has allocated on
 * its thread, its own start, end and report included.
 */
final class AllocationMain {
  /** The compiler removes some allocations, and is through with it after this many runs. */
  private static final int RUNS = 20;

  private AllocationMain() {}

  /** Takes {@code memory} or a ledger's folder, and how many items. */
  public static void main(String[] args) {
    int items = Integer.parseInt(args[1]);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    SyncJob<String> job = SyncJob.<String>named("allocation")
        .from(Sources.of(Scene.keys(items), Function.identity()))
        .to(chunk -> ChunkResult.succeeded())
        .chunkSize(ChunkSize.fixed(100))
        .build();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < RUNS; i++) {
      try (Runner runner = Runner.builder().ledger(ledger(args[0])).build()) {
        long before = threads.getCurrentThreadAllocatedBytes();
        RunReport report = runner.run(job);
        least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        if (!report.counts().equals(new Counts(items, items, 0, 0, 0, 0))) {
          throw new IllegalStateException("every item must succeed, was " + report.counts());
        }
      }
    }
    System.out.println((double) least / items);
  }

  private static Ledger ledger(String where) {
    return where.equals("memory")
        ? MemoryLedger.create()
        : FileLedger.builder(Path.of(where)).force(FileLedger.Force.NEVER).open();
  }
}
