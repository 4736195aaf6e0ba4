package io.runbook4j.gate;

import io.runbook4j.spi.time.Signal;
import io.runbook4j.spi.time.Time;
import io.runbook4j.spi.transfer.TransferBudget;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The bytes that all buffered transfers together may hold. They wait for room in the order of
 * asking, so that a large one is not starved by small ones. Hand it to the adapters by
 * {@code Adapters.Builder.transferBudget}. Safe for many threads.
 *
 * <p>A payload that is larger than the whole budget must be streamed: {@code rule.within(total())}
 * of a {@link io.runbook4j.spi.transfer.TransferRule} sees to that.
 */
public final class MemoryBudget implements TransferBudget {
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

  @Override
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

  @Override
  public Optional<Grant> tryAcquire(long bytes) {
    check(bytes);
    lock.lock();
    try {
      if (!line.isEmpty() || bytes > free) {
        return Optional.empty();
      }
      free -= bytes;
      return Optional.of(new Held(bytes));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Optional<Grant> acquire(long bytes, Duration atMost) throws InterruptedException {
    Optional<Grant> now = tryAcquire(bytes);
    if (now.isPresent()) {
      return now;
    }
    Waiter waiter = new Waiter(bytes, time.newSignal());
    lock.lock();
    try {
      line.addLast(waiter);
      grantFirst(); // what was given back meanwhile
    } finally {
      lock.unlock();
    }
    try {
      waiter.granted.await(atMost);
    } catch (InterruptedException e) {
      leave(waiter).ifPresent(Grant::close);
      throw e;
    }
    return leave(waiter);
  }

  /** {@return what the waiter was granted before it left the line} */
  private Optional<Grant> leave(Waiter waiter) {
    lock.lock();
    try {
      if (waiter.isGranted) {
        return Optional.of(new Held(waiter.bytes));
      }
      line.remove(waiter);
      grantFirst();
      return Optional.empty();
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

  private final class Held implements Grant {
    private long bytes;

    private Held(long bytes) {
      this.bytes = bytes;
    }

    @Override
    public long bytes() {
      lock.lock();
      try {
        return bytes;
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void shrinkTo(long most) {
      if (most < 0) {
        throw new IllegalArgumentException("bytes must be at least 0, was " + most);
      }
      lock.lock();
      try {
        long surplus = Math.max(0, bytes - most);
        bytes -= surplus;
        free += surplus;
        grantFirst();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void close() {
      shrinkTo(0);
    }
  }
}
