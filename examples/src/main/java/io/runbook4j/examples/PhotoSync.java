package io.runbook4j.examples;

import io.runbook4j.alert.Rule;
import io.runbook4j.chunk.ChunkSize;
import io.runbook4j.ledger.FileLedger;
import io.runbook4j.ledger.ItemsCsv;
import io.runbook4j.run.Reaction;
import io.runbook4j.run.RunListener;
import io.runbook4j.run.RunReport;
import io.runbook4j.run.Runner;
import io.runbook4j.run.SyncJob;
import io.runbook4j.source.Sources;
import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.ItemRecord;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.ledger.RunSummary;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Target;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The runbook's job, and what an operator does with it. */
final class PhotoSync implements AutoCloseable {
  static final String JOB = "profile-photos";
  private static final int FAILURES_TO_LOOK_AT = 5;

  private final SyncJob<PhotoUpdate> job;
  private final Runner runner;
  private final Path folder;

  /**
   * Where a sync keeps and reads what.
   *
   * @param ledger the ledger's folder
   * @param users the CSV file with the users
   * @param out where alerts are printed
   */
  record Place(Path ledger, Path users, PrintStream out) {}

  PhotoSync(
      Place place, Target<PhotoUpdate> target, Pace pace, List<? extends RunListener> listeners) {
    this.folder = place.ledger();
    this.job = SyncJob.<PhotoUpdate>named(JOB)
        .from(Sources.csv(place.users(), PhotoUpdate.KEY).map(PhotoUpdate::of))
        .to(target)
        .chunkSize(ChunkSize.adaptive(50, 200))
        .quota(pace.quota())
        .backOff(pace.backOff())
        .retryBackOff(pace.retryBackOff())
        // the runbook tries images that moved or are missing a small number of times too
        .on(FailureKind.NOT_FOUND, Reaction.retry(2))
        .alertWhen(Rule.failuresInRunOver(FAILURES_TO_LOOK_AT))
        .build();
    Runner.Builder building = Runner.builder()
        .ledger(FileLedger.open(place.ledger()))
        .alerts(alert -> place.out().println("\nSent to the on-call channel: " + alert.text()))
        .time(pace.time());
    listeners.forEach(building::listener);
    this.runner = building.build();
  }

  /** {@return the newest run in this ledger, unless it has completed} */
  static Optional<RunSummary> unfinished(Path ledger) {
    try (FileLedger runs = FileLedger.open(ledger)) {
      return runs.runs(JOB, 1).stream()
          .filter(run -> run.state() != RunState.COMPLETED)
          .findFirst();
    }
  }

  /** Begins a new run, and leaves an unfinished one as it is. */
  RunReport run() {
    return runner.run(job);
  }

  RunReport runOrResume() {
    return runner.runOrResume(job);
  }

  RunReport rerunFailed(RunId run) {
    return runner.rerunFailed(job, run);
  }

  /** Reruns all users that are outstanding, but those in doubt. */
  RunReport rerunOutstanding() {
    return runner.rerunOutstanding(job);
  }

  /** Reruns those of these users that are outstanding. */
  RunReport rerunOutstanding(Set<String> users) {
    return runner.rerunOutstanding(job, ItemFilter.all().keys(users));
  }

  /** {@return the file with the run's users without a mapping; empty if there are none} */
  Optional<Path> exportUnmapped(RunId run) {
    List<ItemRecord> unmapped =
        runner.ledger().items(run, ItemFilter.failed().kinds(FailureKind.MAPPING_MISSING));
    if (unmapped.isEmpty()) {
      return Optional.empty();
    }
    Path file = folder.resolve("unmapped-" + run + ".csv");
    ItemsCsv.write(file, unmapped);
    return Optional.of(file);
  }

  @Override
  public void close() {
    runner.close();
  }
}
