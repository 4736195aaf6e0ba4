package io.runbook4j.ledger;

import io.runbook4j.spi.ledger.ItemResult;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkDone;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkIntent;
import io.runbook4j.spi.ledger.ReasonCount;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Counts why items failed or stayed in doubt, by stretches of time. */
final class ReasonTally implements RunFollower {
  private static final Comparator<ReasonCount> ORDER = Comparator.comparing(ReasonCount::from)
      .thenComparing(Comparator.comparingLong(ReasonCount::count).reversed())
      .thenComparing(ReasonCount::kind)
      .thenComparing(reason -> reason.code().orElse(""));

  private final Instant since;
  private final Duration stretch;
  private final Map<Reason, Long> counts = new HashMap<>();

  private record Reason(long stretch, FailureKind kind, Optional<String> code) {}

  ReasonTally(Instant since, Duration stretch) {
    if (stretch.isNegative() || stretch.isZero()) {
      throw new IllegalArgumentException("stretch must be positive, was " + stretch);
    }
    this.since = since;
    this.stretch = stretch;
  }

  @Override
  public void done(ChunkIntent chunk, ChunkDone done) {
    for (ItemResult result : done.results()) {
      add(done.at(), result, 1);
    }
    add(done.at(), done.others(), chunk.keys().size() - done.results().size());
  }

  /** Counts so many items with this result, if it is one that counts. */
  private void add(Instant at, ItemResult result, long items) {
    if (items == 0 || result.retried() || at.isBefore(since)) {
      return;
    }
    if (result.outcome() instanceof Outcome.Failed failed) {
      add(at, failed.failure(), items);
    } else if (result.outcome() instanceof Outcome.InDoubt doubt) {
      add(at, doubt.failure(), items);
    }
  }

  void add(Instant at, Failure failure, long items) {
    if (!at.isBefore(since)) {
      long number = Duration.between(since, at).dividedBy(stretch);
      counts.merge(new Reason(number, failure.kind(), failure.code()), items, Long::sum);
    }
  }

  /** {@return the counts, sorted by time, then falling count} */
  List<ReasonCount> counts() {
    return counts.entrySet().stream()
        .map(entry -> new ReasonCount(
            since.plus(stretch.multipliedBy(entry.getKey().stretch())),
            entry.getKey().kind(),
            entry.getKey().code(),
            entry.getValue()))
        .sorted(ORDER)
        .toList();
  }
}
