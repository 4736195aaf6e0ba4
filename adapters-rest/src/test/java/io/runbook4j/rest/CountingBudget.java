package io.runbook4j.rest;

import io.runbook4j.spi.transfer.TransferBudget;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A budget that remembers the most that was held at once. */
final class CountingBudget implements TransferBudget {
  private final long total;
  private final boolean waits;
  private final CountDownLatch waiting = new CountDownLatch(1);
  private long held;
  private long mostHeld;

  private CountingBudget(long total, boolean waits) {
    this.total = total;
    this.waits = waits;
  }

  static CountingBudget of(long total) {
    return new CountingBudget(total, true);
  }

  /** {@return a budget in which the time to wait has always passed} */
  static CountingBudget impatient(long total) {
    return new CountingBudget(total, false);
  }

  synchronized long held() {
    return held;
  }

  synchronized long mostHeld() {
    return mostHeld;
  }

  /** {@return whether somebody began to wait} */
  boolean awaitWaiter() throws InterruptedException {
    return waiting.await(20, TimeUnit.SECONDS);
  }

  @Override
  public long total() {
    return total;
  }

  @Override
  public synchronized Optional<Grant> tryAcquire(long bytes) {
    if (bytes < 0 || bytes > total) {
      throw new IllegalArgumentException("bytes must be 0 to " + total + ", was " + bytes);
    }
    if (held + bytes > total) {
      return Optional.empty();
    }
    held += bytes;
    mostHeld = Math.max(mostHeld, held);
    return Optional.of(new Taken(bytes));
  }

  @Override
  public synchronized Optional<Grant> acquire(long bytes, Duration atMost)
      throws InterruptedException {
    waiting.countDown();
    long end = System.nanoTime() + atMost.toNanos();
    Optional<Grant> grant = tryAcquire(bytes);
    while (waits && grant.isEmpty() && end - System.nanoTime() > 0) {
      wait(Math.max(1, (end - System.nanoTime()) / 1_000_000));
      grant = tryAcquire(bytes);
    }
    return grant;
  }

  private synchronized void giveBack(long bytes) {
    held -= bytes;
    notifyAll();
  }

  private final class Taken implements Grant {
    private long bytes;

    private Taken(long bytes) {
      this.bytes = bytes;
    }

    @Override
    public synchronized long bytes() {
      return bytes;
    }

    @Override
    public synchronized void shrinkTo(long most) {
      long surplus = Math.max(0, bytes - most);
      bytes -= surplus;
      giveBack(surplus);
    }

    @Override
    public void close() {
      shrinkTo(0);
    }
  }
}
