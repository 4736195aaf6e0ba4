package io.runbook4j.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.runbook4j.spi.LimitSignal;
import io.runbook4j.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several threads doing anything a limiter allows, against what the service counts. */
class SimulationTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void anyCalls_anyOrder_neverExceedAnyQuota() {
    for (long seed = 0; seed < 80; seed++) {
      new Simulation(seed, false).run();
    }
  }

  @Test
  void anyCalls_policiesThatChange_neverExceedTheLargestOfAWindow() {
    for (long seed = 0; seed < 80; seed++) {
      new Simulation(seed, true).run();
    }
  }

  @ParameterizedTest
  @CsvSource({"100,false,96", "1000,false,96", "3000,false,96", "50,false,99", "1000,true,99"})
  void acquire_eightSaturatingThreads_useTheQuota(int permits, boolean exact, int percent) {
    VirtualTime time = VirtualTime.builder().build();
    Quota quota = exact ? Quota.of(permits, SECOND).exact() : Quota.of(permits, SECOND);
    RateLimiter limiter = RateLimiter.of("api", time, quota);
    Service service = new Service();
    for (int i = 0; i < 8; i++) {
      time.executor().execute(() -> {
        while (time.elapsed().compareTo(Duration.ofSeconds(5)) < 0) {
          acquire(limiter, 1);
          service.granted(time.nanoTime(), 1);
        }
      });
    }

    time.runToIdle();

    service.assertNeverMoreThan(quota, "saturated");
    assertThat(service.total()).isGreaterThanOrEqualTo(permits * 5L * percent / 100);
  }

  private static void acquire(RateLimiter limiter, int weight) {
    try {
      limiter.acquire(weight);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** One seed's world. */
  private static final class Simulation {
    private final String name;
    private final Random random;
    private final VirtualTime time;
    private final List<Quota> quotas = new ArrayList<>();
    private final Service service = new Service();
    private final List<Runnable> checks = new ArrayList<>();
    private final RateLimiter limiter;
    private final int heaviest;
    private final Duration policyWindow = Duration.ofSeconds(4);
    private final List<Service.Limit> policies = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private int interrupted;

    /**
     * @param withPolicies whether the service says one more limit, and another one now and then; it
     *     charges nothing then
     */
    Simulation(long seed, boolean withPolicies) {
      name = "seed " + seed;
      random = new Random(seed);
      time = VirtualTime.builder()
          .seed(seed)
          .nanoOrigin(random.nextBoolean() ? ManualTime.NEAR_WRAP : random.nextLong())
          .build();
      int count = withPolicies ? 0 : 1 + random.nextInt(3);
      for (int i = 0; i < count; i++) {
        Quota quota = Quota.of(
            1 + random.nextInt(random.nextBoolean() ? 20 : 300),
            Duration.ofMillis(50 + random.nextInt(2000)));
        quotas.add(random.nextInt(3) == 0 ? quota.exact() : quota);
      }
      limiter = RateLimiter.builder("api", time).quotas(quotas).random(random).build();
      heaviest = (int) quotas.stream().mapToLong(Quota::permits).min().orElse(20);
      if (withPolicies) {
        changePolicy();
      }
    }

    void run() {
      for (int i = 0; i < 6; i++) {
        time.executor().execute(this::live);
      }
      time.runToIdle();
      quotas.forEach(quota -> service.assertNeverMoreThan(quota, name));
      if (!policies.isEmpty()) {
        service.assertNeverMoreThanTheLargest(policies, policyWindow.plusMillis(20), name);
      }
      checks.forEach(Runnable::run);
      assertThat(limiter.granted()).as(name).isPositive();
      assertThat(interrupted).as(name).isPositive();
    }

    private void live() {
      threads.add(Thread.currentThread());
      for (int i = 0; i < 40; i++) {
        try {
          step();
        } catch (InterruptedException e) {
          interrupted++; // one of us has done it
        }
      }
    }

    private void step() throws InterruptedException {
      int weight = 1 + (random.nextInt(8) == 0 ? random.nextInt(heaviest) : 0);
      switch (random.nextInt(10)) {
        case 0, 1, 2 -> acquireOrGiveUp(weight);
        case 3, 4 -> poll(weight);
        case 5 -> reserve(weight);
        case 6 -> time.sleep(Duration.ofMillis(random.nextInt(random.nextBoolean() ? 5 : 3000)));
        case 7 -> chargeOrChangePolicy(weight);
        case 8 -> learn();
        default -> burst();
      }
    }

    private void acquireOrGiveUp(int weight) throws InterruptedException {
      if (random.nextInt(6) == 0) {
        threads.get(random.nextInt(threads.size())).interrupt();
      }
      limiter.acquire(weight);
      granted(weight);
    }

    private void poll(int weight) throws InterruptedException {
      if (limiter.tryAcquire(weight)) {
        Service.Call call = granted(weight);
        int tooMuch = random.nextInt(weight);
        time.sleep(Duration.ofMillis(random.nextInt(59_000) / (1 + random.nextInt(1000))));
        limiter.correct(-tooMuch);
        call.giveBack(tooMuch);
      }
    }

    private void reserve(int weight) throws InterruptedException {
      Reservation reservation = limiter.reserve(weight);
      int patience = random.nextInt(4);
      for (int i = 0; i < patience; i++) {
        time.sleep(reservation.remaining());
        if (reservation.tryTake()) {
          granted(weight);
          return;
        }
      }
      if (random.nextInt(5) > 0) {
        reservation.cancel();
      }
    }

    private void burst() {
      while (limiter.tryAcquire()) {
        granted(1);
      }
    }

    private void chargeOrChangePolicy(int weight) {
      if (policies.isEmpty()) {
        charge(weight);
      } else if (random.nextInt(4) == 0) {
        changePolicy();
      }
    }

    /** Never below the heaviest call, which would count as the whole limit. */
    private void changePolicy() {
      int permits = heaviest + random.nextInt(random.nextBoolean() ? 3 : 150);
      policies.add(new Service.Limit(time.nanoTime(), permits));
      limiter.learn(new LimitSignal.Policy("policy", permits, policyWindow));
    }

    private void charge(int weight) {
      limiter.correct(weight);
      service.charged(time.nanoTime(), weight);
    }

    private void learn() {
      if (random.nextInt(3) > 0) {
        limiter.learn(new LimitSignal.Remaining(
            "p", random.nextInt(50), Duration.ofMillis(random.nextInt(4000))));
        return;
      }
      Duration closed = Duration.ofMillis(1 + random.nextInt(2000));
      limiter.learn(new LimitSignal.Closed(closed));
      long from = time.nanoTime();
      // Nothing after this instant; what was granted in the instant itself came before.
      checks.add(() -> service.assertSilent(from + 1, closed.minusNanos(1), name));
    }

    private Service.Call granted(int weight) {
      return service.granted(time.nanoTime(), weight);
    }
  }
}
