package io.runbook4j.testkit.contract;

import static io.runbook4j.testkit.contract.LedgerStory.BEGINNING;
import static io.runbook4j.testkit.contract.LedgerStory.failed;
import static io.runbook4j.testkit.contract.LedgerStory.inDoubt;
import static io.runbook4j.testkit.contract.LedgerStory.retried;
import static io.runbook4j.testkit.contract.LedgerStory.skipped;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.tuple;

import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.Finding;
import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.ItemRecord;
import io.runbook4j.spi.ledger.ItemResult;
import io.runbook4j.spi.ledger.ItemState;
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
import io.runbook4j.spi.ledger.ReasonCount;
import io.runbook4j.spi.ledger.ResumePoint;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunOrigin;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.ledger.RunSummary;
import io.runbook4j.spi.sync.Cursor;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every promise of {@link Ledger}. A subclass says how to open one on a store that lives as long as
 * the test.
 */
public abstract class LedgerContract {
  private static final String JOB = "profile-photos";

  private final LedgerStory.Clock clock = new LedgerStory.Clock();
  private final List<Ledger> opened = new ArrayList<>();

  /** For subclasses. */
  protected LedgerContract() {}

  /**
   * Opens a ledger on the test's store, which is empty at first. Called more than once in a test,
   * also while the earlier one is open; what one has recorded, the later ones see. A ledger that
   * does not outlive its process gives the same instance each time.
   */
  protected abstract Ledger open();

  private Ledger opened() {
    Ledger ledger = open();
    opened.add(ledger);
    return ledger;
  }

  private LedgerStory story(Ledger ledger, String run) {
    return new LedgerStory(ledger, clock, run);
  }

  @AfterEach
  void closeAll() {
    opened.forEach(Ledger::close);
  }

  @Test
  void record_everyKindOfEntry_givesThemBackInOrderAfterReopening() {
    Ledger ledger = opened();
    List<LedgerEntry> entries = everyKindOfEntry(story(ledger, "r1").at("p\"7", 1));

    ledger.record(new RunId("r1"), entries);
    ledger.close();

    assertThat(opened().entries(new RunId("r1")))
        .usingRecursiveFieldByFieldElementComparator()
        .containsExactlyElementsOf(entries);
  }

  private static List<LedgerEntry> everyKindOfEntry(LedgerStory story) {
    RunId run = new RunId("r1");
    Instant at = Instant.parse("2026-11-23T04:31:12.123456789Z");
    ItemFilter filter = ItemFilter.failed()
        .kinds(FailureKind.INVALID, FailureKind.CONFLICT)
        .code("C\"1")
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

  // -- runs and summaries

  @Test
  void runs_severalJobs_givesThoseOfTheJobNewestFirst() {
    Ledger ledger = opened();
    story(ledger, "a").started(JOB);
    story(ledger, "b").started("other");
    story(ledger, "c").started(JOB);
    story(ledger, "d").started(JOB);

    assertThat(ids(ledger.runs(JOB, 2))).containsExactly("d", "c");
    assertThat(ids(ledger.runs(JOB, 99))).containsExactly("d", "c", "a");
    assertThat(ledger.runs("nobody", 99)).isEmpty();
  }

  @Test
  void runs_startedAtTheSameInstant_givesTheOneRecordedLastFirst() {
    Ledger ledger = opened();
    for (String id : List.of("m", "z", "a", "k")) {
      ledger.record(
          new RunId(id), List.of(new RunStarted(BEGINNING, new RunId(id), JOB, RunOrigin.full())));
    }

    assertThat(ids(ledger.runs(JOB, 99))).containsExactly("k", "a", "z", "m");
    ledger.close();
    assertThat(ids(opened().runs(JOB, 99))).containsExactly("k", "a", "z", "m");
  }

  @Test
  void runs_many_givesAllOfThem() {
    Ledger ledger = opened();
    for (int i = 0; i < 60; i++) {
      story(ledger, "r" + i).started(JOB).finished(RunState.COMPLETED, Counts.zero());
    }

    assertThat(ids(ledger.runs(JOB, 99))).hasSize(60).startsWith("r59", "r58").endsWith("r0");
  }

  @Test
  void run_goingOn_countsSettledPendingAndOpenItems() {
    Ledger ledger = opened();
    LedgerStory story = story(ledger, "r")
        .started(JOB)
        .begun(1, "a", "b", "c", "d", "e")
        .done(1, failed(0, FailureKind.INVALID, "X"), skipped(1, "same"), inDoubt(2), retried(3))
        .begun(2, "d", "f");

    RunSummary summary = ledger.run(story.run()).orElseThrow();

    assertThat(summary.state()).isEqualTo(RunState.RUNNING);
    assertThat(summary.counts()).isEqualTo(new Counts(6, 1, 1, 1, 1, 2));
    assertThat(summary.finished()).isEmpty();
    assertThat(summary.started().job()).isEqualTo(JOB);
  }

  @Test
  void run_processGone_countsOpenItemsAsInDoubt() {
    Ledger ledger = opened();
    LedgerStory story = story(ledger, "r")
        .started(JOB)
        .begun(1, "a", "b", "c")
        .done(1, retried(0), retried(1))
        .begun(2, "a", "d");
    ledger.close();

    RunSummary summary = opened().run(story.run()).orElseThrow();

    assertThat(summary.state()).isEqualTo(RunState.DIED);
    assertThat(summary.counts()).isEqualTo(new Counts(4, 1, 0, 0, 2, 1));
  }

  @Test
  void run_finishedResumedAndFinishedAgain_givesTheLastEnd() {
    Ledger ledger = opened();
    LedgerStory story = story(ledger, "r")
        .started(JOB)
        .begun(1, "a")
        .done(1)
        .finished(RunState.STOPPED, new Counts(2, 1, 0, 0, 0, 1), "b");
    assertThat(ledger.run(story.run()).orElseThrow().state()).isEqualTo(RunState.STOPPED);

    story.resumed();
    RunSummary resumed = ledger.run(story.run()).orElseThrow();
    story.begun(2, "b").done(2).finished(RunState.COMPLETED, new Counts(2, 2, 0, 0, 0, 0));

    assertThat(resumed.state()).isEqualTo(RunState.RUNNING);
    assertThat(resumed.finished()).isEmpty();
    assertThat(resumed.counts()).isEqualTo(new Counts(2, 1, 0, 0, 0, 1));
    RunSummary ended = ledger.run(story.run()).orElseThrow();
    assertThat(ended.state()).isEqualTo(RunState.COMPLETED);
    assertThat(ended.counts()).isEqualTo(new Counts(2, 2, 0, 0, 0, 0));
    assertThat(ended.finished().orElseThrow().unread()).isEmpty();
  }

  @Test
  void run_unknown_isEmpty() {
    assertThat(opened().run(new RunId("nobody"))).isEmpty();
  }

  @Test
  void died_oneFinishedOneGoingOnTwoLeft_givesTheTwoOldestFirst() {
    Ledger ledger = opened();
    story(ledger, "z").started(JOB);
    story(ledger, "b").started("other").begun(1, "a");
    story(ledger, "c").started(JOB).finished(RunState.COMPLETED, Counts.zero());
    assertThat(ledger.died()).isEmpty();
    ledger.close();

    Ledger later = opened();
    story(later, "d").started(JOB);

    assertThat(ids(later.died())).containsExactly("z", "b");
  }

  // -- taking runs

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
    assertThat(second.run(story.run()).orElseThrow().state()).isEqualTo(RunState.RUNNING);
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

  // -- items

  @Test
  void items_everyOutcome_givesThoseThatDidNotSucceedInOrder() {
    Ledger ledger = opened();
    LedgerStory story = troubledRun(ledger);

    List<ItemRecord> items = ledger.items(story.run(), ItemFilter.all());

    assertThat(items)
        .extracting(ItemRecord::key, ItemRecord::state, ItemRecord::text)
        .containsExactly(
            tuple("a", ItemState.FAILED, "No: BAD_EMAIL"),
            tuple("b", ItemState.SKIPPED, "Unchanged since yesterday"),
            tuple("c", ItemState.IN_DOUBT, "No answer within PT30S"),
            tuple("d", ItemState.NOT_REACHED, "Oops"),
            tuple("f", ItemState.FAILED, "No: LOCKED"));
    assertThat(items.get(0).failure().orElseThrow())
        .isEqualTo(Failure.of(FailureKind.INVALID, "No: BAD_EMAIL").withCode("BAD_EMAIL"));
    assertThat(items.get(0).at()).isEqualTo(BEGINNING.plusSeconds(2));
    assertThat(items.get(3).failure().orElseThrow().retryAfter()).contains(Duration.ofSeconds(7));
    assertThat(items.get(0).run()).isEqualTo(story.run());
  }

  private LedgerStory troubledRun(Ledger ledger) {
    return story(ledger, "r")
        .started(JOB)
        .begun(1, "a", "b", "c", "d", "e")
        .done(
            1,
            failed(0, FailureKind.INVALID, "BAD_EMAIL"),
            skipped(1, "Unchanged since yesterday"),
            inDoubt(2),
            retried(3))
        .begun(2, "f", "g")
        .done(2, failed(0, FailureKind.CONFLICT, "LOCKED"));
  }

  @Test
  void items_filtered_givesThoseThatPass() {
    Ledger ledger = opened();
    RunId run = troubledRun(ledger).run();
    ItemFilter all = ItemFilter.all();

    assertThat(keys(ledger.items(run, ItemFilter.failed()))).containsExactly("a", "f");
    assertThat(keys(ledger.items(run, all.states(ItemState.SKIPPED, ItemState.NOT_REACHED))))
        .containsExactly("b", "d");
    assertThat(keys(ledger.items(run, all.kinds(FailureKind.CONFLICT, FailureKind.TIMEOUT))))
        .containsExactly("c", "f");
    assertThat(keys(ledger.items(run, all.code("LOCKED")))).containsExactly("f");
    assertThat(keys(ledger.items(run, all.keys(List.of("f", "b", "e"))))).containsExactly("b", "f");
    assertThat(keys(ledger.items(run, all.text("UNCHANGED")))).containsExactly("b");
    assertThat(keys(ledger.items(run, all.limit(2)))).containsExactly("a", "b");
    assertThat(keys(ledger.items(run, all.limit(2).newestFirst()))).containsExactly("f", "d");
    assertThat(keys(ledger.items(run, all.code("BAD_EMAIL").kinds(FailureKind.CONFLICT))))
        .isEmpty();
  }

  @Test
  void items_recordedTwice_givesWhatWasRecordedLast() {
    Ledger ledger = opened();
    LedgerStory story = story(ledger, "r")
        .started(JOB)
        .begun(1, "a", "b", "c")
        .doneOthers(1, retried(ItemResult.OTHERS))
        .begun(2, "b", "a")
        .done(2, failed(1, FailureKind.INVALID, "X"));

    assertThat(ledger.items(story.run(), ItemFilter.all()))
        .extracting(ItemRecord::key, ItemRecord::state)
        .containsExactly(tuple("c", ItemState.NOT_REACHED), tuple("a", ItemState.FAILED));
  }

  @Test
  void items_openChunk_isNotReachedWhileGoingOnAndInDoubtWhenTheProcessIsGone() {
    Ledger ledger = opened();
    LedgerStory story = story(ledger, "r")
        .started(JOB)
        .begun(1, "a", "b")
        .begun(2, "c")
        .done(2, failed(0, FailureKind.INVALID, "X"));

    assertThat(ledger.items(story.run(), ItemFilter.all()))
        .extracting(ItemRecord::key, ItemRecord::state)
        .containsExactlyInAnyOrder(
            tuple("a", ItemState.NOT_REACHED),
            tuple("b", ItemState.NOT_REACHED),
            tuple("c", ItemState.FAILED));
    ledger.close();
    List<ItemRecord> items =
        opened().items(story.run(), ItemFilter.all().states(ItemState.IN_DOUBT));
    assertThat(keys(items)).containsExactly("a", "b");
    assertThat(items.get(0).failure()).isPresent();
  }

  @Test
  void items_finishedWithUnreadItems_givesThemAsNotReached() {
    Ledger ledger = opened();
    LedgerStory story = story(ledger, "r")
        .started(JOB)
        .begun(1, "a")
        .done(1)
        .finished(RunState.STOPPED, new Counts(3, 1, 0, 0, 0, 2), "b", "c");

    assertThat(ledger.items(story.run(), ItemFilter.all()))
        .extracting(ItemRecord::key, ItemRecord::state)
        .containsExactly(tuple("b", ItemState.NOT_REACHED), tuple("c", ItemState.NOT_REACHED));
    story.resumed().begun(2, "b").done(2);
    assertThat(keys(ledger.items(story.run(), ItemFilter.all()))).containsExactly("c");
  }

  @Test
  void queries_unknownRun_areRefused() {
    Ledger ledger = opened();
    RunId nobody = new RunId("nobody");

    assertThatExceptionOfType(LedgerException.class)
        .isThrownBy(() -> ledger.items(nobody, ItemFilter.all()))
        .withMessageContaining("nobody");
    assertThatExceptionOfType(LedgerException.class)
        .isThrownBy(() -> ledger.resumePoint(nobody))
        .withMessageContaining("nobody");
    assertThatExceptionOfType(LedgerException.class)
        .isThrownBy(() -> ledger.entries(nobody))
        .withMessageContaining("nobody");
  }

  @ParameterizedTest
  @MethodSource("oddTexts")
  void items_oddKeyAndHostileMessage_givesThemBack(String odd) {
    Ledger ledger = opened();
    LedgerStory story = story(ledger, "r").started(odd).begun(1, "before", odd, "after");
    Failure failure = Failure.of(FailureKind.INVALID, odd).withCode(odd);

    story.done(1, new ItemResult(1, Outcome.failed(failure), false));
    ledger.close();

    Ledger later = opened();
    List<ItemRecord> items = later.items(story.run(), ItemFilter.all().keys(List.of(odd)));
    assertThat(keys(items)).containsExactly(odd);
    assertThat(items.get(0).failure()).contains(failure);
    assertThat(keys(later.outstanding(odd, ItemFilter.all()))).containsExactly(odd);
    assertThat(later.entries(story.run())).hasSize(3);
  }

  static Stream<String> oddTexts() {
    return Stream.of(
        " ",
        "a\"b\\c/d",
        "line\nbreak\r\ttab",
        "\u0000\u0001\u001b[31m\u007f\u0085\u009f",
        "naïve café ß",
        "日本語",
        "👩‍👩‍👧‍👦 family",
        "\u2028\u2029\ufeff",
        "\ud83d lone, and \ude00 the other",
        "]}\",\"crc\":\"00000000\"}",
        "{\"format\":1,\"type\":\"started\"}",
        "'; DROP TABLE runs; --",
        "=1+1",
        "k".repeat(5_000));
  }

  // -- outstanding

  @Test
  void outstanding_rerunSucceeded_isCleared() {
    Ledger ledger = opened();
    story(ledger, "r1")
        .started(JOB)
        .begun(1, "a", "b", "c")
        .done(1, failed(0, FailureKind.INVALID, "X"), failed(2, FailureKind.INVALID, "Y"))
        .finished(RunState.COMPLETED, new Counts(3, 1, 2, 0, 0, 0));
    assertThat(keys(ledger.outstanding(JOB, ItemFilter.all()))).containsExactly("a", "c");

    story(ledger, "r0")
        .started(JOB)
        .begun(1, "a", "c")
        .done(1, failed(1, FailureKind.CONFLICT, "Z"))
        .finished(RunState.COMPLETED, new Counts(2, 1, 1, 0, 0, 0));

    List<ItemRecord> items = ledger.outstanding(JOB, ItemFilter.all());
    assertThat(items).singleElement().satisfies(item -> {
      assertThat(item.key()).isEqualTo("c");
      assertThat(item.run()).isEqualTo(new RunId("r0"));
      assertThat(item.failure().orElseThrow().kind()).isEqualTo(FailureKind.CONFLICT);
    });
    assertThat(ledger.outstanding("other", ItemFilter.all())).isEmpty();
    assertThat(keys(ledger.items(new RunId("r1"), ItemFilter.all()))).containsExactly("a", "c");
    ledger.close();
    assertThat(keys(opened().outstanding(JOB, ItemFilter.all()))).containsExactly("c");
  }

  @Test
  void outstanding_failedAgainAfterSuccess_isOutstanding() {
    Ledger ledger = opened();
    story(ledger, "r1").started(JOB).begun(1, "a").done(1);
    story(ledger, "r2").started(JOB).begun(1, "a").done(1, failed(0, FailureKind.INVALID, "X"));

    assertThat(keys(ledger.outstanding(JOB, ItemFilter.failed()))).containsExactly("a");
  }

  @Test
  void outstanding_olderRunResumedAfterNewerFailed_takesTheNewestRecord() {
    Ledger ledger = opened();
    LedgerStory older = story(ledger, "r1")
        .started(JOB)
        .begun(1, "a", "b")
        .done(1, failed(0, FailureKind.INVALID, "X"), retried(1))
        .finished(RunState.STOPPED, new Counts(2, 0, 1, 0, 0, 1));
    story(ledger, "r2")
        .started(JOB)
        .begun(1, "a", "b")
        .done(1, failed(1, FailureKind.INVALID, "Y"))
        .finished(RunState.COMPLETED, new Counts(2, 1, 1, 0, 0, 0));

    older.resumed().begun(2, "b").done(2);

    assertThat(ledger.outstanding(JOB, ItemFilter.all())).isEmpty();
  }

  @Test
  void outstanding_openChunkOfARunThatDied_isInDoubtUntilARerunSucceeds() {
    Ledger ledger = opened();
    story(ledger, "r1").started(JOB).begun(1, "a", "b");
    assertThat(ledger.outstanding(JOB, ItemFilter.all()))
        .extracting(ItemRecord::key, ItemRecord::state)
        .containsExactly(tuple("a", ItemState.NOT_REACHED), tuple("b", ItemState.NOT_REACHED));
    ledger.close();

    Ledger later = opened();
    assertThat(later.outstanding(JOB, ItemFilter.all()))
        .extracting(ItemRecord::key, ItemRecord::state)
        .containsExactly(tuple("a", ItemState.IN_DOUBT), tuple("b", ItemState.IN_DOUBT));
    story(later, "r2").started(JOB).begun(1, "a").done(1);
    assertThat(keys(later.outstanding(JOB, ItemFilter.all()))).containsExactly("b");
  }

  @Test
  void outstanding_filtered_givesThoseThatPass() {
    Ledger ledger = opened();
    troubledRun(ledger);

    assertThat(keys(ledger.outstanding(JOB, ItemFilter.failed().code("LOCKED"))))
        .containsExactly("f");
    assertThat(keys(ledger.outstanding(JOB, ItemFilter.all().newestFirst().limit(2))))
        .containsExactly("f", "d");
  }

  // -- reasons

  @Test
  void reasons_twoStretches_countsThemByFallingCount() {
    Ledger ledger = opened();
    story(ledger, "r1")
        .started(JOB)
        .begun(1, "a", "b", "c", "d", "e")
        .doneOthers(
            1,
            failed(ItemResult.OTHERS, FailureKind.INVALID, "X"),
            inDoubt(0),
            retried(1),
            skipped(2, "same"))
        .begun(2, "f")
        .done(2, failed(0, FailureKind.INVALID, "X"));
    story(ledger, "r2").started("other").begun(1, "a").done(1, inDoubt(0));

    Instant since = BEGINNING.plusSeconds(1);
    assertThat(ledger.reasons(JOB, since, Duration.ofSeconds(3)))
        .containsExactly(
            new ReasonCount(since, FailureKind.INVALID, Optional.of("X"), 2),
            new ReasonCount(since, FailureKind.TIMEOUT, Optional.empty(), 1),
            new ReasonCount(since.plusSeconds(3), FailureKind.INVALID, Optional.of("X"), 1));
    assertThat(ledger.reasons(JOB, BEGINNING.plusSeconds(3), Duration.ofDays(1)))
        .extracting(ReasonCount::count)
        .containsExactly(1L);
    assertThat(ledger.reasons(JOB, BEGINNING.plusSeconds(30), Duration.ofDays(1)))
        .isEmpty();
  }

  // -- resuming

  @Test
  void resumePoint_nothingDone_isTheBeginning() {
    Ledger ledger = opened();
    RunId run = story(ledger, "r").started(JOB).run();

    ResumePoint point = ledger.resumePoint(run);

    assertThat(point.position()).isEqualTo(Position.start());
    assertThat(point.nextChunk()).isEqualTo(1);
    assertThat(point.settled()).isEqualTo(Counts.zero());
    assertThat(point.settledSince()).isEmpty();
    assertThat(point.attempts()).isEmpty();
    assertThat(point.open()).isEmpty();
    assertThat(point.notBefore()).isEmpty();
  }

  @Test
  void resumePoint_stoppedInTheMiddleOfRetries_losesNoItem() {
    Ledger ledger = opened();
    LedgerStory story = story(ledger, "r")
        .started(JOB)
        .begun(1, "a", "b", "c")
        .done(1)
        .at("p1", 2)
        .begun(2, "d", "e", "f", "g")
        .doneOthers(2, retried(ItemResult.OTHERS), failed(0, FailureKind.INVALID, "X"))
        .begun(3, "e", "f")
        .done(3, retried(1))
        .begun(4, "f");
    ledger.close();

    ResumePoint point = opened().resumePoint(story.run());

    assertThat(point.position()).isEqualTo(new Position(new Cursor("p1"), 2));
    assertThat(point.settledSince()).isEqualTo(Map.of("d", 1, "e", 1));
    assertThat(point.attempts()).isEqualTo(Map.of("f", 2, "g", 1));
    assertThat(point.open())
        .containsExactly(
            new ChunkIntent(4, story.run() + "-4", List.of("f"), List.of(new Span(4, 1))));
    assertThat(point.nextChunk()).isEqualTo(5);
    assertThat(point.nextPage()).isEqualTo(5);
    assertThat(point.settled()).isEqualTo(new Counts(5, 4, 1, 0, 0, 0));
  }

  @Test
  void resumePoint_retriedItemOfAnEarlierPage_isNotExpectedBehindTheCursor() {
    Ledger ledger = opened();
    LedgerStory story =
        story(ledger, "r").started(JOB).begun(1, "a", "b").done(1, retried(0)).at("p2", 2);
    story.record(story.begun(2, List.of(new Span(1, 1), new Span(2, 2)), "a", "c", "d"));
    story.done(2);

    ResumePoint point = ledger.resumePoint(story.run());

    assertThat(point.settledSince()).isEqualTo(Map.of("c", 1, "d", 1));
    assertThat(point.nextPage()).isEqualTo(3);
  }

  @Test
  void resumePoint_keyTwiceInTheSource_countsBoth() {
    Ledger ledger = opened();
    LedgerStory story = story(ledger, "r")
        .started(JOB)
        .begun(1, "a", "b")
        .done(1)
        .begun(2, "a", "c")
        .done(2, inDoubt(0))
        .begun(3, "a")
        .done(3, retried(0));

    ResumePoint point = ledger.resumePoint(story.run());

    assertThat(point.settledSince()).isEqualTo(Map.of("a", 2, "b", 1, "c", 1));
    assertThat(point.attempts()).isEqualTo(Map.of("a", 1));
    assertThat(point.settled()).isEqualTo(new Counts(4, 3, 0, 0, 1, 0));
  }

  @Test
  void resumePoint_chunksDoneOutOfOrder_givesTheOpenOnesByNumber() {
    Ledger ledger = opened();
    LedgerStory story = story(ledger, "r")
        .started(JOB)
        .begun(2, "c", "d")
        .begun(1, "a", "b")
        .begun(5, "i")
        .begun(3, "e")
        .done(3, skipped(0, "same"))
        .done(1);

    ResumePoint point = ledger.resumePoint(story.run());

    assertThat(point.open()).extracting(ChunkIntent::number).containsExactly(2, 5);
    assertThat(point.nextChunk()).isEqualTo(6);
    assertThat(point.settledSince()).isEqualTo(Map.of("a", 1, "b", 1, "e", 1));
  }

  @Test
  void resumePoint_positionMovedOn_forgetsWhatLiesBeforeIt() {
    Ledger ledger = opened();
    LedgerStory story = story(ledger, "r").started(JOB);
    for (int i = 1; i <= 20; i++) {
      story.at("p" + i, Math.max(1, i - 1)).begun(i, "k" + i, "l" + i).done(i);
    }

    ResumePoint point = ledger.resumePoint(story.run());

    assertThat(point.position()).isEqualTo(new Position(new Cursor("p20"), 19));
    assertThat(point.settledSince()).containsOnlyKeys("k19", "l19", "k20", "l20");
    assertThat(point.settled().succeeded()).isEqualTo(40);
  }

  @Test
  void resumePoint_openChunkSettledAfterResuming_isOpenNoMore() {
    Ledger ledger = opened();
    LedgerStory story = story(ledger, "r").started(JOB).begun(1, "a", "b");
    ledger.close();
    Ledger later = opened();

    story.in(later).resumed().done(1, retried(1)).begun(2, "b");

    ResumePoint point = later.resumePoint(story.run());
    assertThat(point.open()).extracting(ChunkIntent::number).containsExactly(2);
    assertThat(point.settledSince()).isEqualTo(Map.of("a", 1));
    assertThat(point.attempts()).isEqualTo(Map.of("b", 1));
    assertThat(later.outstanding(JOB, ItemFilter.all()))
        .extracting(ItemRecord::key, ItemRecord::state)
        .containsExactly(tuple("b", ItemState.NOT_REACHED));
  }

  @Test
  void resumePoint_limitsMet_givesTheLatestEnd() {
    Ledger ledger = opened();
    LedgerStory story = story(ledger, "r")
        .started(JOB)
        .record(
            new LimitMet(BEGINNING, "s", BEGINNING.plusSeconds(500)),
            new LimitMet(BEGINNING.plusSeconds(1), "t", BEGINNING.plusSeconds(300)));

    assertThat(ledger.resumePoint(story.run()).notBefore()).contains(BEGINNING.plusSeconds(500));
  }

  @Test
  void resumePoint_largeChunk_holdsEveryKey() {
    Ledger ledger = opened();
    String[] keys = IntStream.range(0, 20_000).mapToObj(i -> "key-" + i).toArray(String[]::new);
    LedgerStory story = story(ledger, "r").started(JOB).begun(1, keys);
    ledger.close();

    assertThat(opened().resumePoint(story.run()).open().get(0).keys()).containsExactly(keys);
  }

  private static List<String> ids(List<RunSummary> runs) {
    return runs.stream().map(run -> run.run().value()).toList();
  }

  private static List<String> keys(List<ItemRecord> items) {
    return items.stream().map(ItemRecord::key).toList();
  }
}
