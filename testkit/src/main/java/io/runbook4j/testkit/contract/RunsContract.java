package io.runbook4j.testkit.contract;

import static io.runbook4j.testkit.contract.LedgerStory.BEGINNING;
import static io.runbook4j.testkit.contract.LedgerStory.failed;
import static io.runbook4j.testkit.contract.LedgerStory.inDoubt;
import static io.runbook4j.testkit.contract.LedgerStory.retried;
import static io.runbook4j.testkit.contract.LedgerStory.skipped;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.ledger.LedgerEntry.RunStarted;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunOrigin;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.ledger.RunSummary;
import io.runbook4j.spi.sync.FailureKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** What a ledger answers about runs. */
abstract class RunsContract extends RecordingContract {
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
    assertThat(ledger.runs(JOB, 0)).isEmpty();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ledger.runs(JOB, -1))
        .withMessageContaining("-1");
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
  void runs_clockWasSetBack_givesTheOneRecordedLastFirst() {
    Ledger ledger = opened();
    story(ledger, "a").started(JOB);
    story(ledger, "b").started(JOB);
    setClockBack(Duration.ofHours(1));
    story(ledger, "c").started(JOB);
    ledger.close();

    Ledger later = opened();
    assertThat(ids(later.runs(JOB, 99))).containsExactly("c", "b", "a");
    assertThat(ids(later.died())).containsExactly("a", "b", "c");
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
  void record_severalRunsAtOnceWhileOthersAsk_keepsEachRunWhole() throws Exception {
    Ledger ledger = opened();
    int chunks = 150;
    List<Callable<String>> threads = new ArrayList<>();
    for (int thread = 0; thread < 4; thread++) {
      String id = "r" + thread;
      threads.add(() -> {
        LedgerStory story = new LedgerStory(ledger, new LedgerStory.Clock(), id).started(JOB);
        for (int chunk = 1; chunk <= chunks; chunk++) {
          String key = id + "-" + chunk;
          story.begun(chunk, key, key + "-bad");
          story.done(chunk, failed(1, FailureKind.INVALID, "X"));
        }
        return id;
      });
    }
    threads.add(() -> {
      for (int i = 0; i < chunks; i++) {
        ledger.runs(JOB, 99).forEach(run -> ledger.items(run.run(), ItemFilter.all()));
        ledger.outstanding(JOB, ItemFilter.all());
      }
      return "asked";
    });

    TargetCalls.together(threads);

    assertThat(ids(ledger.runs(JOB, 99))).containsExactlyInAnyOrder("r0", "r1", "r2", "r3");
    for (RunSummary run : ledger.runs(JOB, 99)) {
      assertThat(run.counts()).isEqualTo(new Counts(2L * chunks, chunks, chunks, 0, 0, 0));
      assertThat(keys(ledger.items(run.run(), ItemFilter.all())))
          .hasSize(chunks)
          .allMatch(key -> key.startsWith(run.run().value()));
    }
    assertThat(ledger.outstanding(JOB, ItemFilter.all())).hasSize(4 * chunks);
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
}
