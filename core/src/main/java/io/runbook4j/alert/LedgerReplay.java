package io.runbook4j.alert;

import io.runbook4j.spi.ledger.ItemResult;
import io.runbook4j.spi.ledger.LedgerEntry;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkBegun;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkDone;
import io.runbook4j.spi.ledger.LedgerEntry.RunFinished;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Feeds a run's entries to a back test. Skipped items are no events; those in doubt have failed.
 */
final class LedgerReplay {
  private final BackTest test;
  private final Map<Integer, List<String>> begun = new HashMap<>();

  private LedgerReplay(BackTest test) {
    this.test = test;
  }

  static void of(BackTest test, List<LedgerEntry> entries) {
    LedgerReplay replay = new LedgerReplay(test);
    entries.forEach(replay::entry);
  }

  private void entry(LedgerEntry entry) {
    if (entry instanceof ChunkBegun chunk) {
      begun.put(chunk.chunk().number(), chunk.chunk().keys());
    } else if (entry instanceof ChunkDone done) {
      chunk(done);
    } else if (entry instanceof RunFinished finished) {
      test.run(finished.state(), finished.counts(), finished.at());
    }
  }

  private void chunk(ChunkDone done) {
    List<String> keys = begun.remove(done.number());
    if (keys == null) {
      throw new IllegalArgumentException(
          "chunk " + done.number() + " must have begun before it is done, at " + done.at());
    }
    Map<Integer, ItemResult> own = new HashMap<>();
    done.results().forEach(result -> own.put(result.index(), result));
    for (int i = 0; i < keys.size(); i++) {
      ItemResult result = own.getOrDefault(i, done.others());
      if (!result.retried()) {
        count(keys.get(i), result.outcome(), done.at());
      }
    }
    if (done.timing().took().compareTo(Duration.ZERO) > 0) {
      test.latency(done.timing().took(), done.at());
    }
  }

  private void count(String key, Outcome outcome, Instant at) {
    Optional<FailureKind> failed = outcome.fold(new Kinds());
    if (failed.isPresent()) {
      test.failed(key, failed.get(), at);
    } else if (outcome instanceof Outcome.Succeeded) {
      test.succeeded(key, at);
    }
  }

  private static final class Kinds implements Outcome.Cases<Optional<FailureKind>> {
    @Override
    public Optional<FailureKind> succeeded() {
      return Optional.empty();
    }

    @Override
    public Optional<FailureKind> failed(Failure failure) {
      return Optional.of(failure.kind());
    }

    @Override
    public Optional<FailureKind> skipped(String reason) {
      return Optional.empty();
    }

    @Override
    public Optional<FailureKind> inDoubt(Failure failure) {
      return Optional.of(failure.kind());
    }
  }
}
