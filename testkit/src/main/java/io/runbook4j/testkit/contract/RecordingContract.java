package io.runbook4j.testkit.contract;

import static io.runbook4j.testkit.contract.LedgerStory.BEGINNING;
import static io.runbook4j.testkit.contract.LedgerStory.failed;
import static io.runbook4j.testkit.contract.LedgerStory.inDoubt;
import static io.runbook4j.testkit.contract.LedgerStory.retried;
import static io.runbook4j.testkit.contract.LedgerStory.skipped;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.Finding;
import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.ItemResult;
import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.ledger.LedgerEntry;
import io.runbook4j.spi.ledger.LedgerEntry.AlertRaised;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkBegun;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkIntent;
import io.runbook4j.spi.ledger.LedgerEntry.FindingMade;
import io.runbook4j.spi.ledger.LedgerEntry.LimitMet;
import io.runbook4j.spi.ledger.LedgerEntry.Note;
import io.runbook4j.spi.ledger.LedgerEntry.RunFinished;
import io.runbook4j.spi.ledger.LedgerEntry.RunStarted;
import io.runbook4j.spi.ledger.LedgerEntry.Span;
import io.runbook4j.spi.ledger.LedgerException;
import io.runbook4j.spi.ledger.Position;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunOrigin;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.ledger.RunSummary;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a ledger takes, what it refuses, and from whom. */
abstract class RecordingContract extends LedgerStage {
  @Test
  void record_everyKindOfEntry_givesThemBackInOrderAfterReopening() {
    Ledger ledger = opened();
    List<LedgerEntry> entries = everyKindOfEntry(story(ledger, "r1").at("p\"7", 1));

    ledger.record(new RunId("r1"), entries);
    ledger.close();

    List<LedgerEntry> given = opened().entries(new RunId("r1"));
    assertSame(given, entries);
    assertThat(((RunStarted) given.get(0)).origin().filter().keys())
        .as("the keys that a rerun asks for, in their order")
        .containsExactly("k2", "k1");
  }

  /** What another ledger does not see until this one is closed dies with the process. */
  @Test
  void record_everyKindOfEntry_isSeenByAnotherLedgerAtOnce() {
    Ledger ledger = opened();
    Ledger second = opened();
    RunId run = new RunId("r1");
    List<LedgerEntry> recorded = new ArrayList<>();

    for (LedgerEntry entry : everyKindOfEntry(story(ledger, "r1"))) {
      ledger.record(run, List.of(entry));
      recorded.add(entry);

      assertSame(second.entries(run), recorded);
    }
  }

  @Test
  void force_ofARunThatIsGoingOn_leavesAllToBeSeenByAnotherLedgerAndTheRunGoesOn() {
    Ledger ledger = opened();
    LedgerStory story = story(ledger, "r").started(JOB).begun(1, "a").done(1);

    ledger.force(story.run());

    assertThat(opened().entries(story.run())).hasSize(3);
    story.begun(2, "b").done(2);
    assertThat(ledger.entries(story.run())).hasSize(5);
  }

  @Test
  void force_ofARunThatIsNotGoingOn_doesNothing() {
    Ledger ledger = opened();
    LedgerStory story = story(ledger, "r").started(JOB).finished(RunState.COMPLETED, Counts.zero());
    List<LedgerEntry> recorded = ledger.entries(story.run());

    ledger.force(story.run());
    ledger.force(new RunId("nobody"));

    assertSame(ledger.entries(story.run()), recorded);
    assertThat(ledger.run(new RunId("nobody"))).isEmpty();
  }

  private static void assertSame(List<LedgerEntry> given, List<LedgerEntry> recorded) {
    assertThat(given)
        .usingRecursiveFieldByFieldElementComparator()
        .containsExactlyElementsOf(recorded);
  }

  private static List<LedgerEntry> everyKindOfEntry(LedgerStory story) {
    RunId run = new RunId("r1");
    Instant at = Instant.parse("2026-11-23T04:31:12.123456789Z");
    ItemFilter filter = ItemFilter.failed()
        .kinds(FailureKind.INVALID, FailureKind.CONFLICT)
        .code("C\"1")
        .keys(List.of("k2", "k1"))
        .text("tëxt")
        .limit(7)
        .newestFirst();
    RunOrigin origin = new RunOrigin(
        RunOrigin.Kind.RERUN_FAILED, Optional.of(new RunId("r0")), filter, "said so\n");
    return List.of(
        new RunStarted(at, run, "a \"job\"", origin),
        story.intent(1, "a", "b", "c", "d", "e"),
        new LimitMet(at, "service", at.plusSeconds(60)),
        story.result(
            1,
            retried(ItemResult.OTHERS),
            failed(0, FailureKind.INVALID, "X"),
            skipped(1, "nothing to do"),
            inDoubt(2),
            new ItemResult(3, Outcome.succeeded(), false)),
        new AlertRaised(at, new Alert("rule", Severity.SEV2, "job", "text\twith \u2028 tab")),
        new FindingMade(
            at, new Finding("orphans", "a \"table\"", true, 1L << 40, List.of("x\"", ""))),
        new FindingMade(at, new Finding("stale", "cache", false, 1, List.of())),
        new Note(at, "chunk-size", "50 → 25"),
        new RunFinished(
            Instant.parse("1969-12-31T23:59:59.999Z"),
            RunState.STOPPED,
            "asked to",
            new Counts(7, 1, 1, 1, 1, 3),
            List.of("y", "z")));
  }

  @Test
  void record_noEntries_isRefused() {
    Ledger ledger = opened();

    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> ledger.record(new RunId("r"), List.of()));
  }

  @Test
  void record_runNotTaken_isRefused() {
    Ledger ledger = opened();
    LedgerStory story = story(ledger, "r").started(JOB);
    ledger.close();
    Ledger later = opened();

    assertThatIllegalStateException()
        .isThrownBy(() -> story.in(later).begun(1, "a"))
        .withMessageContaining("r");
    assertThatIllegalStateException().isThrownBy(() -> story(later, "new").begun(1, "a"));
  }

  @Test
  void record_afterRunFinished_isRefused() {
    Ledger ledger = opened();
    LedgerStory story = story(ledger, "r").started(JOB).finished(RunState.COMPLETED, Counts.zero());

    assertThatIllegalStateException().isThrownBy(() -> story.begun(1, "a"));
  }

  @Test
  void record_startedWithAKnownId_isRefused() {
    Ledger ledger = opened();
    story(ledger, "r").started(JOB).finished(RunState.COMPLETED, Counts.zero());

    assertThatExceptionOfType(LedgerException.class)
        .isThrownBy(() -> story(ledger, "r").started(JOB))
        .withMessageContaining("r");
    assertThat(ledger.run(new RunId("r")).orElseThrow().state()).isEqualTo(RunState.COMPLETED);
  }

  @Test
  void record_startedWithAnotherRunsId_isRefusedAndLeavesNothing() {
    Ledger ledger = opened();
    RunStarted started = new RunStarted(BEGINNING, new RunId("other"), JOB, RunOrigin.full());

    assertThatIllegalStateException()
        .isThrownBy(() -> ledger.record(new RunId("r"), List.of(started)));
    assertThat(ledger.run(new RunId("r"))).isEmpty();
    story(ledger, "r").started(JOB);
  }

  @Test
  void record_resumedUnknownRun_isRefused() {
    Ledger ledger = opened();

    assertThatExceptionOfType(LedgerException.class)
        .isThrownBy(() -> story(ledger, "nobody").resumed())
        .withMessageContaining("nobody");
    story(ledger, "nobody").started(JOB);
  }

  @Test
  void record_resumedWhileGoingOn_isRefusedForEveryTaker() {
    Ledger ledger = opened();
    LedgerStory story = story(ledger, "r").started(JOB);
    Ledger second = opened();

    assertThatExceptionOfType(LedgerException.class)
        .isThrownBy(() -> story.resumed())
        .withMessageContaining("r");
    assertThatExceptionOfType(LedgerException.class)
        .isThrownBy(() -> story.in(second).resumed())
        .withMessageContaining("r");
    story.begun(1, "a").done(1);
    RunSummary summary = second.run(story.run()).orElseThrow();
    assertThat(summary.state()).isEqualTo(RunState.RUNNING);
    assertThat(summary.counts()).isEqualTo(new Counts(1, 1, 0, 0, 0, 0));
    assertThat(second.died()).isEmpty();
  }

  @Test
  void record_resumedAfterFinish_goesOnInAnotherLedger() {
    Ledger ledger = opened();
    LedgerStory story = story(ledger, "r").started(JOB).finished(RunState.FAILED, Counts.zero());

    Ledger second = opened();
    story.in(second).resumed().begun(1, "a").done(1);

    assertThat(second.run(story.run()).orElseThrow().counts())
        .isEqualTo(new Counts(1, 1, 0, 0, 0, 0));
  }

  @ParameterizedTest
  @MethodSource("misfits")
  void record_entryThatDoesNotFit_isRefusedAndTheRunGoesOn(Misfit misfit) {
    Ledger ledger = opened();
    LedgerStory story =
        story(ledger, "r").started(JOB).begun(1, "a", "b").done(1).begun(2, "c");

    assertThatIllegalStateException()
        .isThrownBy(() -> misfit.record(story))
        .withMessageContaining("r");
    story.done(2);
    assertThat(ledger.run(story.run()).orElseThrow().counts())
        .isEqualTo(new Counts(3, 3, 0, 0, 0, 0));
  }

  static Stream<Misfit> misfits() {
    return Stream.of(
        story -> story.begun(1, "x"),
        story -> story.begun(2, "x"),
        story -> story.begun(0, "x"),
        story -> story.done(1),
        story -> story.done(3),
        story -> story.done(2, failed(1, FailureKind.INVALID, "X")),
        story ->
            story.done(2, failed(0, FailureKind.INVALID, "X"), failed(0, FailureKind.INVALID, "Y")),
        story -> story.finished(RunState.DIED, Counts.zero()));
  }

  /** Records what no ledger may take. */
  @FunctionalInterface
  interface Misfit {
    /** Records it. */
    void record(LedgerStory story);
  }

  @Test
  void record_misfitAmongOthers_keepsThePrefix() {
    Ledger ledger = opened();
    LedgerStory story = story(ledger, "r").started(JOB);
    ItemResult all = ItemResult.othersSucceeded();

    assertThatIllegalStateException()
        .isThrownBy(() -> story.record(
            story.intent(1, "a"),
            story.result(1, all),
            story.result(1, all),
            story.intent(2, "b")));

    ledger.close();
    assertThat(opened().run(story.run()).orElseThrow().counts())
        .isEqualTo(new Counts(1, 1, 0, 0, 0, 0));
  }

  @Test
  void record_listReusedByTheCaller_keepsWhatItHeld() {
    Ledger ledger = opened();
    LedgerStory story = story(ledger, "r").started(JOB);
    ChunkIntent intent = new ChunkIntent(1, "k", List.of("a", "b"), List.of(new Span(1, 2)));
    List<LedgerEntry> entries =
        new ArrayList<>(List.of(new ChunkBegun(BEGINNING, intent, Position.start())));

    ledger.record(story.run(), entries);
    entries.clear();
    story.done(1, failed(0, FailureKind.INVALID, "X"));

    assertThat(keys(ledger.items(story.run(), ItemFilter.all()))).containsExactly("a");
    assertThat(ledger.entries(story.run())).hasSize(3);
  }
}
