package io.runbook4j.testkit.contract;

import static io.runbook4j.testkit.contract.LedgerStory.BEGINNING;
import static io.runbook4j.testkit.contract.LedgerStory.failed;
import static io.runbook4j.testkit.contract.LedgerStory.inDoubt;
import static io.runbook4j.testkit.contract.LedgerStory.retried;
import static io.runbook4j.testkit.contract.LedgerStory.skipped;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.ItemRecord;
import io.runbook4j.spi.ledger.ItemResult;
import io.runbook4j.spi.ledger.ItemState;
import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkIntent;
import io.runbook4j.spi.ledger.LedgerEntry.LimitMet;
import io.runbook4j.spi.ledger.LedgerEntry.Note;
import io.runbook4j.spi.ledger.LedgerEntry.Span;
import io.runbook4j.spi.ledger.Position;
import io.runbook4j.spi.ledger.ResumePoint;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.sync.Cursor;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a ledger answers to whoever resumes a run. */
abstract class ResumingContract extends ItemsContract {
  @Test
  void resumePoint_chunksBeganOutOfOrder_givesTheOpenOnesByNumber() {
    Ledger ledger = opened();
    LedgerStory story = story(ledger, "r")
        .started(JOB)
        .begun(3, "c")
        .begun(1, "a")
        .begun(4, "d")
        .begun(2, "b")
        .done(4);

    assertThat(ledger.resumePoint(story.run()).open())
        .extracting(chunk -> chunk.number())
        .containsExactly(1, 2, 3);
  }

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
    assertThat(point.lastCallAt()).isEmpty();
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
    assertThat(point.lastCallAt()).contains(BEGINNING.plusSeconds(7));
  }

  @Test
  void resumePoint_chunkTakenBackBeforeItWasSent_isNoAttemptAndNotInDoubt() {
    Ledger ledger = opened();
    Failure notSent = Failure.of(FailureKind.CANCELLED, "not sent");
    LedgerStory story = story(ledger, "r")
        .started(JOB)
        .begun(1, "a", "b")
        .doneOthers(1, new ItemResult(ItemResult.OTHERS, Outcome.failed(notSent), true));
    ledger.close();

    Ledger later = opened();
    assertThat(later.resumePoint(story.run()).attempts()).isEqualTo(Map.of("a", 0, "b", 0));
    assertThat(later.resumePoint(story.run()).open()).isEmpty();
    assertThat(later.outstanding(JOB, ItemFilter.all()))
        .extracting(ItemRecord::key, ItemRecord::state)
        .containsExactly(tuple("a", ItemState.NOT_REACHED), tuple("b", ItemState.NOT_REACHED));
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
  void resumePoint_chunksAndNotes_saysWhenTheLastCallMayHaveBeen() {
    Ledger ledger = opened();
    LedgerStory story = story(ledger, "r").started(JOB).begun(1, "a");
    assertThat(ledger.resumePoint(story.run()).lastCallAt()).contains(BEGINNING.plusSeconds(1));

    story.done(1);
    assertThat(ledger.resumePoint(story.run()).lastCallAt()).contains(BEGINNING.plusSeconds(2));

    Instant noted = BEGINNING.plusSeconds(90);
    story.record(
        new Note(noted, "spot-check", "1 of 1 is there"),
        new LimitMet(noted.plusSeconds(1), "s", noted.plusSeconds(500)));
    ledger.close();
    assertThat(opened().resumePoint(story.run()).lastCallAt()).contains(noted);
  }

  @Test
  void resumePoint_largeChunk_holdsEveryKey() {
    Ledger ledger = opened();
    String[] keys = IntStream.range(0, 20_000).mapToObj(i -> "key-" + i).toArray(String[]::new);
    LedgerStory story = story(ledger, "r").started(JOB).begun(1, keys);
    ledger.close();

    assertThat(opened().resumePoint(story.run()).open().get(0).keys()).containsExactly(keys);
  }
}
