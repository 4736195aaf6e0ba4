package io.runbook4j.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.spi.time.Signal;
import io.runbook4j.spi.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/** What happens to those in line while they read the clock. */
class LineTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private final ScriptedTime time = new ScriptedTime();
  private final RateLimiter limiter =
      RateLimiter.of("api", time, Quota.of(2, HOUR).margin(Duration.ZERO));

  /**
   * The thread reads the clock just before the window opens, and is held up. Others see it open,
   * and take all of it, while it reads the clock again; the reservation ahead has lapsed by then.
   */
  @Test
  void acquire_reservationAheadLapsesMeanwhile_waitsForThePermitAllTheSame() throws Exception {
    limiter.tryAcquire(2);
    limiter.tryAcquire(); // the window knows that it is full
    Reservation ahead = limiter.reserve(1);
    time.now = HOUR.toNanos() - 1;
    time.script.add(() -> time.now); // it begins to wait
    time.script.add(() -> {
      time.now++;
      ahead.remaining();
      return time.now - 1;
    });
    time.script.add(() -> {
      time.now += Duration.ofMinutes(2).toNanos();
      limiter.correct(2);
      return time.now;
    });

    limiter.acquire();

    assertThat(time.script).as("what was to happen meanwhile").isEmpty();
    assertThat(Duration.ofNanos(time.now)).isEqualTo(HOUR.plusMinutes(2).plus(HOUR));
  }

  /** A clock to whose reading things happen; who waits sees the time pass. */
  private static final class ScriptedTime implements Time {
    private final ArrayDeque<LongSupplier> script = new ArrayDeque<>();
    private boolean isHappening;
    private long now;

    @Override
    public long nanoTime() {
      if (isHappening || script.isEmpty()) {
        return now;
      }
      isHappening = true;
      long reading = script.remove().getAsLong();
      isHappening = false;
      return reading;
    }

    @Override
    public Instant now() {
      return Instant.EPOCH;
    }

    @Override
    public void sleep(Duration duration) {
      throw new UnsupportedOperationException("nobody sleeps here");
    }

    @Override
    public Signal newSignal() {
      return new Signal() {
        @Override
        public void raise() {
          // nobody waits beside the one thread
        }

        @Override
        public boolean await(Duration atMost) {
          now += atMost.toNanos();
          return false;
        }
      };
    }
  }
}
