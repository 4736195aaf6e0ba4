package io.runbook4j.limit;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/** GCRA: the state is one number, the time at which all that was taken is paid off. */
final class PacedWindow implements Window {
  /*
   * Invariant. With interval I and burst B, a grant of weight w at t needs due <= t + (B-w)*I, and
   * moves due to max(due, t) + w*I. For grants a..m in the order of their CAS: before m, due is at
   * least t_a + (w_a + .. + w_m-1)*I, and at most t_m + (B-w_m)*I; so w_a + .. + w_m is at most
   * B + (t_m - t_a)/I. I is the least whole number of nanoseconds with (N-B+1)*I > T, so that a
   * window of T, both ends included, holds at most B + (N-B) = N. The proof does not need w <= B:
   * a heavier grant only waits until due is far enough in the past. It does not need the stamps to
   * follow the order of the CAS either, so one reading of the clock serves all retries.
   *
   * Undoing and giving back. Had a grant of w at s never been, due would be lower now by at least
   * w*I - (now - s), and by less than w*I if the window has run idle since. Only that is undone.
   *
   * Generic cell rate algorithm: ITU-T I.371, annex A.
   */
  private static final VarHandle DUE;
  private static final long FAR = Long.MAX_VALUE / 4;

  static {
    try {
      DUE = MethodHandles.lookup().findVarHandle(PacedWindow.class, "due", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final long permits;
  private final long burst;
  private final long windowNanos;
  private final long intervalNanos;
  private final long mostUnits;

  @SuppressWarnings("UnusedVariable") // written through DUE
  private volatile long due;

  PacedWindow(long permits, long windowNanos, long now) {
    this.permits = permits;
    this.burst = burst(permits);
    this.windowNanos = windowNanos;
    this.intervalNanos = windowNanos / (permits - burst + 1) + 1;
    this.mostUnits = FAR / intervalNanos;
    this.due = now - permits * intervalNanos;
  }

  /**
   * {@return 2 % of the permits, but 3 to catch up after a pause, and no more than a service that
   * counts in buckets will bear} Below 41 permits that would cost more than 5 % of them: then 1.
   */
  private static long burst(long permits) {
    return permits <= 40 ? 1 : Math.min(50, Math.max(3, 1 + permits / 50));
  }

  @Override
  public long waitNanos(long now, int weight, long ahead) {
    long seen = due - now;
    long units = Math.min(weight, permits) - burst + ahead;
    if (units > mostUnits) {
      return FAR;
    }
    return Math.max(0, (ahead > 0 ? Math.max(seen, 0) : seen) + units * intervalNanos);
  }

  @Override
  public boolean take(long now, int weight) {
    long counted = Math.min(weight, permits);
    long most = (burst - counted) * intervalNanos;
    long cost = counted * intervalNanos;
    long seen = due;
    while (seen - now <= most) {
      if (DUE.compareAndSet(this, seen, (seen - now > 0 ? seen : now) + cost)) {
        return true;
      }
      // Somebody else is taking permits right now. Two threads that fight for the cache line take
      // three times as long for each permit as one that has it to itself for some microseconds, so
      // this one steps aside for as short a time as the machine can. Not a wait for a permit.
      LockSupport.parkNanos(1);
      seen = due;
    }
    return false;
  }

  @Override
  public void undo(long taken, long now, int weight) {
    lower(Math.min(weight, permits) * intervalNanos - (now - taken));
  }

  @Override
  public void charge(long now, long charged) {
    // A silence of one window clears every debt, however large.
    long most = windowNanos + burst * intervalNanos;
    long nanos = charged > most / intervalNanos ? most : charged * intervalNanos;
    while (true) {
      long seen = due;
      long ahead = seen - now;
      long owed = Math.max(ahead, Math.min(Math.max(ahead, 0) + nanos, most));
      if (DUE.compareAndSet(this, seen, now + owed)) {
        return;
      }
    }
  }

  @Override
  public void giveBack(long now, long returned) {
    lower(Math.min(returned, permits) * intervalNanos - Corrections.ANSWER_NANOS);
  }

  private void lower(long nanos) {
    if (nanos > 0) {
      DUE.getAndAdd(this, -nanos);
    }
  }

  @Override
  public long used(long now) {
    long ahead = Math.max(0, due - now);
    return Math.min(permits, (ahead + intervalNanos - 1) / intervalNanos);
  }
}
