package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.adapter.Redactor;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages that differ only in numbers or in the key are one reason, and keep what they share. */
class WordingTest {
  private final RunTally tally = new RunTally(Counts.zero(), new Redaction(new Redactor()));

  private void failed(String key, String message) {
    tally.settled(key, Outcome.failed(Failure.of(FailureKind.INVALID, message)));
  }

  private List<String> reasons() {
    return tally.reasons().stream()
        .map(reason -> reason.count() + ": " + reason.text())
        .toList();
  }

  @Test
  void reasons_numbersThatAllShare_stay() {
    failed("line 3", "line 3 of a.csv is not UTF-8, must have 3 columns, was 2");
    failed("line 7", "line 7 of a.csv is not UTF-8, must have 3 columns, was 11");
    failed("line 9", "line 9 of a.csv is not UTF-8, must have 3 columns, was 2");

    assertThat(reasons()).containsExactly("3: * of a.csv is not UTF-8, must have 3 columns, was #");
  }

  @Test
  void reasons_keyIsWhiteSpace_leavesTheMessageAsItIs() {
    failed(" ", "no Slack id for  ");

    assertThat(reasons()).containsExactly("1: no Slack id for  ");
  }

  @Test
  void problems_manyThatAreEqual_areOneAndPushNoneOut() {
    tally.problem("the outbox remembers more than it has to");
    for (int i = 0; i < 300; i++) {
      tally.problem("listener Display threw IllegalStateException: closed");
    }

    assertThat(tally.problems())
        .containsExactly(
            "the outbox remembers more than it has to",
            "listener Display threw IllegalStateException: closed (300 times)");
  }

  @Test
  void problems_moreThan200_keepsTheLast() {
    for (int i = 0; i < 250; i++) {
      tally.problem("x".repeat(i + 1));
    }

    assertThat(tally.problems()).hasSize(200).last().asString().hasSize(250);
  }

  @Test
  void reasons_one_isWhatWasSaid() {
    failed("k1", "snapshots corrupted (OPS-7) since 2026-11-26T20:00:05Z");

    assertThat(reasons())
        .containsExactly("1: snapshots corrupted (OPS-7) since 2026-11-26T20:00:05Z");
  }

  @Test
  void reasons_numbersOfOtherLengths_areOne() {
    failed("k1", "7");
    failed("k2", "#5 of 1000");
    failed("k3", "12345");
    failed("k4", "#12 of 9");

    assertThat(reasons()).containsExactlyInAnyOrder("2: #", "2: ## of #");
  }

  @Test
  void reasons_keyIsANumber_isNoPartOfOthers() {
    failed("4", "HTTP 404: record 4 is gone");
    failed("40", "HTTP 404: record 40 is gone");
    failed("5", "HTTP 404: record 5 is gone");

    assertThat(reasons()).containsExactly("3: HTTP 404: record * is gone");
  }

  @Test
  void reasons_keyIsInPunctuation_isAnAsterisk() {
    failed("ann", "ann@example.test, user_ann: no such user (ann)");
    failed("bob", "bob@example.test, user_bob: no such user (bob)");

    assertThat(reasons()).containsExactly("2: *@example.test, user_*: no such user (*)");
  }

  @Test
  void reasons_keyIsEmpty_leaveTheMessage() {
    failed("", "an item without a key");

    assertThat(reasons()).containsExactly("1: an item without a key");
  }

  @Test
  void reasons_otherWords_areOthers() {
    failed("k1", "row 1");
    failed("k2", "column 1");

    assertThat(reasons()).containsExactly("1: column 1", "1: row 1");
  }

  @Test
  void reasons_moreThanAreKept_doNotChangeTheNameOfTheRest() {
    for (int i = 0; i < 300; i++) {
      failed("key", "other reasons" + "a".repeat(i % 150));
    }

    assertThat(reasons()).anyMatch(reason -> reason.endsWith(": other reasons"));
  }
}
