package io.runbook4j.testkit;

import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.ItemRecord;
import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.ledger.LedgerEntry;
import io.runbook4j.spi.ledger.ReasonCount;
import io.runbook4j.spi.ledger.ResumePoint;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** A ledger seen from a process that can die. */
record MortalLedger(CrashSwitch process, Ledger ledger) implements Ledger {
  @Override
  public void record(RunId run, List<LedgerEntry> entries) {
    process.alive("record");
    int number = process.countRecord();
    if (diesAt(number, CrashMoment.BEFORE)) {
      throw process.die("before record " + number);
    }
    if (diesAt(number, CrashMoment.DURING)) {
      recordFirstHalf(run, entries);
      throw process.die("during record " + number);
    }
    ledger.record(run, entries);
    process.alive("the end of record");
    if (diesAt(number, CrashMoment.AFTER)) {
      throw process.die("after record " + number);
    }
  }

  @Override
  public void force(RunId run) {
    process.alive("force");
    ledger.force(run);
  }

  private boolean diesAt(int number, CrashMoment moment) {
    boolean atStep = process.isDueAtNextStep();
    return atStep || process.isDueAtRecord(number, moment);
  }

  private void recordFirstHalf(RunId run, List<LedgerEntry> entries) {
    List<LedgerEntry> half = entries.subList(0, entries.size() / 2);
    if (!half.isEmpty()) {
      ledger.record(run, half);
    }
  }

  @Override
  public List<RunSummary> runs(String job, int limit) {
    return read("runs", () -> ledger.runs(job, limit));
  }

  @Override
  public Optional<RunSummary> run(RunId run) {
    return read("run", () -> ledger.run(run));
  }

  @Override
  public List<RunSummary> died() {
    return read("died", ledger::died);
  }

  @Override
  public ResumePoint resumePoint(RunId run) {
    return read("resumePoint", () -> ledger.resumePoint(run));
  }

  @Override
  public List<ItemRecord> items(RunId run, ItemFilter filter) {
    return read("items", () -> ledger.items(run, filter));
  }

  @Override
  public List<ItemRecord> outstanding(String job, ItemFilter filter) {
    return read("outstanding", () -> ledger.outstanding(job, filter));
  }

  @Override
  public List<ReasonCount> reasons(String job, Instant since, Duration stretch) {
    return read("reasons", () -> ledger.reasons(job, since, stretch));
  }

  @Override
  public List<LedgerEntry> entries(RunId run) {
    return read("entries", () -> ledger.entries(run));
  }

  @Override
  public void close() {
    process.alive("close");
    ledger.close();
  }

  private <R> R read(String what, Supplier<R> question) {
    process.step(what);
    R answer = question.get();
    process.step("the answer of " + what);
    return answer;
  }
}
