package io.runbook4j.testkit;

import io.runbook4j.spi.time.Signal;
import io.runbook4j.spi.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A clock that stands still while a thread runs, and jumps when all of them wait: a week of waiting
 * takes no time, and every run of a test is the same.
 *
 * <p>The threads that wait on it take turns. One runs at a time, until it waits in {@link #sleep}
 * or {@link Signal#await}, or ends; then the one that has been ready longest goes on, or with a
 * {@link Builder#seed} one chosen by chance, to explore other orders. When nobody is ready, the
 * clock jumps to the earliest end of a wait. When there is none either, every waiting thread gets
 * an {@link IllegalStateException} that says who waits for what.
 *
 * <p>Tasks of {@link #executor} take part by themselves. Any other thread takes part from its first
 * wait on, or from the moment it gives the executor a task while nobody has the turn: it then has
 * the turn itself, and its tasks begin, in order, only when it waits on this clock or leaves. It
 * takes part until it {@linkplain #leave leaves} or ends; a pool's thread keeps the turn when its
 * task is done.
 *
 * <p><b>A thread that has the turn must not block on anything else</b> (a lock, a latch, a future,
 * another thread's end) that only another participant can give, unless it leaves first, and after
 * the last task that it gives the executor:
 *
 * <pre>{@code
 * Future<String> answer = CompletableFuture.supplyAsync(work, time.executor());
 * time.leave(); // without it nothing of the work begins, and get() never returns
 * answer.get();
 * }</pre>
 *
 * <p>Virtual time cannot tell such a block from a long computation, and a test that has one hangs.
 * Give it a time limit. In a dump of the threads the culprit is the one that took part and blocks
 * outside of this class; those that wait for their turn are parked in it.
 */
public final class VirtualTime implements Time {
  private final Instant start;
  private final long nanoOrigin;
  private final Baton baton;
  private final VirtualTasks tasks;
  private final AtomicInteger signals = new AtomicInteger();
  private final AtomicReference<Duration> wallStep = new AtomicReference<>(Duration.ZERO);

  private VirtualTime(Builder builder) {
    start = builder.start;
    nanoOrigin = builder.nanoOrigin;
    SplittableRandom chance = builder.seed == null ? null : new SplittableRandom(builder.seed);
    baton = new Baton(chance, () -> now().toString());
    tasks = new VirtualTasks(baton);
  }

  /** {@return a virtual time whose clock shows {@code start}} */
  public static VirtualTime startingAt(Instant start) {
    return builder().start(start).build();
  }

  /** {@return a builder} */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public Instant now() {
    return start.plusNanos(baton.elapsed()).plus(wallStep.get());
  }

  @Override
  public long nanoTime() {
    return nanoOrigin + baton.elapsed();
  }

  /**
   * {@return how much virtual time has passed since the beginning; no step of the wall clock
   * counts}
   */
  public Duration elapsed() {
    return Duration.ofNanos(baton.elapsed());
  }

  @Override
  public void sleep(Duration duration) throws InterruptedException {
    long nanos = nanos(duration);
    if (nanos > 0) {
      baton.sleep(nanos);
    }
  }

  @Override
  public Signal newSignal() {
    return new VirtualSignal(baton, signals.incrementAndGet());
  }

  /**
   * {@return an executor that starts each task as a participant, on a daemon thread of its own} A
   * thread that gives it a task while nobody has the turn takes the turn, and part, by that.
   */
  public Executor executor() {
    return tasks;
  }

  /**
   * Lets the other participants live through {@code duration}, and returns when all that is due by
   * then has run. An interrupt does not end it.
   *
   * @param duration not negative; zero lets the others run until all of them wait
   */
  public void advance(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("duration must be at least 0, was " + duration);
    }
    baton.advance(nanos(duration));
  }

  /**
   * Waits until every task of the executor has ended. An interrupt does not end it. What a task
   * threw is thrown here, with what others threw as suppressed; if nobody calls this, it is lost.
   *
   * @throws IllegalStateException if the tasks wait for each other without end
   */
  public void runToIdle() {
    tasks.awaitAll();
  }

  /**
   * Lets {@link #now} jump, forward or back, as a wall clock that is set; {@link #nanoTime} stays.
   */
  public void stepWallClock(Duration step) {
    wallStep.accumulateAndGet(step, Duration::plus);
  }

  /**
   * Takes the calling thread out, so that the others go on while it blocks on something else. It
   * takes part again from its next wait on, or its next task for the executor while nobody has the
   * turn. Does nothing if it takes no part.
   */
  public void leave() {
    baton.leave();
  }

  static long nanos(Duration duration) {
    return TimeUnit.NANOSECONDS.convert(duration);
  }

  @Override
  public String toString() {
    return "VirtualTime[" + now() + "]";
  }

  /** Collects what a virtual time starts with. Not safe for many threads. */
  public static final class Builder {
    private Instant start = Instant.parse("2026-01-05T09:00:00Z");
    private long nanoOrigin = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(1);
    private @Nullable Long seed;

    private Builder() {}

    /** Sets what the wall clock shows first. Default a Monday morning, 2026-01-05T09:00:00Z. */
    public Builder start(Instant start) {
      this.start = Objects.requireNonNull(start, "start");
      return this;
    }

    /**
     * Sets the first reading of {@link #nanoTime}. Default one second before it wraps, so that code
     * which compares readings other than by difference fails.
     */
    public Builder nanoOrigin(long nanoOrigin) {
      this.nanoOrigin = nanoOrigin;
      return this;
    }

    /**
     * Lets chance choose who runs next; the same seed chooses the same. Default first come, first
     * served.
     */
    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    /** {@return a virtual time} */
    public VirtualTime build() {
      return new VirtualTime(this);
    }
  }
}
