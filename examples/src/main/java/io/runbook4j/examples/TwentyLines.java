package io.runbook4j.examples;

import io.runbook4j.ledger.FileLedger;
import io.runbook4j.run.RunReport;
import io.runbook4j.run.Runner;
import io.runbook4j.run.SyncJob;
import io.runbook4j.source.Sources;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Item;
import java.nio.file.Path;
import java.util.List;

/** The program of the README: pushes names, fails one, and reruns only that one. */
public final class TwentyLines {
  private TwentyLines() {}

  /** Runs it. */
  public static void main(String[] args) {
    SyncJob<String> greet = SyncJob.<String>named("greet")
        .from(Sources.of(List.of("Ada", "Ben", "", "Dina"), name -> "user-" + name))
        .to(chunk -> {
          ChunkResult.Builder results = ChunkResult.builder();
          for (Item<String> item : chunk) {
            if (item.value().isEmpty()) {
              results.failed(item.key(), Failure.of(FailureKind.INVALID, "the name is empty"));
            } else {
              results.succeeded(item.key()); // here goes the call to the service
            }
          }
          return results.build();
        })
        .build();
    Path runs = Path.of(System.getProperty("examples.runs", "runs"));
    try (Runner runner = Runner.builder().ledger(FileLedger.open(runs)).build()) {
      RunReport report = runner.run(greet);
      System.out.println(report.text());
      RunReport rerun = runner.rerunFailed(greet, report.runId());
      System.out.println(rerun.counts()); // read=1: nobody else was called again
    }
  }
}
