package io.runbook4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runbook4j.spi.time.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class VirtualTimeTest {
  private static final Instant START = Instant.parse("2026-03-29T00:30:00Z");
  private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

  private final VirtualTime time = VirtualTime.startingAt(START);
  private final List<String> seen = new ArrayList<>();

  @Test
  void sleep_singleThread_movesBothClocks() throws Exception {
    long before = time.nanoTime();

    time.sleep(Duration.ofMinutes(5));

    assertThat(time.now()).isEqualTo(START.plusSeconds(300));
    assertThat(time.nanoTime() - before).isEqualTo(Duration.ofMinutes(5).toNanos());
    assertThat(time.elapsed()).isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void nanoTime_byDefault_wrapsSoon() throws Exception {
    long before = time.nanoTime();

    time.sleep(Duration.ofSeconds(2));

    assertThat(before).isPositive();
    assertThat(time.nanoTime()).isNegative();
  }

  @Test
  void nanoTime_givenOrigin_startsThere() {
    assertThat(VirtualTime.builder().nanoOrigin(-7).build().nanoTime()).isEqualTo(-7);
  }

  @Test
  void sleep_zeroOrNegative_returnsAtOnce() throws Exception {
    time.executor().execute(() -> seen.add("ran"));

    time.sleep(Duration.ZERO);
    time.sleep(Duration.ofSeconds(-1));

    assertThat(time.now()).isEqualTo(START);
    assertThat(seen).isEmpty();
  }

  @Test
  void sleep_aMillionTimes_isFast() throws Exception {
    for (int i = 0; i < 1_000_000; i++) {
      time.sleep(Duration.ofMillis(1));
    }

    assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(1000));
  }

  @Test
  void stepWallClock_backwards_leavesNanoTime() {
    long before = time.nanoTime();

    time.stepWallClock(Duration.ofHours(-1));

    assertThat(time.now()).isEqualTo(START.minusSeconds(3600));
    assertThat(time.nanoTime()).isEqualTo(before);
  }

  @Test
  void executor_severalTasks_runInOrderOfTheirTimers() {
    for (int seconds : List.of(3, 1, 2)) {
      time.executor().execute(() -> sleepAndSay(seconds, "after " + seconds));
    }

    time.runToIdle();

    assertThat(seen).containsExactly("after 1", "after 2", "after 3");
    assertThat(time.now()).isEqualTo(START.plusSeconds(3));
  }

  @Test
  void executor_sameInstant_runsFirstComeFirstServed() {
    for (int i = 0; i < 20; i++) {
      int number = i;
      time.executor().execute(() -> sleepAndSay(1, "" + number));
    }

    time.runToIdle();

    assertThat(seen)
        .hasSize(20)
        .isSortedAccordingTo((a, b) -> Integer.parseInt(a) - Integer.parseInt(b));
  }

  @Test
  void executor_taskThreads_areNamedDaemons() {
    time.executor().execute(() -> {
      seen.add(Thread.currentThread().getName());
      seen.add("" + Thread.currentThread().isDaemon());
    });

    time.runToIdle();

    assertThat(seen).containsExactly("task-1", "true");
  }

  @Test
  void executor_manyTasks_onlyOneRunsAtATime() {
    List<Integer> running = new ArrayList<>(List.of(0)); // not thread-safe on purpose
    for (int i = 0; i < 50; i++) {
      time.executor().execute(() -> {
        for (int n = 0; n < 100; n++) {
          running.set(0, running.get(0) + 1);
          sleepAndSay(1, "x");
        }
      });
    }

    time.runToIdle();

    assertThat(running).containsExactly(5000);
    assertThat(seen).hasSize(5000);
  }

  @Test
  void seed_same_repeatsTheOrder() {
    for (long seed = 0; seed < 20; seed++) {
      assertThat(orderWith(seed)).as("seed %d", seed).isEqualTo(orderWith(seed));
    }
  }

  @Test
  void seed_others_findOtherOrders() {
    Set<List<String>> orders = new HashSet<>();
    for (long seed = 0; seed < 200; seed++) {
      orders.add(orderWith(seed));
    }

    assertThat(orders).hasSize(24); // 4 tasks, 4! orders
  }

  private List<String> orderWith(long seed) {
    VirtualTime seeded = VirtualTime.builder().seed(seed).build();
    List<String> order = new ArrayList<>();
    for (String name : List.of("a", "b", "c", "d")) {
      seeded.executor().execute(() -> order.add(name));
    }
    seeded.runToIdle();
    return order;
  }

  @Test
  void await_raisedByAnother_takesItAtThatInstant() throws Exception {
    Signal signal = time.newSignal();
    time.executor().execute(() -> {
      sleepAndSay(7, "raise");
      signal.raise();
    });

    boolean taken = signal.await(Duration.ofMinutes(1));

    assertThat(taken).isTrue();
    assertThat(time.now()).isEqualTo(START.plusSeconds(7));
    assertThat(signal.await(Duration.ofSeconds(1))).isFalse();
  }

  @Test
  void await_neverRaised_timesOut() throws Exception {
    assertThat(time.newSignal().await(Duration.ofSeconds(9))).isFalse();
    assertThat(time.now()).isEqualTo(START.plusSeconds(9));
  }

  @Test
  void await_zero_onlyLooks() throws Exception {
    Signal signal = time.newSignal();
    assertThat(signal.await(Duration.ZERO)).isFalse();

    signal.raise();
    signal.raise();

    assertThat(signal.await(Duration.ZERO)).isTrue();
    assertThat(signal.await(Duration.ofSeconds(-1))).isFalse();
    assertThat(time.now()).isEqualTo(START);
  }

  @Test
  void raise_twoWaiters_wakesOneOnly() {
    Signal signal = time.newSignal();
    for (String name : List.of("a", "b")) {
      time.executor().execute(() -> awaitAndSay(signal, Duration.ofSeconds(10), name));
    }
    time.advance(Duration.ofSeconds(1));

    signal.raise();
    time.runToIdle();

    assertThat(seen).containsExactly("a true", "b false");
  }

  @Test
  void await_wokenButInterrupted_leavesTheSignalToTheNext() {
    Signal signal = time.newSignal();
    List<Thread> threads = new ArrayList<>();
    for (String name : List.of("a", "b")) {
      time.executor().execute(() -> {
        threads.add(Thread.currentThread());
        awaitAndSay(signal, FOREVER, name);
      });
    }
    time.advance(Duration.ZERO);

    signal.raise();
    threads.get(0).interrupt();
    time.runToIdle();

    assertThat(seen).containsExactly("a interrupted", "b true");
  }

  @Test
  void sleep_threadAlreadyInterrupted_throwsAndClearsTheFlag() {
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> time.sleep(Duration.ofSeconds(1)))
        .isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
    assertThat(time.now()).isEqualTo(START);
  }

  @Test
  void sleep_interruptedWhileWaiting_endsAtThatInstant() {
    for (int round = 0; round < 200; round++) {
      seen.clear();
      VirtualTime fresh = VirtualTime.startingAt(START);
      List<Thread> threads = new ArrayList<>();
      fresh.executor().execute(() -> {
        threads.add(Thread.currentThread());
        try {
          fresh.sleep(Duration.ofDays(1));
        } catch (InterruptedException e) {
          seen.add("interrupted at " + fresh.elapsed());
        }
      });
      fresh.advance(Duration.ofSeconds(3));

      threads.get(0).interrupt();
      fresh.advance(Duration.ofSeconds(1));
      seen.add("advanced");
      fresh.runToIdle();

      assertThat(seen).containsExactly("interrupted at PT3S", "advanced");
    }
  }

  @Test
  void advance_interrupted_goesOnAndKeepsTheFlag() {
    Thread.currentThread().interrupt();

    time.advance(Duration.ofSeconds(5));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(time.now()).isEqualTo(START.plusSeconds(5));
  }

  @Test
  void advance_workDueAtItsEnd_hasRun() {
    time.executor().execute(() -> {
      sleepAndSay(2, "first");
      sleepAndSay(3, "second");
      sleepAndSay(1, "too late");
    });

    time.advance(Duration.ofSeconds(5));

    assertThat(seen).containsExactly("first", "second");
  }

  @Test
  void advance_workWokenAtItsEnd_hasRun() {
    Signal signal = time.newSignal();
    time.executor().execute(() -> awaitAndSay(signal, FOREVER, "woken"));
    time.executor().execute(() -> {
      sleepAndSay(5, "raise");
      signal.raise();
    });

    time.advance(Duration.ofSeconds(5));

    assertThat(seen).containsExactly("raise", "woken true");
  }

  @Test
  void advance_negative_isRefused() {
    assertThatThrownBy(() -> time.advance(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("duration must be at least 0, was PT-1S");
  }

  @Test
  void await_nobodyCanRaise_saysWhoWaitsForWhat() {
    Signal one = time.newSignal();
    Signal two = time.newSignal();
    time.executor().execute(() -> awaitAndSay(one, FOREVER, "task"));

    assertThatThrownBy(() -> two.await(FOREVER))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("nobody can go on at 2026-03-29T00:30:00Z")
        .hasMessageContaining("task-1 waits without end for signal 1")
        .hasMessageContaining(Thread.currentThread().getName() + " waits without end for signal 2");
  }

  @Test
  void runToIdle_deadlockAfterATaskDied_showsWhatItThrew() {
    Signal signal = time.newSignal();
    time.executor().execute(() -> {
      throw new UnsupportedOperationException("died");
    });
    time.executor().execute(() -> awaitAndSay(signal, FOREVER, "task"));

    assertThatThrownBy(time::runToIdle)
        .isInstanceOf(IllegalStateException.class)
        .satisfies(e -> assertThat(e.getSuppressed())
            .hasAtLeastOneElementOfType(UnsupportedOperationException.class));
  }

  @Test
  void runToIdle_taskThrew_throwsItAndOthersGoOn() {
    time.executor().execute(() -> {
      throw new AssertionError("no");
    });
    time.executor().execute(() -> sleepAndSay(1, "went on"));

    assertThatThrownBy(time::runToIdle).isInstanceOf(AssertionError.class).hasMessage("no");
    assertThat(seen).containsExactly("went on");
    time.runToIdle();
  }

  @Test
  void runToIdle_tasksStartTasks_waitsForAll() {
    time.executor().execute(() -> {
      sleepAndSay(1, "parent");
      time.executor().execute(() -> sleepAndSay(1, "child"));
    });

    time.runToIdle();

    assertThat(seen).containsExactly("parent", "child");
  }

  @Test
  void leave_whileBlockedElsewhere_letsOthersRun() throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    time.executor().execute(() -> {
      sleepAndSay(60, "ran");
      done.countDown();
    });

    time.leave();
    done.await();
    time.sleep(Duration.ofSeconds(1));

    assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(61));
  }

  @Test
  void sleep_foreignThreadEndsWithTheBaton_passesItOn() throws Exception {
    Thread foreign = new Thread(() -> sleepAndSay(5, "foreign"));
    foreign.start();
    foreign.join();

    time.sleep(Duration.ofSeconds(1));

    assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(6));
  }

  @Test
  void sleep_foreignThread_waitsForItsTurn() throws Exception {
    Thread foreign = new Thread(() -> sleepAndSay(5, "foreign"));
    time.executor().execute(() -> sleepAndSay(9, "task"));
    foreign.start();
    while (foreign.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }

    time.sleep(Duration.ofSeconds(7));
    seen.add("main");
    time.runToIdle();

    assertThat(seen).containsExactly("foreign", "main", "task");
  }

  private void sleepAndSay(int seconds, String what) {
    try {
      time.sleep(Duration.ofSeconds(seconds));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    seen.add(what);
  }

  private void awaitAndSay(Signal signal, Duration atMost, String who) {
    try {
      seen.add(who + " " + signal.await(atMost));
    } catch (InterruptedException e) {
      seen.add(who + " interrupted");
    }
  }
}
