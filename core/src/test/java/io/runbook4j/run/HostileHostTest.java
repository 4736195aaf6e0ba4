package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runbook4j.chunk.ChunkSize;
import io.runbook4j.ledger.MemoryLedger;
import io.runbook4j.limit.Limits;
import io.runbook4j.limit.Quota;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.ItemState;
import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.ledger.LedgerException;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.ledger.RunSummary;
import io.runbook4j.spi.sync.Chunk;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Cursor;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Page;
import io.runbook4j.spi.sync.PageReader;
import io.runbook4j.spi.sync.Source;
import io.runbook4j.spi.sync.Target;
import io.runbook4j.testkit.VirtualTime;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

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

  @ParameterizedTest
  @CsvSource({"2,true", "7,true", "100,true", "2,false", "7,false"})
  void run_pagesThatLeadBackToAnOlderOne_fail(int pages, boolean full) {
    AtomicInteger read = new AtomicInteger();
    Source<String> circle = from -> {
      AtomicInteger at = new AtomicInteger(from.isStart() ? 0 : Integer.parseInt(from.value()));
      return limit -> {
        read.incrementAndGet();
        int page = at.getAndIncrement();
        Page.Builder<String> items = Page.builder(1);
        if (full) {
          items.add("k" + page, "v");
        }
        at.set(at.get() == pages + 3 ? 3 : at.get()); // the first three are not in the circle
        return items.next(new Cursor(Integer.toString(at.get())));
      };
    };

    RunReport report = runner(time.executor()).run(job(circle, chunk -> ChunkResult.succeeded()));

    assertThat(report.state()).isEqualTo(RunState.FAILED);
    assertThat(report.reason()).contains("leads back to");
    assertThat(read).hasValueLessThan(3 * (pages + 3) + 2);
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
  void run_executorHasNoThreadLeft_throwsAndCountsEveryItem() {
    Runner runner = runner(task -> {
      throw new OutOfMemoryError("unable to create native thread");
    });

    assertThatThrownBy(() -> runner.run(job(ITEMS, chunk -> ChunkResult.succeeded())))
        .isInstanceOf(OutOfMemoryError.class);

    assertThat(onlyRun(runner).counts()).isEqualTo(new Counts(2, 0, 0, 0, 2, 0));
    assertThat(runner.ledger().items(onlyRun(runner).run(), ItemFilter.all())).hasSize(2);
  }

  private static RunSummary onlyRun(Runner runner) {
    return runner.ledger().runs("hostile", 1).get(0);
  }

  /** {@return a job that sends one item after the other, and never gets an answer} */
  private static SyncJob<String> unanswered(BooleanSupplier isIdempotent) {
    Target<String> target = new Target<>() {
      @Override
      public ChunkResult apply(Chunk<String> chunk) {
        return ChunkResult.unanswered(Failure.of(FailureKind.TIMEOUT, "no answer"));
      }

      @Override
      public boolean isIdempotent() {
        return isIdempotent.getAsBoolean();
      }
    };
    return SyncJob.<String>named("hostile")
        .from(ITEMS)
        .to(target)
        .chunkSize(ChunkSize.fixed(1))
        .build();
  }

  @ParameterizedTest
  @CsvSource({"1,1", "3,2"})
  void run_targetThrowsWhenAskedIfItIsIdempotent_countsTheChunkAsInDoubt(int ask, int inDoubt) {
    AtomicInteger asked = new AtomicInteger();
    Runner runner = runner(time.executor());

    RunReport report = runner.run(unanswered(() -> {
      if (asked.incrementAndGet() == ask) {
        throw new IllegalStateException("no settings");
      }
      return false;
    }));

    assertThat(report.state()).isEqualTo(RunState.FAILED);
    assertThat(report.reason()).contains("no settings");
    assertThat(report.counts()).isEqualTo(new Counts(2, 0, 0, 0, inDoubt, 2 - inDoubt));
    assertThat(runner.ledger().items(report.runId(), ItemFilter.all())).hasSize(2);
  }

  /** {@return a target that refuses for its credential, and cannot load what gets a new one} */
  private static Target<String> withBrokenCredential(ChunkResult refusal) {
    return new Target<>() {
      @Override
      public ChunkResult apply(Chunk<String> chunk) {
        return refusal;
      }

      @Override
      public boolean refreshCredential() {
        throw new NoClassDefFoundError("org/example/Vault");
      }
    };
  }

  static Stream<ChunkResult> refusals() {
    Failure expired = Failure.of(FailureKind.AUTHENTICATION, "expired");
    return Stream.of(
        ChunkResult.refused(expired),
        ChunkResult.builder().failed("a", expired).othersSucceeded().build());
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void run_targetThrowsAnErrorForItsCredential_countsWhatIsRecordedOnce(ChunkResult refusal) {
    Runner runner = runner(time.executor());

    assertThatThrownBy(() -> runner.run(job(ITEMS, withBrokenCredential(refusal))))
        .isInstanceOf(NoClassDefFoundError.class);

    Counts counts = onlyRun(runner).counts();
    assertThat(counts.read()).isEqualTo(2);
    assertThat(counts.inDoubt()).isZero();
    assertThat(runner.ledger().items(onlyRun(runner).run(), ItemFilter.all()))
        .hasSize((int) counts.notReached())
        .allMatch(item -> item.state() == ItemState.NOT_REACHED);
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

  @Test
  void run_sourceCannotBeClosed_completesAndSaysSo() {
    Source<String> source = from -> new PageReader<>() {
      @Override
      public Page<String> next(int limit) {
        return Page.<String>builder(1).add("a", "a").last();
      }

      @Override
      public void close() {
        throw new IllegalStateException("the connection is gone");
      }
    };

    RunReport report = runner(time.executor()).run(job(source, chunk -> ChunkResult.succeeded()));

    assertThat(report.state()).isEqualTo(RunState.COMPLETED);
    assertThat(report.text()).contains("the connection is gone");
  }

  @Test
  void run_targetVerifiesWithNull_leavesItemsInDoubt() {
    Target<String> target = new Target<>() {
      @Override
      public ChunkResult apply(Chunk<String> chunk) {
        return ChunkResult.unanswered(Failure.of(FailureKind.TIMEOUT, "no answer"));
      }

      @Override
      @SuppressWarnings("NullAway") // breaks its word
      public Optional<Map<String, Verdict>> verify(List<String> keys) {
        return null;
      }
    };

    RunReport report = runner(time.executor()).run(job(ITEMS, target));

    assertThat(report.state()).isEqualTo(RunState.COMPLETED);
    assertThat(report.counts().inDoubt()).isEqualTo(2);
  }

  @Test
  void run_ledgerFailsWithAChunkInFlight_waitsForItThenThrows() {
    List<String> ended = new ArrayList<>();
    Ledger full = ledgerWithRoomFor(2);
    Runner runner =
        Runner.builder().time(time).executor(time.executor()).ledger(full).build();
    SyncJob<String> job = SyncJob.<String>named("hostile")
        .from(ITEMS)
        .to(chunk -> {
          time.sleep(Duration.ofMinutes(1));
          ended.addAll(chunk.keys());
          return ChunkResult.succeeded();
        })
        .chunkSize(ChunkSize.fixed(1))
        .chunksInFlight(2)
        .build();

    assertThatExceptionOfType(LedgerException.class)
        .isThrownBy(() -> runner.run(job))
        .withMessageContaining("disk full");

    assertThat(ended).containsExactly("a");
    assertThat(full.runs("hostile", 1).get(0).counts().succeeded()).isZero();
  }

  @Test
  void run_ledgerFailsWhileAChunkWaitsForItsPermit_leavesThePermitToOthers() {
    Limits limits = Limits.create(time, new Random(1));
    Runner runner = Runner.builder()
        .time(time)
        .executor(time.executor())
        .limits(limits)
        .ledger(ledgerWithRoomFor(2))
        .build();
    SyncJob<String> job = SyncJob.<String>named("hostile")
        .from(ITEMS)
        .to(chunk -> ChunkResult.succeeded())
        .chunkSize(ChunkSize.fixed(1))
        .quota(Quota.of(1, Duration.ofHours(1)).exact())
        .build();

    assertThatExceptionOfType(LedgerException.class).isThrownBy(() -> runner.run(job));
    time.advance(Duration.ofMinutes(61));

    assertThat(limits.limiter("job hostile").tryAcquire()).isTrue();
  }

  @Test
  void run_stoppedWhileTheSecondHalfOfABisectionWaits_resumesWithItAndLosesNothing() {
    List<List<String>> calls = new ArrayList<>();
    Target<String> target = chunk -> {
      calls.add(List.copyOf(chunk.keys()));
      return chunk.keys().contains("k1")
          ? ChunkResult.refused(Failure.of(FailureKind.INVALID, "bad"))
          : ChunkResult.succeeded();
    };
    SyncJob<String> job = SyncJob.<String>named("hostile")
        .from(ListSource.of(Scene.keys(4)))
        .to(target)
        .chunkSize(ChunkSize.fixed(4))
        .quota(Quota.of(1, Duration.ofHours(1)).exact())
        .build();
    Runner runner = Runner.builder()
        .time(time)
        .executor(time.executor())
        .listener(new RunListener() {
          private @Nullable RunControl run;
          private boolean stopped;

          @Override
          public void onStarted(RunControl run) {
            this.run = run;
          }

          @Override
          public void onWait(Wait wait) {
            if (run != null && calls.size() == 2 && !stopped) {
              stopped = true;
              run.stop("a person said so");
            }
          }
        })
        .build();

    RunReport stopped = runner.run(job);

    assertThat(stopped.state()).isEqualTo(RunState.STOPPED);
    assertThat(stopped.counts()).isEqualTo(new Counts(4, 0, 0, 0, 0, 4));
    RunReport resumed = runner.resume(job, stopped.runId());
    assertThat(resumed.state()).isEqualTo(RunState.COMPLETED);
    assertThat(resumed.counts()).isEqualTo(new Counts(4, 3, 1, 0, 0, 0));
    assertThat(calls).filteredOn(call -> call.equals(List.of("k2", "k3"))).hasSize(1);
  }

  /** {@return a ledger in memory that has room for so many records} */
  private static Ledger ledgerWithRoomFor(int records) {
    Ledger real = MemoryLedger.create();
    AtomicInteger room = new AtomicInteger(records);
    return (Ledger) Proxy.newProxyInstance(
        Ledger.class.getClassLoader(), new Class<?>[] {Ledger.class}, (proxy, method, args) -> {
          if (method.getName().equals("record") && room.getAndDecrement() <= 0) {
            throw new LedgerException("disk full");
          }
          return method.invoke(real, args);
        });
  }
}
