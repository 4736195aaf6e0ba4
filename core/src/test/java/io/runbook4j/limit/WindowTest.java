package io.runbook4j.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The windows alone, one thread and a clock by hand. */
class WindowTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  /** Greedy, by steps of {@code waitNanos}: what can be had must be had, and not more. */
  @ParameterizedTest
  @CsvSource({
    "1,false",
    "2,false",
    "5,false",
    "10,false",
    "50,false",
    "63,false",
    "64,false",
    "65,false",
    "100,false",
    "150,false",
    "1000,false",
    "3000,false",
    "100,true",
    "1000,true"
  })
  void take_saturated_usesNearlyAllAndNeverMore(long permits, boolean exact) {
    Quota quota = exact
        ? Quota.of(permits, Duration.ofSeconds(1)).exact()
        : Quota.of(permits, Duration.ofSeconds(1));
    long now = ManualTime.NEAR_WRAP;
    Window window = quota.open(now);
    Service service = new Service();

    for (long end = now + 20 * SECOND; end - now > 0; now += window.waitNanos(now, 1, 0)) {
      flood(window, now, service);
    }

    service.assertNeverMoreThan(quota, "saturated");
    assertThat(service.total())
        .isGreaterThanOrEqualTo(permits * 20 * (quota.isExact() ? 99 : 96) / 100);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, ManualTime.NEAR_WRAP, Long.MIN_VALUE})
  void take_idleThenFlood_neverExceeds(long origin) {
    Quota quota = Quota.of(1000, Duration.ofSeconds(1));
    Window window = quota.open(origin);
    Service service = new Service();

    for (long at = 2_700_000_000L; at < 6 * SECOND; at += 100_000) {
      flood(window, origin + at, service);
    }

    service.assertNeverMoreThan(quota, "flood");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void take_anyPattern_neverExceeds(boolean exact) {
    for (int seed = 0; seed < 400; seed++) {
      Random random = new Random(seed);
      Quota quota = Quota.of(1 + random.nextInt(exact ? 80 : 400), Duration.ofMillis(200));
      checkPattern(exact ? quota.exact() : quota, random, "seed " + seed);
    }
  }

  private static void checkPattern(Quota quota, Random random, String context) {
    long now = random.nextBoolean() ? ManualTime.NEAR_WRAP : random.nextLong();
    Window window = quota.open(now);
    Service service = new Service();
    for (int i = 0; i < 600; i++) {
      int weight = 1 + random.nextInt(random.nextInt(4) == 0 ? (int) quota.permits() : 1);
      long due = window.waitNanos(now, weight, 0);
      boolean taken = window.take(now, weight);
      assertThat(taken).as("%s: take agrees with wait %d", context, due).isEqualTo(due == 0);
      if (taken) {
        service.granted(now, weight);
      } else if (random.nextInt(50) == 0) {
        window.charge(now, weight);
        service.charged(now, weight);
      }
      now += step(random, due);
    }
    service.assertNeverMoreThan(quota, context);
  }

  private static long step(Random random, long due) {
    return switch (random.nextInt(6)) {
      case 0, 1 -> 0;
      case 2 -> due;
      case 3 -> random.nextLong(1_000_000);
      case 4 -> random.nextLong(20_000_000);
      default -> random.nextInt(10) == 0 ? random.nextLong(SECOND) : 0;
    };
  }

  /** Exactly when it says, and not a nanosecond before. */
  @ParameterizedTest
  @CsvSource({"5,1,0", "5,3,0", "5,1,7", "100,1,0", "100,90,0", "100,3,50", "1000,400,30"})
  void waitNanos_afterAFlood_isTight(long permits, int weight, int ahead) {
    Quota quota = Quota.of(permits, Duration.ofSeconds(1));
    Window window = quota.open(0);
    flood(window, 0, new Service());
    long due = window.waitNanos(0, weight, ahead);
    long now = 0;
    for (int i = 0; i < ahead; i++) {
      now += window.waitNanos(now, 1, 0);
      assertThat(window.take(now, 1)).isTrue();
    }

    assertThat(due).isGreaterThanOrEqualTo(now);
    assertThat(due > now && window.take(due - 1, weight)).isFalse();
    assertThat(window.take(due, weight)).isTrue();
  }

  private static void flood(Window window, long now, Service service) {
    while (window.take(now, 1)) {
      service.granted(now, 1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void undo_atOnce_losesNothing(boolean exact) {
    long now = SECOND / 100;
    Window window = open(exact, 500, SECOND);
    window.take(0, 10);
    window.take(now, 3);

    assertThat(window.take(now, 2)).isTrue();
    window.undo(now, now, 2);

    Window untouched = open(exact, 500, SECOND);
    untouched.take(0, 10);
    untouched.take(now, 3);
    for (int weight : new int[] {5, 495, 500}) {
      assertThat(window.waitNanos(now, weight, 0)).isEqualTo(untouched.waitNanos(now, weight, 0));
    }
  }

  /** Undoing late must not give back what the time has given back already. */
  @ParameterizedTest
  @CsvSource({"true,40", "true,1", "false,40", "false,30", "false,5", "false,1"})
  void undo_late_neverExceeds(boolean exact, int heldUpMillis) {
    Quota quota = Quota.of(100, Duration.ofSeconds(1));
    Quota kind = exact ? quota.exact() : quota;
    Window window = kind.open(0);
    Service service = new Service();
    window.take(0, 3);
    long now = TimeUnit.MILLISECONDS.toNanos(heldUpMillis);
    flood(window, now, service);

    window.undo(0, now, 3);

    for (; now < 3 * SECOND; now += window.waitNanos(now, 1, 0)) {
      flood(window, now, service);
    }
    service.assertNeverMoreThan(kind, "held up " + heldUpMillis);
  }

  /** Given back within the minute, whenever taken: never more than N of what it truly cost. */
  @ParameterizedTest
  @CsvSource({"true,PT1S", "true,PT1M", "true,PT10M", "false,PT1S", "false,PT1M", "false,PT6H"})
  void giveBack_withinTheMinute_neverExceeds(boolean exact, Duration length) {
    for (int seed = 0; seed < 40; seed++) {
      Quota quota = Quota.of(200, length);
      giveBack(exact ? quota.exact() : quota, new Random(seed), "seed " + seed);
    }
  }

  /** Takes what it can get, for three windows at least, and has many answers outstanding. */
  private static void giveBack(Quota quota, Random random, String context) {
    Window window = quota.open(0);
    Service service = new Service();
    TreeMap<Long, Service.Call> answers = new TreeMap<>();
    long end = 3 * Math.max(quota.window().toNanos(), MINUTE);
    long step = Math.min(end / 1000, 20 * SECOND);
    for (long now = 0; now < end; now += random.nextLong(step)) {
      Map<Long, Service.Call> due = answers.headMap(now);
      for (Service.Call call : due.values()) {
        window.giveBack(now, call.cost() - 1);
        call.giveBack(call.cost() - 1);
      }
      due.clear();
      for (int weight = 40; window.take(now, weight); weight = 1 + random.nextInt(40)) {
        // no answer may be later than the minute, and we look at them only now and then
        answers.put(now + random.nextLong(MINUTE - step), service.granted(now, weight));
      }
    }
    service.assertNeverMoreThan(quota, context);
  }

  @Test
  void giveBack_longWindows_freesAtOnce() {
    Window exact = open(true, 100, MINUTE);
    Window paced = open(false, 10_000, TimeUnit.DAYS.toNanos(1));
    exact.take(0, 100);
    paced.take(0, 10_000);
    long before = paced.waitNanos(0, 50, 0);

    exact.giveBack(0, 10);
    paced.giveBack(0, 100);

    assertThat(exact.waitNanos(0, 10, 0)).isZero();
    assertThat(exact.waitNanos(0, 11, 0)).isPositive();
    assertThat(paced.waitNanos(0, 50, 0)).isLessThan(before - 90 * before / 10_000);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void charge_hugeDebt_isClearedByOneWindowOfSilence(boolean exact) {
    Window window = open(exact, 100, SECOND);

    window.charge(0, Integer.MAX_VALUE);

    assertThat(window.waitNanos(0, 1, 0)).isBetween(SECOND, SECOND + SECOND / 50);
    assertThat(window.take(SECOND - 1, 1)).isFalse();
    assertThat(window.take(SECOND + SECOND / 50, 1)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void waitNanos_endlessLine_saturates(boolean exact) {
    Window window = open(exact, 100, TimeUnit.DAYS.toNanos(366));

    assertThat(window.waitNanos(0, 1, Long.MAX_VALUE / 2)).isGreaterThan(Long.MAX_VALUE / 8);
  }

  private static Window open(boolean exact, int permits, long nanos) {
    return exact ? new LogWindow(permits, nanos, 0) : new PacedWindow(permits, nanos, 0);
  }
}
