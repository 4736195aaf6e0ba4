package io.runbook4j.limit;

import io.runbook4j.spi.time.Time;
import org.jspecify.annotations.Nullable;

/**
 * Several windows as one: takes from all of them or from none. Immutable; what is in the windows
 * changes.
 */
final class Windows {
  private final Time time;
  private final Window[] all;

  /** Most limiters have one: to find it in an array takes a tenth of the time of a permit. */
  private final @Nullable Window only;

  Windows(Time time, Window... all) {
    this.time = time;
    this.all = all.clone();
    this.only = all.length == 1 ? this.all[0] : null;
  }

  /** {@return the nanoseconds until every window has room behind {@code ahead} others} */
  long waitNanos(long now, int weight, long ahead) {
    long longest = 0;
    for (Window window : all) {
      longest = Math.max(longest, window.waitNanos(now, weight, ahead));
    }
    return longest;
  }

  /**
   * Takes the permits if they are free and leaves {@code ahead} others their own.
   *
   * @return whether it did; if not, nothing is taken
   */
  boolean take(long now, int weight, long ahead) {
    if (only != null && ahead == 0) {
      return only.take(now, weight);
    }
    Window[] windows = all;
    // To look first keeps a refusal from writing to a line that other threads read. Where nobody is
    // ahead, the first window is spared the look: it is the first to be taken from.
    for (int i = ahead == 0 ? 1 : 0; i < windows.length; i++) {
      if (windows[i].waitNanos(now, weight, ahead) > 0) {
        return false;
      }
    }
    return takeAll(windows, now, weight);
  }

  private boolean takeAll(Window[] windows, long now, int weight) {
    for (int i = 0; i < windows.length; i++) {
      if (!windows[i].take(now, weight)) {
        if (i > 0) {
          undo(windows, i, now, weight);
        }
        return false;
      }
    }
    return true;
  }

  /**
   * Gives back what the first windows have granted: somebody took the last permits of the next one
   * since we looked. The permits come back; what a paced window had saved up while idle, for
   * weights above its burst, does not.
   */
  private void undo(Window[] windows, int granted, long taken, int weight) {
    long now = time.nanoTime(); // we may have been held up since the first reading
    for (int i = granted - 1; i >= 0; i--) {
      windows[i].undo(taken, now, weight);
    }
  }

  void charge(long now, long permits) {
    for (Window window : all) {
      window.charge(now, permits);
    }
  }

  void giveBack(long now, long permits) {
    for (Window window : all) {
      window.giveBack(now, permits);
    }
  }
}
