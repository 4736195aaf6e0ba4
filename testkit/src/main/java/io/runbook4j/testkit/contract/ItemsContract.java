package io.runbook4j.testkit.contract;

import static io.runbook4j.testkit.contract.LedgerStory.BEGINNING;
import static io.runbook4j.testkit.contract.LedgerStory.failed;
import static io.runbook4j.testkit.contract.LedgerStory.inDoubt;
import static io.runbook4j.testkit.contract.LedgerStory.retried;
import static io.runbook4j.testkit.contract.LedgerStory.skipped;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.ItemRecord;
import io.runbook4j.spi.ledger.ItemResult;
import io.runbook4j.spi.ledger.ItemState;
import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.ledger.LedgerException;
import io.runbook4j.spi.ledger.ReasonCount;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a ledger answers about items: of a run, outstanding, and why they failed. */
abstract class ItemsContract extends RunsContract {
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
    ItemFilter newest = all.limit(2).newestFirst();
    assertThat(keys(ledger.items(run, newest))).containsExactly("f", "d");
    assertThat(keys(ledger.items(run, newest.oldestFirst()))).containsExactly("a", "b");
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
  void outstanding_rerunSucceededAfterTheClockWasSetBack_isCleared() {
    Ledger ledger = opened();
    story(ledger, "r1")
        .started(JOB)
        .begun(1, "a", "b")
        .done(1, failed(0, FailureKind.INVALID, "X"), failed(1, FailureKind.INVALID, "X"))
        .finished(RunState.COMPLETED, new Counts(2, 0, 2, 0, 0, 0));
    setClockBack(Duration.ofSeconds(2)); // into the time of that run
    story(ledger, "r2")
        .started(JOB)
        .begun(1, "a")
        .done(1)
        .finished(RunState.COMPLETED, new Counts(1, 1, 0, 0, 0, 0));
    setClockBack(Duration.ofHours(1));
    story(ledger, "r3")
        .started(JOB)
        .begun(1, "b")
        .done(1)
        .finished(RunState.COMPLETED, new Counts(1, 1, 0, 0, 0, 0));

    assertThat(ledger.outstanding(JOB, ItemFilter.all())).isEmpty();
    ledger.close();
    assertThat(opened().outstanding(JOB, ItemFilter.all())).isEmpty();
  }

  @Test
  void outstanding_failedAgainAfterTheClockWasSetBack_isOutstanding() {
    Ledger ledger = opened();
    story(ledger, "r1").started(JOB).begun(1, "a").done(1);
    setClockBack(Duration.ofHours(1));
    story(ledger, "r2").started(JOB).begun(1, "a").done(1, failed(0, FailureKind.INVALID, "X"));

    assertThat(ledger.outstanding(JOB, ItemFilter.all()))
        .extracting(item -> item.run().value())
        .containsExactly("r2");
  }

  @Test
  void outstanding_olderRunResumedAfterTheClockWasSetBack_takesTheNewestRecord() {
    Ledger ledger = opened();
    LedgerStory older = story(ledger, "r1")
        .started(JOB)
        .begun(1, "a")
        .done(1, retried(0))
        .finished(RunState.STOPPED, new Counts(1, 0, 0, 0, 0, 1));
    story(ledger, "r2")
        .started(JOB)
        .begun(1, "a")
        .done(1, failed(0, FailureKind.INVALID, "Y"))
        .finished(RunState.COMPLETED, new Counts(1, 0, 1, 0, 0, 0));
    setClockBack(Duration.ofHours(1));

    older.resumed().begun(2, "a").done(2);

    assertThat(ledger.outstanding(JOB, ItemFilter.all())).isEmpty();
    story(ledger, "r3").started(JOB).begun(1, "a").done(1, failed(0, FailureKind.INVALID, "Z"));
    assertThat(ledger.outstanding(JOB, ItemFilter.all()))
        .extracting(item -> item.run().value())
        .containsExactly("r3");
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
  void outstanding_openChunkWhoseItemsAnotherRunAnsweredSince_givesTheNewerAnswer() {
    Ledger ledger = opened();
    story(ledger, "r1").started(JOB).begun(1, "a", "b", "c");
    story(ledger, "r2")
        .started(JOB)
        .begun(1, "a", "b")
        .done(1, failed(1, FailureKind.INVALID, "X"))
        .finished(RunState.COMPLETED, new Counts(2, 1, 1, 0, 0, 0));

    assertThat(ledger.outstanding(JOB, ItemFilter.all()))
        .extracting(ItemRecord::key, ItemRecord::state)
        .containsExactlyInAnyOrder(tuple("b", ItemState.FAILED), tuple("c", ItemState.NOT_REACHED));
    ledger.close();
    assertThat(opened().outstanding(JOB, ItemFilter.all()))
        .extracting(ItemRecord::key, ItemRecord::state)
        .containsExactlyInAnyOrder(tuple("b", ItemState.FAILED), tuple("c", ItemState.IN_DOUBT));
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

  @Test
  void outstanding_manyOfOneChunk_givesThemInTheOrderOfRecording() {
    Ledger ledger = opened();
    String[] keys = IntStream.range(0, 60).mapToObj(i -> "k" + i).toArray(String[]::new);
    LedgerStory story = story(ledger, "r1")
        .started(JOB)
        .begun(1, keys)
        .doneOthers(1, failed(ItemResult.OTHERS, FailureKind.INVALID, "X"))
        .begun(2, "k7", "k3")
        .doneOthers(2, failed(ItemResult.OTHERS, FailureKind.INVALID, "Y"));
    List<String> inOrder = new ArrayList<>(List.of(keys));
    inOrder.removeAll(List.of("k7", "k3"));
    inOrder.addAll(List.of("k7", "k3"));

    assertThat(keys(ledger.outstanding(JOB, ItemFilter.all()))).isEqualTo(inOrder);
    assertThat(keys(ledger.outstanding(JOB, ItemFilter.failed().oldestFirst().limit(3))))
        .containsExactly("k0", "k1", "k2");
    assertThat(keys(ledger.outstanding(JOB, ItemFilter.failed().newestFirst().limit(3))))
        .containsExactly("k3", "k7", "k59");
    assertThat(keys(ledger.items(story.run(), ItemFilter.all()))).isEqualTo(inOrder);
  }

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
}
