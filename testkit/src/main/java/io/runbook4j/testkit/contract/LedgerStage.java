package io.runbook4j.testkit.contract;

import io.runbook4j.spi.ledger.ItemRecord;
import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.ledger.RunSummary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** What the parts of {@link LedgerContract} share: ledgers, and the stories that they record. */
abstract class LedgerStage {
  static final String JOB = "profile-photos";

  private final LedgerStory.Clock clock = new LedgerStory.Clock();
  private final List<Ledger> opened = new ArrayList<>();

  /** See {@link LedgerContract#open}. */
  protected abstract Ledger open();

  final Ledger opened() {
    Ledger ledger = open();
    opened.add(ledger);
    return ledger;
  }

  final LedgerStory story(Ledger ledger, String run) {
    return new LedgerStory(ledger, clock, run);
  }

  /** What is recorded from now on has times that were before. */
  final void setClockBack(Duration step) {
    clock.back(step);
  }

  @AfterEach
  void closeAll() {
    opened.forEach(Ledger::close);
  }

  static List<String> ids(List<RunSummary> runs) {
    return runs.stream().map(run -> run.run().value()).toList();
  }

  static List<String> keys(List<ItemRecord> items) {
    return items.stream().map(ItemRecord::key).toList();
  }
}
