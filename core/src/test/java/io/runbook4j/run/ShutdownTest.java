package io.runbook4j.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.runbook4j.ledger.MemoryLedger;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A host that shuts down around a run, in whatever order, waits for nothing that never comes. */
class ShutdownTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Ledger ledger = MemoryLedger.create();
  private final ExecutorService host = Executors.newCachedThreadPool(new DaemonThreads());
  private final CountDownLatch twoCalls = new CountDownLatch(2);
  private final CountDownLatch twoWaiting = new CountDownLatch(2);

  @AfterEach
  void end() {
    host.shutdownNow();
  }

  private static SyncJob<String> job(int inFlight, Target<String> target) {
    return Scene.policies()
        .from(Scene.source(100))
        .to(target)
        .inDoubt(InDoubt.PARK)
        .chunksInFlight(inFlight)
        .build();
  }

  /** A call that only an interrupt ends, as one of a service that does not answer. */
  private ChunkResult hang() throws InterruptedException {
    twoCalls.countDown();
    new CountDownLatch(1).await();
    return ChunkResult.succeeded();
  }

  /** {@return a pool of two threads} */
  private ThreadPoolExecutor pool() {
    BlockingQueue<Runnable> queue = new LinkedBlockingQueue<>() {
      @Override
      public boolean offer(Runnable task) {
        boolean taken = super.offer(task);
        twoWaiting.countDown();
        return taken;
      }
    };
    return new ThreadPoolExecutor(2, 2, 1, TimeUnit.MINUTES, queue, new DaemonThreads());
  }

  /** Returns when two calls are being made and two wait for a thread. */
  private void awaitFour() throws InterruptedException {
    twoCalls.await();
    twoWaiting.await();
  }

  private Runner runner(ExecutorService executor) {
    return Runner.builder().ledger(ledger).executor(executor).build();
  }

  @Test
  void run_poolIsShutDownWithChunksInItsQueue_failsAndHasOnlyThoseBegunInDoubt() {
    ExecutorService pool = pool();
    Runner runner = runner(pool);

    RunReport report = assertTimeoutPreemptively(LIMIT, () -> {
      Future<RunReport> run = host.submit(() -> runner.run(job(4, chunk -> hang())));
      awaitFour();
      runner.stop("the host shuts down");
      pool.shutdownNow();
      return run.get();
    });

    assertThat(report.state()).isEqualTo(RunState.FAILED);
    assertThat(report.reason()).contains("the executor was shut down");
    assertThat(report.counts()).isEqualTo(new Counts(40, 0, 0, 0, 20, 20));
    assertThat(report.totals().calls()).isEqualTo(2);
    assertThat(ledger.run(report.runId()).orElseThrow().counts()).isEqualTo(report.counts());
  }

  @Test
  void resume_afterThePoolWasShutDown_sendsWhatItDropped() {
    ExecutorService pool = pool();
    RunReport failed = assertTimeoutPreemptively(LIMIT, () -> {
      Future<RunReport> run = host.submit(() -> runner(pool).run(job(4, chunk -> hang())));
      awaitFour();
      pool.shutdownNow();
      return run.get();
    });
    assertThat(failed.counts().inDoubt()).isEqualTo(20);

    RunReport resumed = Runner.builder()
        .ledger(ledger)
        .build()
        .resume(job(4, chunk -> ChunkResult.succeeded()), failed.runId());

    assertThat(resumed.counts()).isEqualTo(new Counts(100, 80, 0, 0, 20, 0));
  }

  @Test
  void run_poolDiscardsOnceItIsShutDown_fails() {
    ThreadPoolExecutor pool = pool();
    pool.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
    pool.shutdown();

    RunReport report = assertTimeoutPreemptively(
        LIMIT, () -> runner(pool).run(job(4, chunk -> ChunkResult.succeeded())));

    assertThat(report.state()).isEqualTo(RunState.FAILED);
    assertThat(report.counts().read()).isEqualTo(report.counts().notReached());
  }

  @Test
  void run_hostCancelsWhatItsPoolDropped_failsThoughThePoolIsNoExecutorService() {
    ExecutorService pool = pool();
    Runner runner =
        Runner.builder().ledger(ledger).executor(task -> pool.execute(task)).build();

    RunReport report = assertTimeoutPreemptively(LIMIT, () -> {
      Future<RunReport> run = host.submit(() -> runner.run(job(4, chunk -> hang())));
      awaitFour();
      runner.stop("the host shuts down");
      for (Runnable dropped : pool.shutdownNow()) { // as Spring's ThreadPoolTaskExecutor does
        assertThat(dropped).isInstanceOf(Future.class);
        ((Future<?>) dropped).cancel(true);
      }
      return run.get();
    });

    assertThat(report.state()).isEqualTo(RunState.FAILED);
    assertThat(report.counts().inDoubt()).isEqualTo(20);
  }

  @Test
  void close_onTheThreadOfACall_stopsTheRunAndDoesNotWaitForIt() {
    List<Runner> runners = new ArrayList<>();
    runners.add(Runner.builder().ledger(ledger).build());
    CountDownLatch closed = new CountDownLatch(1);
    SyncJob<String> job = job(2, chunk -> {
      runners.get(0).close();
      closed.countDown();
      return ChunkResult.succeeded();
    });

    Throwable thrown = assertTimeoutPreemptively(LIMIT, () -> {
      Future<Throwable> run =
          host.submit(() -> catchThrowable(() -> runners.get(0).run(job)));
      closed.await();
      return run.get();
    });

    assertThat(thrown).as("its ledger is closed").isInstanceOf(IllegalStateException.class);
    assertThat(ledger.runs(Scene.JOB, 1))
        .singleElement()
        .satisfies(run -> assertThat(run.state()).isEqualTo(RunState.DIED));
  }

  @Test
  void close_inListenersOfTwoRunsAtOnce_returnsInBoth() {
    CyclicBarrier bothEnd = new CyclicBarrier(2);
    List<Runner> runners = new ArrayList<>();
    runners.add(Runner.builder()
        .ledger(ledger)
        .listener(new RunListener() {
          @Override
          public void onFinished(RunReport report) {
            await(bothEnd);
            runners.get(0).close();
          }
        })
        .build());
    Callable<RunReport> run = () -> runners.get(0).run(job(1, chunk -> ChunkResult.succeeded()));

    List<Future<RunReport>> ended =
        assertTimeoutPreemptively(LIMIT, () -> host.invokeAll(List.of(run, run)));

    assertThat(ended)
        .allSatisfy(report ->
            assertThat(report.get().counts()).isEqualTo(new Counts(100, 100, 0, 0, 0, 0)));
  }

  @Test
  void close_byTwoThreadsWhileARunGoesOn_returnsInBoth() {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    Runner runner = Runner.builder().ledger(ledger).build();

    RunReport report = assertTimeoutPreemptively(LIMIT, () -> {
      Future<RunReport> run = host.submit(() -> runner.run(job(1, chunk -> {
        begun.countDown();
        answer.await();
        return ChunkResult.succeeded();
      })));
      begun.await();
      Thread one = closing(runner);
      Thread two = closing(runner);
      answer.countDown();
      one.join();
      two.join();
      return run.get();
    });

    assertThat(report.state()).isEqualTo(RunState.STOPPED);
  }

  /** {@return a thread that waits in close} */
  private static Thread closing(Runner runner) {
    Thread thread = new DaemonThreads().newThread(runner::close);
    thread.start();
    while (thread.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    return thread;
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
