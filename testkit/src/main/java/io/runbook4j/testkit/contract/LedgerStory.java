package io.runbook4j.testkit.contract;

import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.ItemResult;
import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.ledger.LedgerEntry;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkBegun;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkDone;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkIntent;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkTiming;
import io.runbook4j.spi.ledger.LedgerEntry.RunFinished;
import io.runbook4j.spi.ledger.LedgerEntry.RunResumed;
import io.runbook4j.spi.ledger.LedgerEntry.RunStarted;
import io.runbook4j.spi.ledger.LedgerEntry.Span;
import io.runbook4j.spi.ledger.Position;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunOrigin;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.Cursor;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Records the entries of one run, each a second after the one before, over all stories. */
final class LedgerStory {
  static final Instant BEGINNING = Instant.parse("2026-11-23T04:31:12.114Z");

  private final Ledger ledger;
  private final RunId run;
  private final Clock clock;
  private Position position = Position.start();

  /** Seconds since the beginning; shared by the stories of a test. */
  static final class Clock {
    private long seconds;

    Instant tick() {
      return BEGINNING.plusSeconds(seconds++);
    }

    /** Sets the clock back, as that of another machine may be. */
    void back(Duration step) {
      seconds -= step.toSeconds();
    }
  }

  LedgerStory(Ledger ledger, Clock clock, String run) {
    this.ledger = ledger;
    this.clock = clock;
    this.run = new RunId(run);
  }

  RunId run() {
    return run;
  }

  /** {@return the same run, told by another ledger on the same store} */
  LedgerStory in(Ledger other) {
    LedgerStory story = new LedgerStory(other, clock, run.value());
    story.position = position;
    return story;
  }

  LedgerStory record(LedgerEntry... entries) {
    ledger.record(run, List.of(entries));
    return this;
  }

  LedgerStory started(String job) {
    return record(new RunStarted(clock.tick(), run, job, RunOrigin.full()));
  }

  LedgerStory resumed() {
    return record(new RunResumed(clock.tick()));
  }

  /** Chunks from now on begin with this position. */
  LedgerStory at(String cursor, int page) {
    position = new Position(new Cursor(cursor), page);
    return this;
  }

  LedgerStory begun(int number, String... keys) {
    return record(intent(number, keys));
  }

  /** A chunk whose items were all read in the page of its own number. */
  ChunkBegun intent(int number, String... keys) {
    return begun(number, List.of(new Span(number, keys.length)), keys);
  }

  ChunkBegun begun(int number, List<Span> spans, String... keys) {
    ChunkIntent chunk = new ChunkIntent(number, run + "-" + number, List.of(keys), spans);
    return new ChunkBegun(clock.tick(), chunk, position);
  }

  /** Records a result whose unnamed items succeeded. */
  LedgerStory done(int number, ItemResult... results) {
    return record(result(number, ItemResult.othersSucceeded(), results));
  }

  LedgerStory doneOthers(int number, ItemResult others, ItemResult... results) {
    return record(result(number, others, results));
  }

  ChunkDone result(int number, ItemResult others, ItemResult... results) {
    ChunkTiming timing = new ChunkTiming(Duration.ofMillis(250), Duration.ofNanos(1_234_567));
    return new ChunkDone(clock.tick(), number, List.of(results), others, timing);
  }

  LedgerStory finished(RunState state, Counts counts, String... unread) {
    return record(new RunFinished(clock.tick(), state, "the end", counts, List.of(unread)));
  }

  static ItemResult failed(int index, FailureKind kind, String code) {
    Failure failure = Failure.of(kind, "No: " + code).withCode(code);
    return new ItemResult(index, Outcome.failed(failure), false);
  }

  static ItemResult retried(int index) {
    Failure failure =
        Failure.of(FailureKind.SERVER_ERROR, "Oops").withRetryAfter(Duration.ofSeconds(7));
    return new ItemResult(index, Outcome.failed(failure), true);
  }

  static ItemResult skipped(int index, String reason) {
    return new ItemResult(index, Outcome.skipped(reason), false);
  }

  static ItemResult inDoubt(int index) {
    Failure failure = Failure.of(FailureKind.TIMEOUT, "No answer within PT30S");
    return new ItemResult(index, Outcome.inDoubt(failure), false);
  }
}
