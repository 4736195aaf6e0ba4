package io.runbook4j.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.runbook4j.gate.Drain.End;
import io.runbook4j.gate.Drain.Result;
import io.runbook4j.limit.Quota;
import io.runbook4j.limit.RateLimiter;
import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Outcome;
import io.runbook4j.testkit.VirtualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrainTest {
  private static final Order ANN = Order.of("ann", "test");
  private static final Failure DOWN = Failure.of(FailureKind.SERVER_ERROR, "500");

  @TempDir
  private Path folder;

  private final VirtualTime time = VirtualTime.builder().build();
  private final Gate gate = Gate.inMemory("g", time);
  private final List<String> sent = new ArrayList<>();
  private RateLimiter limiter = RateLimiter.of("s", time);
  private Outbox outbox;

  @BeforeEach
  void open() {
    outbox = Outbox.builder(folder.resolve("outbox.jsonl"), time)
        .force(Outbox.Force.NEVER)
        .open();
  }

  @AfterEach
  void close() {
    outbox.close();
  }

  private Outcome send(Change change) {
    sent.add(change.key() + change.payload());
    return Outcome.succeeded();
  }

  private Drain drain(Drain.Sender sender) {
    return Drain.of(outbox, gate, limiter, sender);
  }

  @Test
  void run_open_sendsAllInOrder() throws InterruptedException {
    outbox.put("a", "1");
    outbox.put("b", "1");
    outbox.put("a", "2");

    Result result = drain(this::send).run();

    assertThat(result).isEqualTo(new Result(3, 0, 0, Optional.empty(), End.DONE));
    assertThat(sent).containsExactly("a1", "b1", "a2");
    assertThat(outbox.count()).isZero();
  }

  @Test
  void run_newestWinsOverOneThatFailed_sendsEachChangeOnce() throws InterruptedException {
    try (Outbox newest = Outbox.builder(folder.resolve("newest.jsonl"), time)
        .force(Outbox.Force.NEVER)
        .newestWins()
        .open()) {
      newest.put("a", "1");
      Drain drain = Drain.of(newest, gate, limiter, change -> {
        if (sent.isEmpty()) {
          newest.put("b", "1");
          newest.put("a", "2"); // behind the one that is on its way
        }
        sent.add(change.key() + change.payload());
        return Outcome.failed(DOWN);
      });
      drain.stopAfter(1).run();

      Result result = drain.run();

      assertThat(sent).containsExactly("a1", "a2", "b1");
      assertThat(result).isEqualTo(new Result(0, 0, 2, Optional.of(DOWN), End.DONE));
    }
  }

  @Test
  void run_localOnly_sendsNothing() throws InterruptedException {
    outbox.put("a", "1");
    gate.localOnly(ANN);

    assertThat(drain(this::send).run())
        .isEqualTo(new Result(0, 0, 0, Optional.empty(), End.LOCAL_ONLY));
    assertThat(outbox.count()).isOne();
  }

  @Test
  void run_switchedWhileItWaitsForAPermit_sendsNothingMore() throws InterruptedException {
    limiter = RateLimiter.of("s", time, Quota.of(1, Duration.ofHours(1)));
    for (int i = 0; i < 5; i++) {
      outbox.put("k" + i, "1");
    }
    time.executor().execute(() -> {
      time.advance(Duration.ofMinutes(90));
      gate.localOnly(ANN);
    });

    Result result = drain(this::send).run();

    assertThat(result).isEqualTo(new Result(2, 0, 0, Optional.empty(), End.LOCAL_ONLY));
    assertThat(sent).containsExactly("k01", "k11");
    assertThat(outbox.count()).isEqualTo(3);
    time.runToIdle();
  }

  @Test
  void run_backlog_keepsTheQuotaInAnyWindow() throws InterruptedException {
    limiter = RateLimiter.of("s", time, Quota.of(50, Duration.ofMinutes(1)).exact());
    List<Instant> times = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      outbox.put("k" + i, "1");
    }

    Result result = drain(change -> {
          times.add(time.now());
          return Outcome.succeeded();
        })
        .run();

    assertThat(result.sent()).isEqualTo(1_000);
    for (int i = 50; i < times.size(); i++) {
      assertThat(Duration.between(times.get(i - 50), times.get(i)))
          .isGreaterThanOrEqualTo(Duration.ofMinutes(1));
    }
  }

  @Test
  void run_ramping_sendsTheShareAndLeavesTheRest() throws InterruptedException {
    for (int i = 0; i < 500; i++) {
      outbox.put("k" + i, "1");
    }
    gate.ramp(ANN);
    List<String> share = IntStream.range(0, 500)
        .mapToObj(i -> "k" + i)
        .filter(gate::allows)
        .map(key -> key + "1")
        .toList();

    Result result = drain(this::send).run();

    assertThat(result.end()).isEqualTo(End.DONE);
    assertThat(sent).isEqualTo(share).isNotEmpty();
    assertThat(outbox.count()).isEqualTo(500 - sent.size());
    assertThat(((GateState.Ramping) gate.state()).step().operations()).isEqualTo(sent.size());
  }

  @Test
  void run_failed_staysWithItsSuccessorsAndTheSameId() throws InterruptedException {
    outbox.put("a", "1");
    outbox.put("a", "2");
    outbox.put("b", "1");
    List<String> ids = new ArrayList<>();

    Result result = drain(change -> {
          ids.add(change.id());
          return change.key().equals("a") ? Outcome.failed(DOWN) : send(change);
        })
        .run();
    drain(change -> {
          ids.add(change.id());
          return send(change);
        })
        .run();

    assertThat(result).isEqualTo(new Result(1, 0, 1, Optional.of(DOWN), End.DONE));
    assertThat(sent).containsExactly("b1", "a1", "a2");
    assertThat(ids.get(0)).isEqualTo(ids.get(2));
    assertThat(new HashSet<>(ids)).hasSize(3);
  }

  @Test
  void run_senderThrows_countsAsFailedAndGoesOn() throws InterruptedException {
    outbox.put("a", "1");
    outbox.put("b", "1");
    outbox.put("c", "1");

    Result result = drain(change -> {
          if (change.key().equals("a")) {
            throw new FailureException(DOWN);
          }
          if (change.key().equals("b")) {
            throw new IllegalArgumentException("a bug");
          }
          return send(change);
        })
        .run();

    assertThat(result.sent()).isEqualTo(1);
    assertThat(result.failed()).isEqualTo(2);
    assertThat(result.lastFailure().orElseThrow().message())
        .isEqualTo("java.lang.IllegalArgumentException: a bug");
    assertThat(outbox.count()).isEqualTo(2);
  }

  @Test
  void run_serviceIsDown_stopsAfterTenInARow() throws InterruptedException {
    for (int i = 0; i < 100; i++) {
      outbox.put("k" + i, "1");
    }

    Result result = drain(change -> Outcome.inDoubt(DOWN)).run();

    assertThat(result).isEqualTo(new Result(0, 0, 10, Optional.of(DOWN), End.FAILURES));
    assertThat(outbox.count()).isEqualTo(100);
  }

  @Test
  void run_failuresDuringARamp_goBackToLocalOnly() throws InterruptedException {
    for (int i = 0; i < 2_000; i++) {
      outbox.put("k" + i, "1");
    }
    gate.ramp(ANN);

    Result result = drain(change -> {
          time.sleep(Duration.ofMillis(500));
          return sent.size() % 2 == 0 ? send(change) : failAndCount();
        })
        .run();

    assertThat(result.end()).isEqualTo(End.LOCAL_ONLY);
    assertThat(result.sent() + result.failed()).isBetween(20L, 23L);
    assertThat(outbox.count()).isEqualTo((int) (2_000 - result.sent()));
  }

  private Outcome failAndCount() {
    sent.add("failed");
    return Outcome.failed(DOWN);
  }

  @Test
  void run_rateLimited_closesTheLimiterAndTriesAgain() throws InterruptedException {
    outbox.put("a", "1");
    outbox.put("a", "2");
    List<Duration> tries = new ArrayList<>();

    Result result = drain(change -> {
          tries.add(time.elapsed());
          return tries.size() == 1
              ? Outcome.failed(
                  Failure.of(FailureKind.RATE_LIMITED, "429").withRetryAfter(Duration.ofMinutes(2)))
              : send(change);
        })
        .run();

    assertThat(result).isEqualTo(new Result(2, 0, 0, Optional.empty(), End.DONE));
    assertThat(sent).containsExactly("a1", "a2");
    assertThat(tries.get(1)).isBetween(Duration.ofMinutes(2), Duration.ofSeconds(133));
  }

  @Test
  void run_rateLimitedWithoutEnd_isOneThatFailed() throws InterruptedException {
    outbox.put("a", "1");
    Failure limited = Failure.of(FailureKind.RATE_LIMITED, "429");

    Result result = drain(change -> Outcome.failed(limited)).run();

    assertThat(result).isEqualTo(new Result(0, 0, 1, Optional.of(limited), End.FAILURES));
    assertThat(outbox.count()).isOne();
  }

  @Test
  void run_skipped_isTakenOut() throws InterruptedException {
    outbox.put("a", "1");

    assertThat(drain(change -> Outcome.skipped("newer in the service")).run())
        .isEqualTo(new Result(0, 1, 0, Optional.empty(), End.DONE));
    assertThat(outbox.count()).isZero();
  }

  @Test
  void run_interruptedWhileSending_changeStays() {
    outbox.put("a", "1");

    assertThatExceptionOfType(InterruptedException.class)
        .isThrownBy(() -> drain(change -> {
              throw new InterruptedException("stop");
            })
            .run());
    assertThat(outbox.count()).isOne();
    assertThat(outbox.after(-1)).isPresent(); // in nobody's hands
  }

  @Test
  void run_discardedWhileItWaitsForAPermit_isNotSent() throws InterruptedException {
    limiter = RateLimiter.of("s", time, Quota.of(1, Duration.ofHours(1)));
    limiter.acquire();
    String id = outbox.put("a", "1").id();
    time.executor().execute(() -> {
      time.advance(Duration.ofMinutes(1));
      assertThat(outbox.discard(id, "gone")).isTrue();
    });

    assertThat(drain(this::send).run()).isEqualTo(new Result(0, 0, 0, Optional.empty(), End.DONE));
    assertThat(outbox.holds("a")).isFalse();
    time.runToIdle();
  }

  @Test
  void run_switchedToLocalOnlyWhileItWaitsForAPermit_endsWithinFiveMinutes()
      throws InterruptedException {
    limiter = RateLimiter.of("s", time, Quota.of(1, Duration.ofDays(1)));
    limiter.acquire();
    outbox.put("a", "1");
    time.executor().execute(() -> {
      time.advance(Duration.ofMinutes(7));
      gate.localOnly(ANN);
    });

    assertThat(drain(this::send).run().end()).isEqualTo(End.LOCAL_ONLY);

    assertThat(time.elapsed()).isEqualTo(Duration.ofMinutes(10));
    assertThat(sent).isEmpty();
    assertThat(outbox.after(-1)).as("in nobody's hands").isPresent();
    time.runToIdle();
  }

  @Test
  void stopAfter_none_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> drain(this::send).stopAfter(0))
        .withMessage("failures must be at least 1, was 0");
  }

  /** Writers, switches and three drains at once, in many orders. */
  @Test
  void run_severalAtOnce_sendEachOnceInOrder() {
    for (long seed = 1; seed <= 40; seed++) {
      try {
        new Crowd(folder.resolve("crowd" + seed + ".jsonl"), seed).live();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private static final class Crowd {
    private static final int PUTS = 120;
    private final VirtualTime time;
    private final Random random;
    private final Gate gate;
    private final Outbox outbox;
    private final RateLimiter limiter;
    private final Map<String, Integer> last = new HashMap<>();
    private final Set<String> onTheWay = new HashSet<>();
    private boolean shut;

    Crowd(Path file, long seed) {
      time = VirtualTime.builder().seed(seed).build();
      random = new Random(seed);
      gate = Gate.inMemory("crowd", time);
      limiter = RateLimiter.of("s", time, Quota.of(60, Duration.ofMinutes(1)));
      outbox = Outbox.builder(file, time)
          .force(Outbox.Force.NEVER)
          .compactFrom(2_000)
          .open();
    }

    void live() {
      time.executor().execute(() -> quietly(this::write));
      time.executor().execute(() -> quietly(this::switchOnAndOff));
      for (int i = 0; i < 3; i++) {
        time.executor().execute(() -> quietly(this::drain));
      }
      time.runToIdle();
      assertThat(outbox.count()).isZero();
      assertThat(last.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(PUTS);
      outbox.close();
    }

    private interface Work {
      void run() throws InterruptedException;
    }

    private static void quietly(Work work) {
      try {
        work.run();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    private void write() throws InterruptedException {
      Map<String, Integer> versions = new HashMap<>();
      for (int i = 0; i < PUTS; i++) {
        String key = "k" + random.nextInt(6);
        outbox.put(key, String.valueOf(versions.merge(key, 1, Integer::sum)));
        time.sleep(Duration.ofMillis(random.nextInt(1_000)));
      }
    }

    private void switchOnAndOff() throws InterruptedException {
      for (int i = 0; i < 10; i++) {
        gate.localOnly(ANN);
        shut = true;
        time.sleep(Duration.ofSeconds(random.nextInt(10)));
        shut = false;
        gate.open(ANN);
        time.sleep(Duration.ofSeconds(random.nextInt(10)));
      }
    }

    private void drain() throws InterruptedException {
      Duration end = Duration.ofMinutes(15);
      while (time.elapsed().compareTo(end) < 0) {
        Drain.of(outbox, gate, limiter, this::send).stopAfter(1_000).run();
        time.sleep(Duration.ofSeconds(1 + random.nextInt(3)));
      }
    }

    private Outcome send(Change change) throws InterruptedException {
      assertThat(shut).isFalse();
      assertThat(onTheWay.add(change.key())).as("alone with its key").isTrue();
      int version = Integer.parseInt(change.payload());
      time.sleep(Duration.ofMillis(random.nextInt(3_000)));
      onTheWay.remove(change.key());
      if (random.nextInt(5) == 0) {
        return Outcome.failed(DOWN);
      }
      assertThat(last.getOrDefault(change.key(), 0) + 1).isEqualTo(version);
      last.put(change.key(), version);
      return Outcome.succeeded();
    }
  }
}
