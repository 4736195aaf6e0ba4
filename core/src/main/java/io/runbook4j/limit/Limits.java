package io.runbook4j.limit;

import io.runbook4j.spi.time.Time;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.random.RandomGenerator;

/**
 * The limiters of a process by name, so that all who use one service share one. Safe for many
 * threads.
 */
public final class Limits {
  private final Time time;
  private final RandomGenerator random;
  private final RateLimiter.Closing closing;
  private final ConcurrentMap<String, RateLimiter> limiters = new ConcurrentHashMap<>();

  private Limits(Time time, RandomGenerator random, RateLimiter.Closing closing) {
    this.time = Objects.requireNonNull(time, "time");
    this.random = Objects.requireNonNull(random, "random");
    this.closing = Objects.requireNonNull(closing, "closing");
  }

  /** {@return limits without any limiter yet, with {@link RateLimiter.Closing#defaults}} */
  public static Limits create(Time time, RandomGenerator random) {
    return create(time, random, RateLimiter.Closing.defaults());
  }

  /**
   * {@return limits without any limiter yet}
   *
   * @param time what the limiters wait on
   * @param random the source of chance for jitter
   * @param closing what the limiters make of a service that closes
   */
  public static Limits create(Time time, RandomGenerator random, RateLimiter.Closing closing) {
    return new Limits(time, random, closing);
  }

  /** {@return the limiter of that name; an open one if there was none} */
  public RateLimiter limiter(String name) {
    RateLimiter known = limiters.get(name);
    return known != null ? known : limiters.computeIfAbsent(name, this::open);
  }

  /**
   * Adds quotas to the limiter of that name. Those that it has already stay, with what is counted
   * in them: all of them hold, and so the tightest does.
   *
   * @return the limiter
   */
  public RateLimiter configure(String name, List<Quota> quotas) {
    RateLimiter limiter = limiter(name);
    limiter.add(List.copyOf(quotas));
    return limiter;
  }

  /** {@return the limiters of now, by name} */
  public Collection<RateLimiter> all() {
    return limiters.values().stream()
        .sorted(Comparator.comparing(RateLimiter::name))
        .toList();
  }

  private RateLimiter open(String name) {
    return RateLimiter.builder(name, time).random(random).closing(closing).build();
  }
}
