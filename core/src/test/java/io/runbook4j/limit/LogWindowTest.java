package io.runbook4j.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The exact log beside one that remembers each permit by itself. */
class LogWindowTest {
  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  @Test
  void anyCalls_anyOrder_agreeWithThePlainLog() {
    for (long seed = 0; seed < 300; seed++) {
      compare(new Random(seed), "seed " + seed);
    }
  }

  private static void compare(Random random, String context) {
    int permits = 1 + random.nextInt(random.nextBoolean() ? 5 : 60);
    long length = MINUTE * (1 + random.nextInt(3)) - random.nextInt(2);
    long now = random.nextBoolean() ? ManualTime.NEAR_WRAP : random.nextLong();
    LogWindow window = new LogWindow(permits, length, now);
    PlainLog plain = new PlainLog(permits, length);
    for (int i = 0; i < 400; i++) {
      int weight = 1 + random.nextInt(random.nextBoolean() ? 2 : permits + 2);
      step(random.nextInt(10), window, plain, now, weight, context);
      long ahead = random.nextInt(3) * (long) random.nextInt(3 * permits);
      assertThat(window.waitNanos(now, weight, ahead))
          .as("%s: wait of %d behind %d", context, weight, ahead)
          .isEqualTo(plain.waitNanos(now, weight, ahead));
      assertThat(window.used(now)).as(context).isEqualTo(plain.used(now));
      now += random.nextInt(3) == 0 ? random.nextLong(length / (1 + random.nextInt(20))) : 0;
    }
  }

  private static void step(
      int kind, LogWindow window, PlainLog plain, long now, int weight, String context) {
    switch (kind) {
      case 0 -> {
        window.charge(now, weight);
        plain.charge(now, weight);
      }
      case 1 -> {
        window.giveBack(now, weight);
        plain.giveBack(now, weight);
      }
      case 2 -> {
        boolean taken = window.take(now, weight);
        assertThat(taken).as(context).isEqualTo(plain.take(now, weight));
        if (taken) {
          window.undo(now, now, weight);
          plain.dropNewest(weight);
        }
      }
      default ->
        assertThat(window.take(now, weight)).as(context).isEqualTo(plain.take(now, weight));
    }
  }

  /** The running totals pass the end of their range. */
  @Test
  void take_moreThanAnIntegerCounts_goesOn() {
    int permits = 1_000_000;
    LogWindow window = new LogWindow(permits, MINUTE, 0);

    for (long now = 0; now < 10_000 * MINUTE; now += 2 * MINUTE) {
      assertThat(window.take(now, permits - 2)).isTrue();
      assertThat(window.take(now, 2)).isTrue();
      window.giveBack(now, 1);
      assertThat(window.take(now + 1, 1)).isTrue();
      assertThat(window.take(now + 1, 1)).isFalse();
      assertThat(window.waitNanos(now + 1, permits - 1, 0)).isEqualTo(MINUTE - 1);
      window.giveBack(now + 1, 1);
    }
  }

  /** Another thread has taken its own in the same instant. */
  @Test
  void undo_notTheNewest_freesAsManyInTime() {
    LogWindow window = new LogWindow(10, MINUTE, 0);
    window.take(0, 3);
    window.take(0, 5);

    window.undo(0, 0, 3);

    assertThat(window.used(0)).isEqualTo(5);
    assertThat(window.used(MINUTE)).isZero();
  }

  @Test
  void take_refusedWithoutTheLock_seesWhatIsGivenBack() {
    LogWindow window = new LogWindow(10, MINUTE, 0);
    window.take(0, 10);
    assertThat(window.take(1, 1)).isFalse();
    assertThat(window.take(1, 1)).isFalse();

    window.giveBack(2, 1);

    assertThat(window.take(2, 1)).isTrue();
    assertThat(window.take(2, 1)).isFalse();
    assertThat(window.take(MINUTE - 1, 1)).isFalse();
    assertThat(window.take(MINUTE, 9)).isTrue();
  }

  /** One entry for each permit; slow, and plain to see. */
  private static final class PlainLog {
    private final ArrayDeque<Long> times = new ArrayDeque<>();
    private final int permits;
    private final long length;

    PlainLog(int permits, long length) {
      this.permits = permits;
      this.length = length;
    }

    boolean take(long now, int weight) {
      if (used(now) + Math.min(weight, permits) > permits) {
        return false;
      }
      add(now, Math.min(weight, permits));
      return true;
    }

    void charge(long now, int weight) {
      add(now, Math.min(weight, permits));
      while (times.size() > permits) {
        times.removeFirst();
      }
    }

    void giveBack(long now, int weight) {
      long most = length >= MINUTE ? Math.min(weight, used(now)) : 0;
      for (int i = 0; i < most; i++) {
        times.removeFirst();
      }
    }

    void dropNewest(int weight) {
      for (int i = 0; i < Math.min(weight, permits); i++) {
        times.removeLast();
      }
    }

    long used(long now) {
      while (!times.isEmpty() && now - times.getFirst() >= length) {
        times.removeFirst();
      }
      return times.size();
    }

    long waitNanos(long now, int weight, long ahead) {
      long wanted = Math.min(weight, permits) + ahead;
      long free = permits - used(now);
      ArrayDeque<Long> later = new ArrayDeque<>(times);
      long at = now;
      for (long i = 0; i < wanted; i++) {
        at = i < free ? now : later.removeFirst() + length;
        later.add(at);
      }
      return at - now;
    }

    private void add(long now, int weight) {
      for (int i = 0; i < weight; i++) {
        times.add(now);
      }
    }
  }
}
