package io.runbook4j.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Several windows as one, and many real threads in one frozen instant. */
class WindowsTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final int THREADS = 8;

  private final ManualTime time = new ManualTime(ManualTime.NEAR_WRAP);

  @Test
  void take_lastWindowRefusesInTheEnd_nothingIsLost() {
    long now = time.nanoTime();
    Window exact = Quota.of(10, SECOND).open(now);
    Window paced = Quota.of(1000, SECOND).open(now);
    Windows windows = new Windows(time, exact, paced, new SoldOut(() -> {}));

    assertThat(windows.take(now, 10, 0)).isFalse();

    assertThat(exact.take(now, 10)).isTrue();
    assertThat(paced.take(now, 21)).isTrue();
  }

  @Test
  void take_secondOfTwoRefusesInTheEnd_firstIsUndone() {
    Window exact = Quota.of(10, SECOND).open(time.nanoTime());
    Windows windows = new Windows(time, exact, new SoldOut(() -> {}));

    assertThat(windows.take(time.nanoTime(), 10, 0)).isFalse();

    assertThat(exact.take(time.nanoTime(), 10)).isTrue();
  }

  /** The first window has granted, and we are held up before we can undo it. */
  @Test
  void take_heldUpBeforeItIsUndone_neverExceeds() {
    Quota quota = Quota.of(100, SECOND);
    Window paced = quota.open(time.nanoTime());
    Service service = new Service();
    Windows windows = new Windows(time, paced, new SoldOut(() -> {
      time.advance(Duration.ofMillis(40));
      flood(paced, service);
    }));

    assertThat(windows.take(time.nanoTime(), 3, 0)).isFalse();

    for (int millis = 0; millis < 2000; millis++) {
      flood(paced, service);
      time.advance(Duration.ofMillis(1));
    }
    service.assertNeverMoreThan(quota, "held up");
    assertThat(service.total()).isGreaterThan(190);
  }

  private void flood(Window window, Service service) {
    while (window.take(time.nanoTime(), 1)) {
      service.granted(time.nanoTime(), 1);
    }
  }

  @Test
  void tryAcquire_weights_areTakenWholeOrNotAtAll() {
    RateLimiter limiter =
        RateLimiter.of("api", time, Quota.of(10, SECOND), Quota.of(12, Duration.ofDays(1)));

    assertThat(limiter.tryAcquire(7)).isTrue();
    assertThat(limiter.tryAcquire(4)).isFalse();
    assertThat(limiter.tryAcquire(3)).isTrue();
    time.advance(Duration.ofSeconds(2));
    assertThat(limiter.tryAcquire(3)).isFalse();
    assertThat(limiter.tryAcquire(2)).isTrue();
    assertThat(limiter.granted()).isEqualTo(12);
    assertThat(limiter.denied()).isEqualTo(2);
  }

  @Test
  void tryAcquire_eightThreadsPaced_grantsTheBurstAndNoMore() throws Exception {
    // 2 % of 1000, and one
    assertThat(race(300, Quota.of(1000, SECOND))).containsOnly(21L);
  }

  @Test
  void tryAcquire_eightThreadsExact_grantsAllAndNoMore() throws Exception {
    assertThat(race(100, Quota.of(2000, SECOND).exact())).containsOnly(2000L);
  }

  /** Lost races for the burst of the second must not use up the first, which lasts for days. */
  @Test
  void tryAcquire_eightThreadsComposed_losesNoneInLostRaces() throws Exception {
    Quota scarce = Quota.of(6000, Duration.ofDays(300)).exact();

    List<Long> granted = race(300, scarce, Quota.of(1000, SECOND));

    assertThat(granted).startsWith(21L).allMatch(round -> round <= 21);
    assertThat(granted.stream().mapToLong(Long::longValue).sum()).isEqualTo(6000);
  }

  /** Four times what is free is asked for, by threads that all move the clock. */
  @Test
  void tryAcquire_fourThreadsAsTimePasses_grantThePaceAndNoMore() throws Exception {
    RateLimiter limiter = RateLimiter.of("api", time, Quota.of(1000, SECOND));
    long from = time.nanoTime();
    // 21 at once, then 980 in a second and its margin
    long intervalNanos = 1_005_000_000L / 980 + 1;

    together(4, () -> {
      for (int i = 0; i < 400_000; i++) {
        time.advanceNanos(i % 40 == 0 ? 10 * intervalNanos : 0);
        limiter.tryAcquire();
      }
      return 0L;
    });

    long paced = (time.nanoTime() - from) / intervalNanos;
    assertThat(limiter.granted()).isBetween(paced * 9 / 10, paced + 21);
  }

  private static void together(int threads, Callable<Long> task) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      for (Future<Long> thread : pool.invokeAll(Collections.nCopies(threads, task))) {
        thread.get();
      }
    } finally {
      pool.shutdownNow();
    }
  }

  /** Each round in one instant, the next when every window is empty again. */
  private List<Long> race(int rounds, Quota... quotas) throws Exception {
    RateLimiter limiter = RateLimiter.of("api", time, quotas);
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    List<Long> granted = new ArrayList<>();
    try {
      CyclicBarrier start = new CyclicBarrier(THREADS);
      for (int round = 0; round < rounds; round++) {
        long sum = 0;
        for (Future<Long> thread : pool.invokeAll(grabbers(limiter, start))) {
          sum += thread.get();
        }
        granted.add(sum);
        time.advance(Duration.ofSeconds(3));
      }
    } finally {
      pool.shutdownNow();
    }
    return granted;
  }

  private static List<Callable<Long>> grabbers(RateLimiter limiter, CyclicBarrier start) {
    List<Callable<Long>> all = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      all.add(() -> {
        start.await();
        long mine = 0;
        while (limiter.tryAcquire()) {
          mine++;
        }
        return mine;
      });
    }
    return all;
  }

  /** Has room when looked at, and none any more when it comes to taking. */
  private static final class SoldOut implements Window {
    private final Runnable meanwhile;

    SoldOut(Runnable meanwhile) {
      this.meanwhile = meanwhile;
    }

    @Override
    public long waitNanos(long now, int weight, long ahead) {
      return 0;
    }

    @Override
    public boolean take(long now, int weight) {
      meanwhile.run();
      return false;
    }

    @Override
    public void undo(long taken, long now, int weight) {
      throw new AssertionError("nothing was taken here");
    }

    @Override
    public void charge(long now, long permits) {}

    @Override
    public void giveBack(long now, long permits) {}

    @Override
    public long used(long now) {
      return 0;
    }
  }
}
