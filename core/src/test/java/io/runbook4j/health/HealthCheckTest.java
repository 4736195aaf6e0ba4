package io.runbook4j.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runbook4j.health.HealthReport.Reading;
import io.runbook4j.health.HealthReport.Result;
import io.runbook4j.spi.health.Health;
import io.runbook4j.spi.health.Health.Status;
import io.runbook4j.spi.health.HealthProbe;
import io.runbook4j.testkit.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HealthCheckTest {
  private static final Instant START = Instant.parse("2026-01-05T09:00:00Z");
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration DAY = Duration.ofDays(1);

  private final VirtualTime time = VirtualTime.startingAt(START);
  private final List<String> heard = new ArrayList<>();
  private final List<HealthCheck> open = new ArrayList<>();

  @AfterEach
  void closeAll() {
    open.forEach(HealthCheck::close);
    time.runToIdle();
  }

  @Test
  void readiness_beforeTheFirstAnswer_isUnhealthy() {
    HealthCheck check = build(builder().probe("crm", healthy()));

    assertThat(check.readiness().httpStatus()).isEqualTo(503);
    assertThat(only(check).detail()).isEqualTo("no answer yet");
    assertThat(only(check).reading()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "HEALTHY,HEALTHY,HEALTHY,200",
    "HEALTHY,DEGRADED,DEGRADED,200",
    "DEGRADED,UNHEALTHY,UNHEALTHY,503",
    "UNHEALTHY,HEALTHY,UNHEALTHY,503",
  })
  void readiness_severalProbes_isTheWorst(Status a, Status b, Status all, int http) {
    HealthCheck check = start(builder().probe("a", answering(a)).probe("b", answering(b)));

    time.advance(SECOND);

    assertThat(check.readiness().status()).isEqualTo(all);
    assertThat(check.readiness().httpStatus()).isEqualTo(http);
  }

  @Test
  void readiness_advisoryProbe_isDegradedAtWorst() {
    HealthCheck check =
        start(builder().probe("crm", healthy()).advisory("gate", answering(Status.UNHEALTHY)));

    time.advance(SECOND);

    assertThat(check.readiness().status()).isEqualTo(Status.DEGRADED);
  }

  @Test
  void readiness_repeatedAnswers_haveTimeAgeAndFailuresInARow() {
    AtomicInteger asked = new AtomicInteger();
    HealthCheck check = start(builder().probe("crm", () -> {
      time.sleep(SECOND);
      return answer(asked.incrementAndGet() == 2 ? Status.HEALTHY : Status.UNHEALTHY);
    }));

    time.advance(MINUTE.multipliedBy(4).plusSeconds(30));

    Reading reading = only(check).reading().orElseThrow();
    assertThat(asked).hasValue(5);
    assertThat(reading.failures()).isEqualTo(3);
    assertThat(reading.at()).isEqualTo(START.plus(MINUTE.multipliedBy(4)).plus(SECOND));
    assertThat(reading.age()).isEqualTo(Duration.ofSeconds(29));
  }

  @Test
  void readiness_wallClockThatSteps_keepsTheAge() {
    HealthCheck check = start(builder().probe("crm", healthy()));
    time.advance(SECOND);

    time.stepWallClock(Duration.ofDays(-2));

    assertThat(only(check).status()).isEqualTo(Status.HEALTHY);
    assertThat(only(check).reading().orElseThrow().age()).isEqualTo(SECOND);
  }

  @Test
  void readiness_probeThatHangs_isUnhealthyInTimeAndHoldsUpNoOther() {
    AtomicInteger asked = new AtomicInteger();
    HealthCheck check = start(builder()
        .probe("hangs", () -> {
          time.sleep(DAY);
          return answer(Status.HEALTHY);
        })
        .probe("fine", () -> {
          asked.incrementAndGet();
          return answer(Status.HEALTHY);
        }));

    time.advance(Duration.ofMillis(9_999));
    assertThat(result(check, "hangs").detail()).isEqualTo("no answer yet");
    time.advance(Duration.ofMillis(1));

    assertThat(result(check, "hangs").detail()).isEqualTo("no answer within 10000 ms");
    assertThat(result(check, "hangs").reading().orElseThrow().latency())
        .isEqualTo(Duration.ofSeconds(10));
    assertThat(result(check, "fine").status()).isEqualTo(Status.HEALTHY);
    time.advance(MINUTE.multipliedBy(9));
    assertThat(asked).hasValue(10);
  }

  @Test
  void readiness_probeThatIgnoresInterrupts_isAskedAgainOnlyWhenItHasEnded() {
    AtomicInteger begun = new AtomicInteger();
    AtomicInteger interrupts = new AtomicInteger();
    HealthCheck check = start(builder().probe("stubborn", () -> {
      if (begun.incrementAndGet() == 1) {
        sleepThrough(MINUTE.multipliedBy(30), interrupts);
      }
      return answer(Status.HEALTHY);
    }));

    time.advance(MINUTE.multipliedBy(29));
    assertThat(begun).hasValue(1);
    assertThat(interrupts).hasValue(1);
    assertThat(only(check).status()).isEqualTo(Status.UNHEALTHY);
    assertThat(only(check).reading().orElseThrow().failures()).isBetween(28L, 30L);
    assertThat(only(check).reading().orElseThrow().age()).isLessThanOrEqualTo(MINUTE);

    time.advance(MINUTE.multipliedBy(3));
    assertThat(only(check).status()).isEqualTo(Status.HEALTHY);
    assertThat(begun.get()).isGreaterThan(1);
  }

  @Test
  void readiness_probeSlowerThanItsInterval_runsOnceAtATime() {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    start(builder().timeout(MINUTE.multipliedBy(2)).probe("slow", () -> {
      most.accumulateAndGet(running.incrementAndGet(), Math::max);
      time.sleep(Duration.ofSeconds(90));
      running.decrementAndGet();
      return answer(Status.HEALTHY);
    }));

    time.advance(MINUTE.multipliedBy(20));

    assertThat(most).hasValue(1);
  }

  @Test
  void readiness_probeThatWasInterrupted_leavesNoInterruptOnItsThread() {
    List<Boolean> interrupted = new ArrayList<>();
    start(builder()
        .executor(task -> time.executor().execute(() -> {
          task.run();
          interrupted.add(Thread.currentThread().isInterrupted());
        }))
        .probe("hangs", () -> {
          time.sleep(DAY);
          return answer(Status.HEALTHY);
        }));

    time.advance(Duration.ofSeconds(30));

    assertThat(interrupted).isNotEmpty().containsOnly(false);
  }

  @Test
  void readiness_probeThatBreaksItsWord_isUnhealthyAndAskedAgain() {
    AtomicInteger asked = new AtomicInteger();
    AtomicReference<RuntimeException> thrown =
        new AtomicReference<>(new IllegalStateException("db.internal.example password=hunter2"));
    HealthCheck check = start(builder().probe("throws", () -> {
      asked.incrementAndGet();
      throw thrown.get();
    }));
    HealthCheck nothing = start(builder().probe("null", HealthCheckTest::nothing));

    time.advance(MINUTE.plus(SECOND));

    assertThat(only(check).status()).isEqualTo(Status.UNHEALTHY);
    assertThat(only(check).detail()).isEqualTo("the probe threw java.lang.IllegalStateException");
    assertThat(asked).hasValue(2);
    assertThat(only(nothing).detail()).isEqualTo("the probe returned null");
  }

  @ParameterizedTest
  @CsvSource({"5000,HEALTHY", "5001,DEGRADED"})
  void readiness_latency_aboveFiveSecondsIsDegraded(long millis, Status status) {
    HealthCheck check = start(builder().probe("crm", () -> {
      time.sleep(Duration.ofMillis(millis));
      return new Health(Status.HEALTHY, Duration.ZERO, "fine");
    }));

    time.advance(Duration.ofSeconds(6));

    assertThat(only(check).status()).isEqualTo(status);
    assertThat(only(check).reading().orElseThrow().latency()).isEqualTo(Duration.ofMillis(millis));
  }

  @Test
  void readiness_answerOlderThanThreeIntervals_isDegraded() {
    AtomicInteger taken = new AtomicInteger();
    HealthCheck check = start(builder()
        .executor(task -> {
          if (taken.incrementAndGet() <= 2) { // the loop and one answer: the pool is full from then
            time.executor().execute(task);
          }
        })
        .probe("crm", healthy()));

    time.advance(MINUTE.multipliedBy(3));
    assertThat(only(check).status()).isEqualTo(Status.HEALTHY);
    time.advance(SECOND);

    assertThat(only(check).status()).isEqualTo(Status.DEGRADED);
    assertThat(only(check).detail()).isEqualTo("the last answer is 181 s old; fine");
  }

  @Test
  void readiness_executorThatRefuses_isUnhealthyAndRecovers() {
    AtomicInteger offered = new AtomicInteger();
    HealthCheck check = start(builder()
        .executor(task -> {
          if (offered.incrementAndGet() == 2) {
            throw new RejectedExecutionException("full");
          }
          time.executor().execute(task);
        })
        .onAnswer((name, health) -> heard.add(name + " " + health.status()))
        .probe("crm", healthy()));

    time.advance(SECOND);
    assertThat(heard).containsExactly("crm UNHEALTHY");
    assertThat(only(check).detail()).isEqualTo("the executor refused the probe");
    time.advance(MINUTE);

    assertThat(only(check).status()).isEqualTo(Status.HEALTHY);
  }

  @Test
  void readiness_detail_isRedactedBeforeItIsCut() {
    String secret = "xoxb-secret";
    HealthCheck check = start(builder()
        .redaction(text -> text.replace(secret, "[redacted]"))
        .probe(
            "long",
            () -> new Health(Status.UNHEALTHY, SECOND, "x".repeat(495) + secret + " and more")));
    HealthCheck broken = start(builder()
        .redaction(text -> {
          throw new IllegalStateException(text);
        })
        .probe("b", () -> new Health(Status.UNHEALTHY, SECOND, secret)));

    time.advance(SECOND);

    assertThat(only(check).detail()).hasSize(500).endsWith("x[reda");
    assertThat(only(broken).detail()).isEqualTo("(not shown)");
    assertThat(check.readiness().json() + check.readiness().healthJson()).doesNotContain("xoxb");
  }

  @Test
  void onAnswer_everyAnswer_isHeardAndMayThrow() {
    start(builder()
        .onAnswer((name, health) -> {
          heard.add(name + " " + health.status());
          throw new IllegalStateException("listener");
        })
        .probe("a", answering(Status.DEGRADED))
        .probe("hangs", () -> {
          time.sleep(DAY);
          return answer(Status.HEALTHY);
        }));

    time.advance(MINUTE.plus(SECOND));

    assertThat(heard).containsExactly("a DEGRADED", "hangs UNHEALTHY", "a DEGRADED");
  }

  @Test
  void readiness_realProbeThatBlocksForGood_answersAtOnce() throws InterruptedException {
    CountDownLatch blocked = new CountDownLatch(1);
    CountDownLatch asked = new CountDownLatch(2);
    try (HealthCheck check = HealthCheck.builder()
        .probe("blocked", () -> {
          asked.countDown();
          blocked.await();
          return answer(Status.HEALTHY);
        })
        .probe("fine", healthy())
        .onAnswer((name, health) -> asked.countDown())
        .build()) {
      check.start();
      asked.await();

      assertThat(result(check, "blocked").status()).isEqualTo(Status.UNHEALTHY);
      assertThat(result(check, "fine").status()).isEqualTo(Status.HEALTHY);
    }
  }

  @Test
  void liveness_servicesThatAreDown_isHealthy() {
    HealthCheck check = start(builder().probe("crm", answering(Status.UNHEALTHY)));

    time.advance(MINUTE.multipliedBy(10));

    assertThat(check.liveness().status()).isEqualTo(Status.HEALTHY);
    assertThat(check.liveness().httpStatus()).isEqualTo(200);
  }

  @Test
  void liveness_heartbeatThatFailsToCome_isUnhealthyUntilItIsBackOrClosed() {
    HealthCheck check = start(builder().probe("crm", healthy()));
    HealthCheck.Heartbeat worker = check.heartbeat("worker", MINUTE);
    time.advance(MINUTE);
    assertThat(check.liveness().status()).isEqualTo(Status.HEALTHY);
    time.advance(SECOND);

    assertThat(check.liveness().httpStatus()).isEqualTo(503);
    assertThat(check.liveness().results())
        .extracting(Result::detail)
        .containsExactly("moves", "none", "has not moved for 61 s, more than 60 s");
    worker.beat();
    assertThat(check.liveness().status()).isEqualTo(Status.HEALTHY);
    time.advance(DAY);
    worker.close();
    assertThat(check.liveness().status()).isEqualTo(Status.HEALTHY);
  }

  @Test
  void liveness_ownThreadThatStandsStill_isUnhealthy() {
    HealthCheck check = start(builder().executor(task -> {}).probe("crm", healthy()));
    assertThat(check.liveness().status()).isEqualTo(Status.HEALTHY);

    time.advance(MINUTE.multipliedBy(3).plusNanos(1));

    assertThat(check.liveness().status()).isEqualTo(Status.UNHEALTHY);
  }

  @Test
  void liveness_threadsThatWaitForEachOther_areNamed() throws InterruptedException {
    ReentrantLock one = new ReentrantLock();
    ReentrantLock two = new ReentrantLock();
    CountDownLatch bothHeld = new CountDownLatch(2);
    Thread left = deadlocking("left", one, two, bothHeld);
    Thread right = deadlocking("right", two, one, bothHeld);
    try {
      bothHeld.await();
      while (!one.hasQueuedThreads() || !two.hasQueuedThreads()) {
        Thread.onSpinWait();
      }
      HealthCheck check = start(builder().probe("crm", healthy()));
      time.advance(SECOND);

      assertThat(check.liveness().status()).isEqualTo(Status.UNHEALTHY);
      assertThat(check.liveness().results().get(1).detail())
          .isEqualTo("threads wait for each other: left, right");
    } finally {
      left.interrupt();
      right.interrupt();
    }
  }

  @Test
  void close_probeThatRuns_isInterruptedAndNoOtherBegins() {
    AtomicInteger asked = new AtomicInteger();
    AtomicInteger interrupts = new AtomicInteger();
    HealthCheck check = start(builder().probe("slow", () -> {
      asked.incrementAndGet();
      sleepThrough(SECOND.multipliedBy(5), interrupts);
      return answer(Status.HEALTHY);
    }));
    time.advance(SECOND);

    check.close();
    check.close();
    time.advance(MINUTE.multipliedBy(5));

    assertThat(interrupts).hasValue(1);
    assertThat(asked).hasValue(1);
  }

  @Test
  void close_probeThatRuns_saysNothingOfTheService() {
    HealthCheck check = start(builder()
        .onAnswer((name, health) -> heard.add(name + " " + health.status()))
        .probe("crm", () -> {
          if (!heard.isEmpty()) {
            time.sleep(SECOND);
          }
          return answer(Status.HEALTHY);
        }));
    time.advance(MINUTE.plusMillis(100));

    check.close();
    time.advance(MINUTE);

    assertThat(heard).containsExactly("crm HEALTHY");
    assertThat(only(check).detail()).isEqualTo("fine");
    assertThat(only(check).reading().orElseThrow().failures()).isZero();
  }

  @Test
  void close_probeThatWaitsForAThread_isNotAsked() {
    AtomicInteger asked = new AtomicInteger();
    List<Runnable> queue = new ArrayList<>();
    HealthCheck check = start(builder().executor(queue::add).probe("crm", () -> {
      asked.incrementAndGet();
      return answer(Status.HEALTHY);
    }));
    time.executor().execute(queue.remove(0)); // the loop
    time.advance(SECOND);

    check.close();
    queue.forEach(time.executor()::execute);
    time.advance(SECOND);

    assertThat(queue).hasSize(1);
    assertThat(asked).hasValue(0);
    assertThat(only(check).detail()).isEqualTo("no answer yet");
  }

  @Test
  void readiness_probeThatRecursesForGood_isOneThatThrew() {
    HealthCheck check = start(builder().probe("deep", () -> {
      throw new StackOverflowError();
    }));

    time.advance(SECOND);

    assertThat(only(check).detail()).isEqualTo("the probe threw java.lang.StackOverflowError");
  }

  @Test
  void daemonThreads_thatAnErrorEnds_leaveNothingToTheHandlerThatPrintsMessages() throws Exception {
    ExecutorService threads = Loop.daemonThreads("runbook4j-test-");
    try {
      Thread thread = threads.submit(Thread::currentThread).get();

      assertThat(thread.getUncaughtExceptionHandler()).isNotSameAs(thread.getThreadGroup());
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void liveness_heartbeatBelowASecond_isInMilliseconds() {
    HealthCheck check = start(builder().probe("crm", healthy()));
    HealthCheck.Heartbeat worker = check.heartbeat("worker", Duration.ofMillis(250));

    time.advance(Duration.ofMillis(300));

    assertThat(check.liveness().results())
        .extracting(Result::detail)
        .contains("has not moved for 300 ms, more than 250 ms");
    worker.close();
  }

  @Test
  void badInput_isRefusedByNameAndValue() {
    HealthCheck check = start(builder().probe("crm", healthy()));

    assertThatThrownBy(check::start).hasMessageContaining("must be started once");
    assertThatThrownBy(() -> builder().probe("a:b", healthy())).hasMessageEndingWith("was \"a:b\"");
    assertThatThrownBy(() -> builder().probe("a", healthy()).advisory("a", healthy()))
        .hasMessage("name must be one that no other probe has, was a");
    assertThatThrownBy(() -> builder().interval(Duration.ZERO))
        .hasMessage("interval must be positive, was PT0S");
    assertThatThrownBy(() -> builder().timeout(SECOND).build())
        .hasMessageStartingWith("timeout must be more than slow (PT5S)")
        .hasMessageEndingWith("was PT1S");
  }

  private static Thread deadlocking(
      String name, ReentrantLock first, ReentrantLock second, CountDownLatch bothHeld) {
    Thread thread = new Thread(
        () -> {
          first.lock();
          try {
            bothHeld.countDown();
            bothHeld.await();
            second.lockInterruptibly();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the test is over
          } finally {
            first.unlock();
          }
        },
        name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void sleepThrough(Duration duration, AtomicInteger interrupts) {
    long until = time.nanoTime() + duration.toNanos();
    while (until - time.nanoTime() > 0) {
      try {
        time.sleep(Duration.ofNanos(until - time.nanoTime()));
      } catch (InterruptedException e) {
        interrupts.incrementAndGet();
      }
    }
  }

  private HealthCheck.Builder builder() {
    return HealthCheck.builder().time(time).executor(time.executor());
  }

  private HealthCheck start(HealthCheck.Builder builder) {
    HealthCheck check = build(builder);
    check.start();
    return check;
  }

  private HealthCheck build(HealthCheck.Builder builder) {
    HealthCheck check = builder.build();
    open.add(check);
    return check;
  }

  private static Result only(HealthCheck check) {
    assertThat(check.readiness().results()).hasSize(1);
    return check.readiness().results().get(0);
  }

  private static Result result(HealthCheck check, String name) {
    return check.readiness().results().stream()
        .filter(result -> result.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static HealthProbe healthy() {
    return answering(Status.HEALTHY);
  }

  private static HealthProbe answering(Status status) {
    return () -> answer(status);
  }

  private static Health answer(Status status) {
    return new Health(status, Duration.ofMillis(20), "fine");
  }

  @SuppressWarnings("NullAway") // what a probe must not do
  private static Health nothing() {
    return null;
  }
}
