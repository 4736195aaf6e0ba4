package io.runbook4j.gate;

import io.runbook4j.spi.time.Signal;
import io.runbook4j.spi.time.Time;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The bytes that all buffered transfers together may hold. They wait for room in the order of
 * asking, so that a large one is not starved by small ones. Safe for many threads.
 *
 * <p>A payload that is larger than the whole budget must be streamed: {@code rule.within(total())}
 * of a {@link io.runbook4j.spi.transfer.TransferRule} sees to that.
 */
public final class MemoryBudget {
  private static final Duration LONG = Duration.ofDays(1);

  private final long total;
  private final Time time;
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Waiter> line = new ArrayDeque<>();
  private long free;

  private static final class Waiter {
    private final long bytes;
    private final Signal granted;
    private boolean isGranted;

    Waiter(long bytes, Signal granted) {
      this.bytes = bytes;
      this.granted = granted;
    }
  }

  private MemoryBudget(long total, Time time) {
    this.total = total;
    this.time = time;
    this.free = total;
  }

  /** {@return a budget of so many bytes; at least 1} */
  public static MemoryBudget of(long bytes, Time time) {
    if (bytes < 1) {
      throw new IllegalArgumentException("bytes must be at least 1, was " + bytes);
    }
    return new MemoryBudget(bytes, Objects.requireNonNull(time, "time"));
  }

  /** {@return the whole budget in bytes} */
  public long total() {
    return total;
  }

  /** {@return how many bytes are free now} */
  public long free() {
    lock.lock();
    try {
      return free;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes so many bytes if they are free now and nobody waits.
   *
   * @return what gives them back; empty if it did not
   * @throws IllegalArgumentException as {@link #acquire}
   */
  public Optional<Grant> tryAcquire(long bytes) {
    check(bytes);
    lock.lock();
    try {
      if (!line.isEmpty() || bytes > free) {
        return Optional.empty();
      }
      free -= bytes;
      return Optional.of(new Grant(bytes));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until so many bytes are free, and takes them. Whoever holds bytes and waits for more may
   * wait for ever: take all at once.
   *
   * @param bytes at least 0, at most {@link #total}
   * @return what gives them back
   * @throws InterruptedException if the thread is interrupted; nothing is taken then
   * @throws IllegalArgumentException if that is more than the whole budget: stream it
   */
  public Grant acquire(long bytes) throws InterruptedException {
    Optional<Grant> now = tryAcquire(bytes);
    if (now.isPresent()) {
      return now.get();
    }
    Waiter waiter = new Waiter(bytes, time.newSignal());
    lock.lock();
    try {
      line.addLast(waiter);
      grantFirst(); // what was given back meanwhile
    } finally {
      lock.unlock();
    }
    await(waiter);
    return new Grant(bytes);
  }

  private void await(Waiter waiter) throws InterruptedException {
    try {
      while (!isGranted(waiter)) {
        waiter.granted.await(LONG);
      }
    } catch (InterruptedException e) {
      giveUp(waiter);
      throw e;
    }
  }

  private boolean isGranted(Waiter waiter) {
    lock.lock();
    try {
      return waiter.isGranted;
    } finally {
      lock.unlock();
    }
  }

  private void giveUp(Waiter waiter) {
    lock.lock();
    try {
      if (waiter.isGranted) {
        free += waiter.bytes;
      } else {
        line.remove(waiter);
      }
      grantFirst();
    } finally {
      lock.unlock();
    }
  }

  /** Gives those at the head of the line what they wait for, as far as it goes. */
  private void grantFirst() {
    Waiter first = line.peekFirst();
    while (first != null && first.bytes <= free) {
      line.removeFirst();
      free -= first.bytes;
      first.isGranted = true;
      first.granted.raise();
      first = line.peekFirst();
    }
  }

  private void giveBack(long bytes) {
    lock.lock();
    try {
      free += bytes;
      grantFirst();
    } finally {
      lock.unlock();
    }
  }

  private void check(long bytes) {
    if (bytes < 0 || bytes > total) {
      throw new IllegalArgumentException("bytes must be at least 0 and at most the whole budget of "
          + total + " (stream what is larger), was " + bytes);
    }
  }

  @Override
  public String toString() {
    return "MemoryBudget[" + free() + " of " + total + " bytes free]";
  }

  /** Bytes that were taken. Safe for many threads. */
  public final class Grant implements AutoCloseable {
    private final long bytes;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Grant(long bytes) {
      this.bytes = bytes;
    }

    /** {@return how many} */
    public long bytes() {
      return bytes;
    }

    /** Gives them back; a second time does nothing. */
    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        giveBack(bytes);
      }
    }
  }
}
