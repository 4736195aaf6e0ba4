package io.runbook4j.ledger;

import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.ItemResult;
import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.ledger.LedgerEntry;
import io.runbook4j.spi.ledger.LedgerEntry.AlertRaised;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkBegun;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkDone;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkIntent;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkTiming;
import io.runbook4j.spi.ledger.LedgerEntry.LimitMet;
import io.runbook4j.spi.ledger.LedgerEntry.Note;
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
import java.util.Optional;

/** Entries for tests of files. */
final class RunFixture {
  static final RunId RUN = new RunId("20261123T043112.114Z-9f3a01");
  static final String JOB = "profile-photos";
  static final Instant AT = Instant.parse("2026-11-23T04:31:12.114Z");

  private RunFixture() {}

  /** {@return what a run records, one list for each call} */
  static List<List<LedgerEntry>> realisticRun() {
    return List.of(
        List.of(started(RUN, JOB)),
        List.of(begun(1, "005A", "005B \"quoted\"", "005C\nü👍")),
        List.of(new LimitMet(at(2), "slack", at(62))),
        List.of(done(1, failed(1)), begun(2, "005D", "005E")),
        List.of(new AlertRaised(at(3), new Alert("rule", Severity.SEV3, JOB, "5 failed"))),
        List.of(done(2), new Note(at(4), "chunk-size", "50 → 25"), begun(3, "005F")),
        List.of(done(3)),
        List.of(finished(RunState.STOPPED, new Counts(7, 5, 1, 0, 0, 1), "005G")));
  }

  static Instant at(long seconds) {
    return AT.plusSeconds(seconds);
  }

  static RunStarted started(RunId run, String job) {
    return new RunStarted(AT, run, job, RunOrigin.full());
  }

  static RunStarted rerun(RunId run, RunId parent, long seconds) {
    RunOrigin origin = new RunOrigin(
        RunOrigin.Kind.RERUN_FAILED, Optional.of(parent), RunOrigin.full().filter(), "");
    return new RunStarted(at(seconds), run, JOB, origin);
  }

  static RunResumed resumed() {
    return new RunResumed(at(100));
  }

  static ChunkBegun begun(int number, String... keys) {
    return begun(number, at(number), List.of(keys));
  }

  static ChunkBegun begun(int number, Instant at, List<String> keys) {
    ChunkIntent chunk =
        new ChunkIntent(number, "chunk-" + number, keys, List.of(new Span(number, keys.size())));
    return new ChunkBegun(at, chunk, new Position(new Cursor("p" + number), number));
  }

  static ChunkDone done(int number, ItemResult... results) {
    return done(number, at(number), results);
  }

  static ChunkDone done(int number, Instant at, ItemResult... results) {
    return new ChunkDone(
        at,
        number,
        List.of(results),
        ItemResult.othersSucceeded(),
        new ChunkTiming(Duration.ofMillis(3), Duration.ofNanos(123_456_789)));
  }

  static ItemResult failed(int index) {
    Failure failure =
        Failure.of(FailureKind.INVALID, "Not an e-mail address: \"x\\y\"").withCode("BAD");
    return new ItemResult(index, Outcome.failed(failure), false);
  }

  static RunFinished finished(RunState state, Counts counts, String... unread) {
    return new RunFinished(at(50), state, "asked to", counts, List.of(unread));
  }

  static void recordAll(Ledger ledger, List<List<LedgerEntry>> calls) {
    for (List<LedgerEntry> call : calls) {
      ledger.record(RUN, call);
    }
  }
}
