package io.runbook4j.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runbook4j.spi.LimitSignal;
import io.runbook4j.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Waiting in line, on virtual time that wraps after a second. */
class RateLimiterTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Quota ONE_A_SECOND = Quota.of(1, SECOND).margin(Duration.ZERO);
  private static final Quota TEN_A_SECOND = Quota.of(10, SECOND).margin(Duration.ZERO);

  private final VirtualTime time = VirtualTime.builder().build();
  private final List<String> log = new ArrayList<>();

  @Test
  void acquire_quotaUsedUp_waitsExactlyUntilThereIsRoom() {
    RateLimiter limiter = RateLimiter.of("api", time, ONE_A_SECOND);

    acquire(limiter, "a", 1);
    acquire(limiter, "b", 1);
    acquire(limiter, "c", 1);
    time.runToIdle();

    assertThat(log).containsExactly("a 0", "b 1000", "c 2000");
    assertThat(limiter.granted()).isEqualTo(3);
    assertThat(limiter.waited()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({"1,false", "2,false", "3,false", "4,true", "5,true", "6,true"})
  void acquire_manyBlocked_areServedInTheOrderOfAsking(long seed, boolean exact) {
    VirtualTime mixed = VirtualTime.builder().seed(seed).build();
    Quota quota = Quota.of(100, SECOND);
    RateLimiter limiter = RateLimiter.of("api", mixed, exact ? quota.exact() : quota);
    List<Integer> asked = new ArrayList<>();
    List<Integer> served = new ArrayList<>();
    limiter.tryAcquire(100);
    for (int i = 0; i < 50; i++) {
      int number = i;
      mixed.executor().execute(() -> {
        asked.add(number);
        acquire(limiter, 1 + number % 3);
        served.add(number);
      });
    }

    mixed.runToIdle();

    assertThat(served).as("seed %d", seed).isEqualTo(asked);
  }

  @Test
  void acquire_interrupted_takesNothingAndThoseBehindMoveUp() {
    RateLimiter limiter = RateLimiter.of("api", time, TEN_A_SECOND);
    limiter.tryAcquire(10);
    List<Thread> first = new ArrayList<>();
    time.executor().execute(() -> {
      first.add(Thread.currentThread());
      assertThatThrownBy(() -> limiter.acquire(10)).isInstanceOf(InterruptedException.class);
      log.add("interrupted " + time.elapsed().toMillis());
    });
    acquire(limiter, "b", 10);
    acquire(limiter, "c", 10);
    time.advance(Duration.ofMillis(400));

    first.get(0).interrupt();
    time.runToIdle();

    assertThat(log).containsExactly("interrupted 400", "b 1000", "c 2000");
    assertThat(limiter.granted()).isEqualTo(30);
  }

  @Test
  void acquire_interruptedBefore_takesNothing() {
    RateLimiter limiter = RateLimiter.of("api", time, ONE_A_SECOND);
    Thread.currentThread().interrupt();

    assertThatThrownBy(limiter::acquire).isInstanceOf(InterruptedException.class);

    assertThat(limiter.tryAcquire()).isTrue();
  }

  @Test
  void acquire_atMost_waitsNoLongerAndLeavesThePermitsToThoseBehind() {
    RateLimiter limiter = RateLimiter.of("api", time, TEN_A_SECOND);
    limiter.tryAcquire(10);
    acquireAtMost(limiter, "first", 10, Duration.ofMillis(900));
    acquireAtMost(limiter, "second", 1, Duration.ofMillis(400));
    acquire(limiter, "patient", 10);

    time.runToIdle();

    assertThat(log).containsExactly("second in vain 400", "first in vain 900", "patient 1000");
    assertThat(limiter.granted()).isEqualTo(20);
    assertThat(limiter.denied()).isEqualTo(2);
    assertThat(limiter.waited()).isEqualTo(3);
  }

  @Test
  void acquire_atMostAsLongAsItTakes_getsThePermits() {
    RateLimiter limiter = RateLimiter.of("api", time, ONE_A_SECOND);
    acquireAtMost(limiter, "free", 1, Duration.ZERO);
    acquireAtMost(limiter, "due", 1, SECOND);
    acquireAtMost(limiter, "behind", 1, SECOND);

    time.runToIdle();

    assertThat(log).containsExactly("free 0", "due 1000", "behind in vain 1000");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  void acquire_atMostNoTimeAtAll_doesNotWait(long nanos) throws InterruptedException {
    RateLimiter limiter = RateLimiter.of("api", time, ONE_A_SECOND);
    limiter.tryAcquire();

    assertThat(limiter.acquire(1, Duration.ofNanos(nanos))).isFalse();
    assertThat(time.elapsed()).isZero();
    assertThat(limiter.waited()).isZero();
    assertThat(limiter.denied()).isOne();
    assertThat(limiter.reserve(1).remaining()).as("nobody is left in line").isEqualTo(SECOND);
  }

  private void acquireAtMost(RateLimiter limiter, String name, int weight, Duration atMost) {
    time.executor().execute(() -> {
      try {
        boolean taken = limiter.acquire(weight, atMost);
        log.add(name + (taken ? " " : " in vain ") + time.elapsed().toMillis());
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });
  }

  @Test
  void acquire_closedMeanwhile_waitsUntilItIsOpen() {
    RateLimiter limiter = RateLimiter.of("api", time, ONE_A_SECOND);
    acquire(limiter, "a", 1);
    acquire(limiter, "due after 1 s", 1);
    acquire(limiter, "due after 2 s", 1);
    time.advance(Duration.ofMillis(500));

    limiter.learn(new LimitSignal.Closed(Duration.ofSeconds(60)));
    long reopens = time.elapsed().plus(limiter.closedFor()).toMillis();
    time.runToIdle();

    assertThat(reopens).isBetween(60_500L, 66_500L);
    assertThat(log.get(1)).isBetween("due after 1 s " + reopens, "due after 1 s " + (reopens + 1));
    assertThat(log.get(2)).startsWith("due after 2 s 6");
  }

  @Test
  void acquire_serviceSaysThereIsMoreAgain_goesOnAtOnce() {
    RateLimiter limiter = RateLimiter.of("api", time);
    limiter.learn(new LimitSignal.Remaining("p", 0, Duration.ofMinutes(30)));
    acquire(limiter, "a", 1);
    time.advance(SECOND);

    limiter.learn(new LimitSignal.Remaining("p", 5, Duration.ofMinutes(60)));
    time.runToIdle();

    assertThat(log).containsExactly("a 1000");
  }

  @Test
  void acquire_lateWaker_isCountedWhenItGoesOn() {
    // eight threads are due in one window, and all are held up until the next
    RateLimiter limiter = RateLimiter.of("api", time, Quota.of(1000, SECOND));
    Service service = new Service();
    for (int i = 0; i < 8; i++) {
      time.executor().execute(() -> {
        for (int call = 0; call < 600; call++) {
          acquire(limiter, 1);
          service.granted(time.nanoTime(), 1);
          if (call % 50 == 0) {
            sleep(Duration.ofMillis(70)); // others queue up meanwhile
          }
        }
      });
    }

    time.runToIdle();

    service.assertNeverMoreThan(Quota.of(1000, SECOND), "late wakers");
    assertThat(service.total()).isEqualTo(4800);
  }

  @Test
  void tryAcquire_someoneWaits_doesNotOvertake() {
    RateLimiter limiter = RateLimiter.of("api", time, TEN_A_SECOND);
    limiter.tryAcquire(4);
    acquire(limiter, "heavy", 9);
    time.advance(Duration.ofMillis(100));

    assertThat(limiter.tryAcquire()).isFalse(); // 6 are free, but wanted
    time.advance(SECOND);

    assertThat(log).containsExactly("heavy 1000");
    assertThat(limiter.tryAcquire()).isTrue();
    assertThat(limiter.tryAcquire()).isFalse();
  }

  @Test
  void acquire_noQuotas_isOpenUntilClosed() {
    RateLimiter limiter = RateLimiter.of("api", time);

    assertThat(limiter.tryAcquire(1_000_000)).isTrue();
    limiter.learn(new LimitSignal.Closed(SECOND));

    assertThat(limiter.tryAcquire()).isFalse();
    acquire(limiter, 1);
    assertThat(time.elapsed()).isBetween(SECOND, Duration.ofMillis(1100));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -3})
  void anyTake_weightBelowOne_isRefused(int weight) {
    RateLimiter limiter = RateLimiter.of("api", time, TEN_A_SECOND);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> limiter.tryAcquire(weight))
        .withMessage("weight must be at least 1, was " + weight);
    assertThatIllegalArgumentException().isThrownBy(() -> limiter.acquire(weight));
    assertThatIllegalArgumentException().isThrownBy(() -> limiter.reserve(weight));
  }

  @Test
  void anyTake_weightNeverGranted_namesBothNumbers() {
    RateLimiter limiter =
        RateLimiter.of("api", time, TEN_A_SECOND, Quota.of(500, Duration.ofDays(1)));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> limiter.tryAcquire(11))
        .withMessage("weight must be at most 10, the smallest quota of limiter api, was 11");
    assertThatIllegalArgumentException().isThrownBy(() -> limiter.acquire(11));
    assertThatIllegalArgumentException().isThrownBy(() -> limiter.reserve(11));
    assertThat(limiter.tryAcquire(10)).isTrue();
  }

  @Test
  void acquire_weightAboveTheBurst_isGrantedAndNotStarved() {
    RateLimiter limiter = RateLimiter.of("api", time, Quota.of(1000, SECOND));
    acquire(limiter, "all", 1000);
    acquire(limiter, "half", 500);
    acquire(limiter, "one", 1);

    time.runToIdle();

    assertThat(log).hasSize(3);
    assertThat(log.get(1)).startsWith("half 1"); // after 1.5 windows
    assertThat(log.get(2)).startsWith("one 20"); // and its share of the third
  }

  @Test
  void correct_trueCostWasHigher_delaysTheNext() {
    RateLimiter limiter = RateLimiter.of("api", time, TEN_A_SECOND);
    limiter.tryAcquire();

    limiter.correct(9);

    assertThat(limiter.tryAcquire()).isFalse();
    time.advance(SECOND);
    assertThat(limiter.tryAcquire(10)).isTrue();
  }

  @Test
  void correct_trueCostWasLower_letsWaitersIn() {
    RateLimiter limiter = RateLimiter.of("api", time, Quota.of(10, Duration.ofHours(1)));
    limiter.tryAcquire(10);
    acquire(limiter, "b", 4);
    time.advance(SECOND);

    limiter.correct(-3);
    time.advance(SECOND);
    assertThat(log).isEmpty();
    limiter.correct(-1);
    time.advance(Duration.ZERO);

    assertThat(log).containsExactly("b 2000");
  }

  private void acquire(RateLimiter limiter, String who, int weight) {
    time.executor().execute(() -> {
      acquire(limiter, weight);
      log.add(who + " " + time.elapsed().toMillis());
    });
  }

  private static void acquire(RateLimiter limiter, int weight) {
    try {
      limiter.acquire(weight);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void sleep(Duration duration) {
    try {
      time.sleep(duration);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
