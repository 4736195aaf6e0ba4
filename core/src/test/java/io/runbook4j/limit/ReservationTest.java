package io.runbook4j.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.spi.LimitSignal;
import io.runbook4j.testkit.VirtualTime;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ReservationTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final VirtualTime time = VirtualTime.builder().build();
  private final RateLimiter limiter =
      RateLimiter.of("api", time, Quota.of(1, SECOND).margin(Duration.ZERO));

  @Test
  void remaining_othersAhead_countsThem() {
    limiter.tryAcquire();

    assertThat(limiter.reserve(1).remaining()).isEqualTo(SECOND);
    assertThat(limiter.reserve(1).remaining()).isEqualTo(Duration.ofSeconds(2));
    assertThat(limiter.reserve(1).remaining()).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void tryTake_beforeItIsDue_takesNothing() {
    limiter.tryAcquire();
    Reservation reservation = limiter.reserve(1);

    time.advance(SECOND.minusNanos(1));
    assertThat(reservation.tryTake()).isFalse();
    assertThat(reservation.remaining()).isEqualTo(Duration.ofNanos(1));
    time.advance(Duration.ofNanos(1));

    assertThat(reservation.tryTake()).isTrue();
    assertThat(reservation.tryTake()).isFalse();
    assertThat(reservation.remaining()).isZero();
    assertThat(limiter.granted()).isEqualTo(2);
  }

  @Test
  void tryTake_someoneAhead_doesNotOvertake() {
    Reservation first = limiter.reserve(1);
    Reservation second = limiter.reserve(1);

    assertThat(second.tryTake()).isFalse();
    assertThat(limiter.tryAcquire()).isFalse();
    assertThat(first.tryTake()).isTrue();
  }

  @Test
  void cancel_thoseBehind_moveUp() {
    limiter.tryAcquire();
    Reservation first = limiter.reserve(1);
    Reservation second = limiter.reserve(1);

    first.cancel();
    first.cancel();

    assertThat(second.remaining()).isEqualTo(SECOND);
    assertThat(first.tryTake()).isFalse();
    time.advance(SECOND);
    assertThat(second.tryTake()).isTrue();
  }

  @Test
  void cancel_blockedThreadBehind_movesUp() {
    limiter.tryAcquire();
    Reservation first = limiter.reserve(1);
    AtomicReference<Duration> granted = blocked();
    time.advance(Duration.ofMillis(300));

    first.cancel();
    time.runToIdle();

    assertThat(granted.get()).isEqualTo(SECOND);
  }

  @Test
  void tryTake_blockedThreadBehind_waitsForTheNextWindow() {
    Reservation first = limiter.reserve(1);
    AtomicReference<Duration> granted = blocked();
    time.advance(Duration.ofMillis(300));

    assertThat(first.tryTake()).isTrue();
    time.runToIdle();

    assertThat(granted.get()).isEqualTo(Duration.ofMillis(1300));
  }

  @Test
  void abandoned_aMinuteAfterItWasDue_lapses() {
    limiter.tryAcquire();
    Reservation abandoned = limiter.reserve(1);
    AtomicReference<Duration> granted = blocked();

    time.runToIdle();

    assertThat(granted.get()).isEqualTo(Duration.ofSeconds(61));
    assertThat(abandoned.remaining()).isEqualTo(SECOND);
    time.advance(SECOND);
    assertThat(abandoned.tryTake()).isTrue();
  }

  @Test
  void abandoned_onlyPollers_lapses() {
    Reservation abandoned = limiter.reserve(1);
    time.advance(Duration.ofSeconds(59));
    assertThat(limiter.tryAcquire()).isFalse();

    time.advance(SECOND);

    assertThat(limiter.tryAcquire()).isTrue();
    assertThat(abandoned.tryTake()).isFalse();
  }

  @Test
  void remaining_closedMeanwhile_growsAndTheReservationStays() {
    limiter.tryAcquire();
    Reservation reservation = limiter.reserve(1);

    limiter.learn(new LimitSignal.Closed(Duration.ofMinutes(10)));

    assertThat(reservation.remaining()).isEqualTo(limiter.closedFor());
    time.advance(Duration.ofMinutes(9));
    assertThat(reservation.tryTake()).isFalse();
    time.advance(limiter.closedFor());
    assertThat(reservation.tryTake()).isTrue();
  }

  @Test
  void abandoned_lapsesBeforeTheThreadBehindIsDue_thatOneMovesUp() {
    RateLimiter slow =
        RateLimiter.of("slow", time, Quota.of(1, Duration.ofMinutes(10)).margin(Duration.ZERO));
    slow.tryAcquire();
    slow.reserve(1);
    AtomicReference<Duration> granted = blocked(slow);

    time.runToIdle();

    assertThat(granted.get()).isEqualTo(Duration.ofMinutes(11));
  }

  private AtomicReference<Duration> blocked() {
    return blocked(limiter);
  }

  private AtomicReference<Duration> blocked(RateLimiter limiter) {
    AtomicReference<Duration> granted = new AtomicReference<>();
    time.executor().execute(() -> {
      try {
        limiter.acquire();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      granted.set(time.elapsed());
    });
    time.advance(Duration.ZERO);
    return granted;
  }
}
