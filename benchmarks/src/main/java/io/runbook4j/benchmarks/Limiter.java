package io.runbook4j.benchmarks;

import com.netflix.concurrency.limits.Limiter.Listener;
import com.netflix.concurrency.limits.limit.FixedLimit;
import com.netflix.concurrency.limits.limiter.SimpleLimiter;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.local.SynchronizationStrategy;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.internal.SemaphoreBasedRateLimiter;
import io.runbook4j.benchmarks.LimiterBenchmark.Question;
import io.runbook4j.limit.Quota;
import io.runbook4j.limit.RateLimiter;
import io.runbook4j.spi.time.Time;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** A limiter under test: a billion permits a second, or a thousand a day with none left now. */
public enum Limiter {
  /** No limiter: what a look at the clock costs. */
  NANO_TIME(
      "floor: System.nanoTime", EnumSet.of(Question.PERMITTED), q -> () -> System.nanoTime() != 0),
  /** No limiter: what one atomic change costs. */
  CAS("floor: AtomicLong compareAndSet", EnumSet.of(Question.PERMITTED), q -> cas()),
  /** No limiter: what one atomic change costs that cannot fail. */
  FETCH_AND_ADD("floor: AtomicLong getAndIncrement", EnumSet.of(Question.PERMITTED), q -> {
    AtomicLong state = new AtomicLong();
    return () -> state.getAndIncrement() >= 0;
  }),
  /** Ours, as it is by default. */
  RUNBOOK4J("Runbook4j, paced (default)", EnumSet.allOf(Question.class), Limiter::paced),
  /** Ours, remembering each permit. */
  RUNBOOK4J_EXACT("Runbook4j, exact", EnumSet.allOf(Question.class), Limiter::exact),
  /** Bucket4j. */
  BUCKET4J(
      "Bucket4j 8.19.0, lock-free",
      EnumSet.allOf(Question.class),
      q -> bucket(q, SynchronizationStrategy.LOCK_FREE)),
  /** Bucket4j with a lock. */
  BUCKET4J_SYNCHRONIZED(
      "Bucket4j 8.19.0, synchronized",
      EnumSet.allOf(Question.class),
      q -> bucket(q, SynchronizationStrategy.SYNCHRONIZED)),
  /** Resilience4j. */
  RESILIENCE4J("Resilience4j 2.4.0, atomic", Limiter.oneWindow(), q -> {
    var limiter = io.github.resilience4j.ratelimiter.RateLimiter.of("limiter", config(q));
    return q == Question.DENIED
        ? taken(limiter::acquirePermission)
        : weighted(q, limiter::acquirePermission);
  }),
  /** Resilience4j with a timer that refills. */
  RESILIENCE4J_SEMAPHORE("Resilience4j 2.4.0, semaphore (a timer refills)", oneWindow(), q -> {
    var limiter = new SemaphoreBasedRateLimiter("limiter", config(q));
    return q == Question.DENIED
        ? taken(limiter::acquirePermission)
        : weighted(q, limiter::acquirePermission);
  }),
  /** Guava. */
  GUAVA("Guava 33.8.0", oneWindow(), q -> {
    var limiter = com.google.common.util.concurrent.RateLimiter.create(
        q == Question.DENIED ? 1000 / 86_400.0 : 1e9);
    return q == Question.DENIED ? taken(limiter::tryAcquire) : weighted(q, limiter::tryAcquire);
  }),
  /** Failsafe, at an even pace; it grants no five permits at once. */
  FAILSAFE_SMOOTH("Failsafe 3.3.2, smooth", EnumSet.of(Question.PERMITTED, Question.DENIED), q -> {
    var limiter = dev.failsafe.RateLimiter.smoothBuilder(permits(q), window(q)).build();
    return q == Question.DENIED ? taken(limiter::tryAcquirePermit) : limiter::tryAcquirePermit;
  }),
  /** Failsafe, window by window. */
  FAILSAFE_BURSTY("Failsafe 3.3.2, bursty", oneWindow(), q -> {
    var limiter = dev.failsafe.RateLimiter.burstyBuilder(permits(q), window(q)).build();
    return q == Question.DENIED
        ? taken(limiter::tryAcquirePermit)
        : weighted(q, limiter::tryAcquirePermits);
  }),
  /** Netflix: so many calls at once, whatever their rate. */
  CONCURRENCY_LIMITS(
      "concurrency-limits 0.5.4 (calls at once, no rate; taken and given back)",
      EnumSet.of(Question.PERMITTED, Question.DENIED),
      q -> {
        SimpleLimiter<String> limiter = SimpleLimiter.newBuilder()
            .limit(FixedLimit.of(q == Question.DENIED ? 1 : 100))
            .build();
        return q == Question.DENIED
            ? taken(() -> limiter.acquire("").isPresent())
            : () -> givenBack(limiter.acquire(""));
      });

  private final String title;

  @SuppressWarnings("ImmutableEnumChecker") // never changed
  private final Set<Question> questions;

  @SuppressWarnings("ImmutableEnumChecker") // the makers here hold nothing
  private final Function<Question, BooleanSupplier> maker;

  Limiter(String title, Set<Question> questions, Function<Question, BooleanSupplier> maker) {
    this.title = title;
    this.questions = questions;
    this.maker = maker;
  }

  String title() {
    return title;
  }

  /** {@return whether it looks at a clock for each permit, as one must that knows its windows} */
  boolean readsClock() {
    return this != RESILIENCE4J_SEMAPHORE && this != CONCURRENCY_LIMITS;
  }

  boolean answers(Question question) {
    return questions.contains(question);
  }

  BooleanSupplier open(Question question) {
    return maker.apply(question);
  }

  private static Set<Question> oneWindow() {
    return EnumSet.complementOf(EnumSet.of(Question.TWO_WINDOWS));
  }

  private static long permits(Question question) {
    return question == Question.DENIED ? 1000 : 1_000_000_000;
  }

  private static Duration window(Question question) {
    return question == Question.DENIED ? Duration.ofDays(1) : Duration.ofSeconds(1);
  }

  private static BooleanSupplier cas() {
    AtomicLong state = new AtomicLong();
    return () -> {
      long seen = state.get();
      return state.compareAndSet(seen, seen + 1);
    };
  }

  private static BooleanSupplier paced(Question question) {
    Quota quota = Quota.of(permits(question), window(question));
    return ours(
        question,
        question == Question.TWO_WINDOWS
            ? new Quota[] {quota, Quota.of(50_000_000_000L, Duration.ofMinutes(1))}
            : new Quota[] {quota});
  }

  private static BooleanSupplier exact(Question question) {
    Quota quota = question == Question.DENIED
        ? Quota.of(permits(question), window(question)).exact()
        : exactOf(1000);
    return ours(
        question,
        question == Question.TWO_WINDOWS
            ? new Quota[] {quota, exactOf(2000)}
            : new Quota[] {quota});
  }

  /** {@return a quota of permits that come back as soon as one can ask for them again} */
  private static Quota exactOf(int permits) {
    return Quota.of(permits, Duration.ofNanos(2L * permits)).exact();
  }

  private static BooleanSupplier ours(Question question, Quota... quotas) {
    RateLimiter limiter = RateLimiter.of("limiter", Time.system(), quotas);
    return question == Question.DENIED
        ? taken(limiter::tryAcquire)
        : weighted(question, limiter::tryAcquire);
  }

  private static BooleanSupplier bucket(Question question, SynchronizationStrategy strategy) {
    long permits = permits(question);
    var builder = Bucket.builder()
        .addLimit(limit -> limit.capacity(permits).refillGreedy(permits, window(question)))
        .withNanosecondPrecision()
        .withSynchronizationStrategy(strategy);
    if (question == Question.TWO_WINDOWS) {
      builder.addLimit(limit ->
          limit.capacity(50_000_000_000L).refillGreedy(50_000_000_000L, Duration.ofMinutes(1)));
    }
    Bucket bucket = builder.build();
    return question == Question.DENIED
        ? taken(() -> bucket.tryConsume(1))
        : weighted(question, bucket::tryConsume);
  }

  private static RateLimiterConfig config(Question question) {
    return RateLimiterConfig.custom()
        .limitForPeriod((int) permits(question))
        .limitRefreshPeriod(window(question))
        .timeoutDuration(Duration.ZERO)
        .build();
  }

  /** Takes all there is. */
  private static BooleanSupplier taken(BooleanSupplier limiter) {
    int had = 0;
    while (limiter.getAsBoolean()) {
      had++;
    }
    if (had < 1 || had > 1000) {
      throw new IllegalStateException("the limiter must have 1 to 1000 permits, had " + had);
    }
    return limiter;
  }

  private static boolean givenBack(Optional<Listener> taken) {
    taken.ifPresent(Listener::onSuccess);
    return taken.isPresent();
  }

  private static BooleanSupplier weighted(Question question, Weighted limiter) {
    if (!limiter.take(5)) {
      throw new IllegalStateException("the limiter must have five permits, has less");
    }
    return question == Question.WEIGHT_5 ? () -> limiter.take(5) : () -> limiter.take(1);
  }

  /** Takes some permits if they are free. */
  @FunctionalInterface
  private interface Weighted {
    boolean take(int permits);
  }
}
