package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.ledger.MemoryLedger;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.ItemResult;
import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkBegun;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkDone;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkIntent;
import io.runbook4j.spi.ledger.LedgerEntry.ChunkTiming;
import io.runbook4j.spi.ledger.LedgerEntry.RunFinished;
import io.runbook4j.spi.ledger.LedgerEntry.RunStarted;
import io.runbook4j.spi.ledger.LedgerEntry.Span;
import io.runbook4j.spi.ledger.Position;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunOrigin;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.testkit.VirtualTime;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Promise 3, where another run records its successes and ends while a rerun chooses its items: what
 * the ledger said of them before is not true any more.
 */
class Promise03RunThatEndsMeanwhileTest {
  private static final List<String> KEYS = Scene.keys(10);

  private final MemoryLedger records = MemoryLedger.create();
  private final RunId other = new RunId("other");
  private final Scene scene =
      new Scene(VirtualTime.startingAt(Instant.parse("2026-11-23T21:00:00Z")), ledger());
  private final List<String> sent = new ArrayList<>();

  /** What happens before and after the outstanding items are looked up. */
  private Runnable before = () -> {};

  private Runnable after = () -> {};

  private final SyncJob<String> job = Scene.policies()
      .from(Scene.source(10))
      .to(chunk -> {
        sent.addAll(chunk.keys());
        return ChunkResult.succeeded();
      })
      .build();

  private void otherBegins() {
    Instant at = scene.time.now();
    ChunkIntent chunk = new ChunkIntent(1, "c1", KEYS, List.of(new Span(1, KEYS.size())));
    records.record(other, List.of(new RunStarted(at, other, Scene.JOB, RunOrigin.full())));
    records.record(other, List.of(new ChunkBegun(at, chunk, Position.start())));
  }

  private void otherSucceeds() {
    Instant at = scene.time.now();
    Counts counts = new Counts(10, 10, 0, 0, 0, 0);
    records.record(
        other,
        List.of(
            new ChunkDone(at, 1, List.of(), ItemResult.othersSucceeded(), ChunkTiming.NONE),
            new RunFinished(at, RunState.COMPLETED, "end", counts, List.of())));
  }

  private Ledger ledger() {
    return Ledger.class.cast(Proxy.newProxyInstance(
        Ledger.class.getClassLoader(), new Class<?>[] {Ledger.class}, (self, call, arguments) -> {
          boolean isTheMoment = call.getName().equals("outstanding");
          if (isTheMoment) {
            before.run();
          }
          Object answer = call.invoke(records, arguments);
          if (isTheMoment) {
            after.run();
          }
          return answer;
        }));
  }

  private RunReport failed() {
    Failure no = Failure.of(FailureKind.INVALID, "no");
    return scene
        .runner()
        .run(Scene.policies()
            .from(Scene.source(10))
            .to(chunk ->
                ChunkResult.builder().othersSucceeded().failed("k5", no).build())
            .build());
  }

  @Test
  void rerunOutstanding_aRunEndsMeanwhile_sendsNoneOfItsItems() {
    otherBegins();
    after = this::otherSucceeds;

    RunReport rerun = scene.runner().rerunOutstanding(job);

    assertThat(sent).isEmpty();
    assertThat(rerun.problems().toString())
        .contains("10 items were left out: in the hands of a run that is going on");
  }

  @Test
  void rerunOutstanding_aRunBeginsAndEndsMeanwhile_sendsNoneOfItsItems() {
    before = this::otherBegins;
    after = this::otherSucceeds;

    scene.runner().rerunOutstanding(job);

    assertThat(sent).isEmpty();
  }

  @Test
  void rerunFailed_aRunOfTheSameItemsEndsMeanwhile_sendsNoneOfThem() {
    RunId failed = failed().runId();
    otherBegins();
    after = this::otherSucceeds;

    scene.runner().rerunFailed(job, failed);

    assertThat(sent).isEmpty();
  }

  @Test
  void rerunFailed_noOtherRun_sendsWhatFailed() {
    RunId failed = failed().runId();

    scene.runner().rerunFailed(job, failed);

    assertThat(sent).containsExactly("k5");
  }
}
