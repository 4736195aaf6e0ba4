package io.runbook4j.run;

import io.runbook4j.chunk.ChunkSize;
import io.runbook4j.ledger.FileLedger;
import io.runbook4j.ledger.MemoryLedger;
import io.runbook4j.source.Sources;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Target;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.stream.LongStream;

/** Runs ten million items, and ends with 0 if the counts are right. */
final class TenMillionItemsMain {
  static final int ITEMS = 10_000_000;
  private static final int CHUNK = 200;

  private TenMillionItemsMain() {}

  /** Arguments: the ledger's folder, or {@code memory}; every which item fails, or 0. */
  public static void main(String[] args) {
    int failing = Integer.parseInt(args[1]);
    int failed = failing == 0 ? 0 : ITEMS / failing;
    Counts wanted = new Counts(ITEMS, ITEMS - failed, failed, 0, 0, 0);
    SyncJob<Long> job = SyncJob.<Long>named("ten-million")
        .from(Sources.iterate(TenMillionItemsMain::numbers, number -> Long.toString(number)))
        .to(failing == 0 ? chunk -> ChunkResult.succeeded() : refusing(failing))
        .chunkSize(ChunkSize.fixed(CHUNK))
        .build();
    try (Runner runner = Runner.builder().ledger(ledger(args[0])).build()) {
      RunReport report = runner.run(job);
      boolean right = report.state() == RunState.COMPLETED && report.counts().equals(wanted);
      System.exit(right ? 0 : 3);
    }
  }

  private static Iterator<Long> numbers() {
    return LongStream.range(0, ITEMS).iterator();
  }

  private static Target<Long> refusing(int each) {
    Failure failure = Failure.of(FailureKind.INVALID, "refused");
    return chunk -> {
      ChunkResult.Builder result = ChunkResult.builder();
      for (int i = 0; i < chunk.size(); i++) {
        if (chunk.values().get(i) % each == 0) {
          result.failed(chunk.keys().get(i), failure);
        }
      }
      return result.othersSucceeded().build();
    };
  }

  private static Ledger ledger(String folder) {
    return folder.equals("memory")
        ? MemoryLedger.create()
        : FileLedger.builder(Path.of(folder)).force(FileLedger.Force.NEVER).open();
  }
}
