package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Cursor;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Page;
import io.runbook4j.spi.sync.Source;
import io.runbook4j.spi.sync.Target;
import io.runbook4j.testkit.VirtualTime;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Sources, targets and executors that break their word end a run with a report; they do not hang
 * it.
 */
@Timeout(60)
class HostileHostTest {
  private static final Source<String> ITEMS = ListSource.of(List.of("a", "b"));

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-11-23T22:00:00Z"));

  private Runner runner(Executor executor) {
    return Runner.builder().time(time).executor(executor).build();
  }

  private static SyncJob<String> job(Source<String> source, Target<String> target) {
    return SyncJob.<String>named("hostile")
        .from(source)
        .to(target)
        .chunksInFlight(2)
        .build();
  }

  @Test
  void run_pageThatLeadsBackToItself_fails() {
    Source<String> circle =
        from -> limit -> Page.<String>builder(1).add("a", "a").next(Cursor.start());

    RunReport report = runner(time.executor()).run(job(circle, chunk -> ChunkResult.succeeded()));

    assertThat(report.state()).isEqualTo(RunState.FAILED);
    assertThat(report.reason()).contains("leads back to it");
  }

  @Test
  void run_targetThrowsUndeclaredCheckedException_leavesItemsInDoubt() {
    Target<String> target = chunk -> {
      throw HostileHostTest.<RuntimeException>undeclared(new IOException("cut"));
    };

    RunReport report = runner(time.executor()).run(job(ITEMS, target));

    assertThat(report.state()).isEqualTo(RunState.COMPLETED);
    assertThat(report.counts().inDoubt()).isEqualTo(2);
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"
  }) // as other languages of the JVM do
  private static <E extends Exception> E undeclared(Exception e) throws E {
    throw (E) e;
  }

  @Test
  void run_executorRefuses_failsAndMayBeResumed() {
    Runner runner = runner(task -> {
      throw new RejectedExecutionException("shut down");
    });

    RunReport report = runner.run(job(ITEMS, chunk -> ChunkResult.succeeded()));

    assertThat(report.state()).isEqualTo(RunState.FAILED);
    assertThat(report.counts().inDoubt()).isEqualTo(2);
    assertThat(runner.ledger().run(report.runId()).orElseThrow().state())
        .isEqualTo(RunState.FAILED);
  }

  @Test
  void run_itemRefusedForItsCredentialAgainAndAgain_stops() {
    Target<String> target = new Target<>() {
      @Override
      public ChunkResult apply(Chunk<String> chunk) {
        ChunkResult.Builder result = ChunkResult.builder();
        chunk
            .keys()
            .forEach(key -> result.failed(key, Failure.of(FailureKind.AUTHENTICATION, "expired")));
        return result.build();
      }

      @Override
      public boolean refreshCredential() {
        return true;
      }
    };

    RunReport report = runner(time.executor()).run(job(ITEMS, target));

    assertThat(report.state()).isEqualTo(RunState.STOPPED);
    assertThat(report.counts().notReached()).isEqualTo(2);
  }
}
