package io.runbook4j.benchmarks;

import io.github.bucket4j.Bucket;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.internal.SemaphoreBasedRateLimiter;
import io.runbook4j.limit.Quota;
import io.runbook4j.limit.RateLimiter;
import io.runbook4j.spi.time.Time;
import java.time.Duration;
import java.util.function.Supplier;

/** A limiter that was told "a thousand a second", in the ways that one can tell it. */
enum Pacer {
  RUNBOOK4J("Runbook4j, paced (default)", () -> ours(Quota.of(Stamps.LIMIT, second()))),
  RUNBOOK4J_EXACT(
      "Runbook4j, exact", () -> ours(Quota.of(Stamps.LIMIT, second()).exact())),
  BUCKET4J(
      "Bucket4j 8.19.0, greedy, capacity 1000",
      () -> bucket(b -> b.capacity(1000).refillGreedy(1000, second()))),
  BUCKET4J_SMALL(
      "Bucket4j 8.19.0, greedy, capacity 10",
      () -> bucket(b -> b.capacity(10).refillGreedy(1000, second()))),
  BUCKET4J_INTERVALLY(
      "Bucket4j 8.19.0, intervally",
      () -> bucket(b -> b.capacity(1000).refillIntervally(1000, second()))),
  RESILIENCE4J("Resilience4j 2.4.0, atomic", () -> resilience(1000, second())),
  RESILIENCE4J_SPLIT(
      "Resilience4j 2.4.0, atomic, 10 in 10 ms", () -> resilience(10, Duration.ofMillis(10))),
  RESILIENCE4J_SEMAPHORE("Resilience4j 2.4.0, semaphore", () -> {
    var limiter = new SemaphoreBasedRateLimiter("polled", config(1000, second(), Duration.ZERO));
    var waiting =
        new SemaphoreBasedRateLimiter("waited", config(1000, second(), Duration.ofSeconds(9)));
    return new Gate(limiter::acquirePermission, waiting::acquirePermission, () -> {
      limiter.shutdown();
      waiting.shutdown();
    });
  }),
  GUAVA("Guava 33.8.0", () -> {
    var limiter = com.google.common.util.concurrent.RateLimiter.create(1000);
    return new Gate(limiter::tryAcquire, limiter::acquire, () -> {});
  }),
  FAILSAFE_SMOOTH(
      "Failsafe 3.3.2, smooth",
      () -> failsafe(dev.failsafe.RateLimiter.smoothBuilder(1000, second()).build())),
  FAILSAFE_BURSTY(
      "Failsafe 3.3.2, bursty",
      () -> failsafe(dev.failsafe.RateLimiter.burstyBuilder(1000, second()).build()));

  private final String title;

  @SuppressWarnings("ImmutableEnumChecker") // the makers here hold nothing
  private final Supplier<Gate> maker;

  Pacer(String title, Supplier<Gate> maker) {
    this.title = title;
    this.maker = maker;
  }

  String title() {
    return title;
  }

  boolean isOurs() {
    return this == RUNBOOK4J || this == RUNBOOK4J_EXACT;
  }

  Gate open() {
    return maker.get();
  }

  private static Duration second() {
    return Duration.ofSeconds(1);
  }

  private static Gate ours(Quota quota) {
    RateLimiter limiter = RateLimiter.of("limiter", Time.system(), quota);
    return new Gate(limiter::tryAcquire, limiter::acquire, () -> {});
  }

  private static Gate bucket(BandwidthMaker bandwidth) {
    Bucket bucket = Bucket.builder()
        .addLimit(builder -> bandwidth.of(builder))
        .withNanosecondPrecision()
        .build();
    return new Gate(() -> bucket.tryConsume(1), () -> bucket.asBlocking().consume(1), () -> {});
  }

  private static Gate resilience(int permits, Duration period) {
    var polled = io.github.resilience4j.ratelimiter.RateLimiter.of(
        "polled", config(permits, period, Duration.ZERO));
    var waited = io.github.resilience4j.ratelimiter.RateLimiter.of(
        "waited", config(permits, period, Duration.ofSeconds(9)));
    return new Gate(polled::acquirePermission, waited::acquirePermission, () -> {});
  }

  private static RateLimiterConfig config(int permits, Duration period, Duration timeout) {
    return RateLimiterConfig.custom()
        .limitForPeriod(permits)
        .limitRefreshPeriod(period)
        .timeoutDuration(timeout)
        .build();
  }

  private static Gate failsafe(dev.failsafe.RateLimiter<Object> limiter) {
    return new Gate(limiter::tryAcquirePermit, limiter::acquirePermit, () -> {});
  }

  /** One limiter; one that is polled is never waited at, and the other way round. */
  record Gate(Try poll, Wait await, Runnable close) {}

  /** Takes a permit if one is free. */
  @FunctionalInterface
  interface Try {
    boolean take();
  }

  /** Waits for a permit. */
  @FunctionalInterface
  interface Wait {
    void take() throws InterruptedException;
  }

  /** Describes a limit to Bucket4j. */
  @FunctionalInterface
  private interface BandwidthMaker {
    io.github.bucket4j.BandwidthBuilder.BandwidthBuilderBuildStage of(
        io.github.bucket4j.BandwidthBuilder.BandwidthBuilderCapacityStage builder);
  }
}
