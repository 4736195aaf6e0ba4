package io.runbook4j.alert;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * When each user was last seen, and last failed, by keyed hash, in minutes. Exact for up to
 * {@value #MOST_GOOD} users within the time kept, and for {@value #MOST} if the others have failed;
 * further ones are not counted, so that a count at the bound means "at least". That users who are
 * well take all the room, and those who fail find none, cannot be. Memory: 16 bytes for each of 1.3
 * to 4 slots a user, at most 2.1 MB, twice that for up to ten seconds while it is replaced. It is
 * kept that full because to record a user costs little else than to fetch the slot into the
 * processor's cache.
 *
 * <p>Recording takes no lock and allocates nothing, but when the table grows. A thread that adds to
 * a table which is just being replaced is not lost: the old one is merged once more at the next
 * tick.
 */
final class UserTable {
  static final int MOST = 100_000;
  static final int MOST_GOOD = 80_000;
  static final int MOST_BYTES = 16 << 17;
  private static final int SAVED_BYTES = 16;
  private static final int FEWEST_SLOTS = 1 << 10;
  private static final int MOST_SLOTS = 1 << 17;

  private final int keptMinutes;
  private volatile Table table = new Table(FEWEST_SLOTS);
  private volatile boolean full; // for all
  private volatile boolean fullOfGood; // for users who have not failed
  private volatile boolean wasFull;
  private @Nullable Table previous; // guarded by this

  UserTable(int keptMinutes) {
    this.keptMinutes = keptMinutes;
  }

  void record(long hash, int minute, boolean failed) {
    long key = hash == 0 ? 1 : hash;
    Table seen = table;
    if (!seen.put(key, minute, failed ? minute : 0, full || (fullOfGood && !failed))) {
      grow(seen, key, minute, failed);
    }
  }

  private synchronized void grow(Table tried, long key, int minute, boolean failed) {
    Table replaced = tried;
    while (true) {
      if (table == replaced) {
        replace(minute - keptMinutes, failed);
      }
      replaced = table;
      if (replaced.put(key, minute, failed ? minute : 0, full || (fullOfGood && !failed))) {
        return;
      }
    }
  }

  /** Makes room, or says that there is none until the next tick. */
  private void replace(int since, boolean failed) {
    Table old = table;
    int live = old.count(since, false);
    int most = failed ? MOST : MOST_GOOD;
    if (live > most - most / 100 && old.most == MOST) {
      // a new table for the last hundredth would be full again at once
      fullOfGood = true;
      full = full || failed;
      wasFull = true;
      return;
    }
    mergePrevious(since);
    Table next = new Table(slotsFor(live + 1));
    next.merge(old, since);
    previous = old;
    table = next;
  }

  /** {@return whether there were ever more users than are counted} */
  boolean wasFull() {
    return wasFull;
  }

  private static int slotsFor(int users) {
    return Math.max(FEWEST_SLOTS, Math.min(MOST_SLOTS, Integer.highestOneBit(users - 1 | 1) * 4));
  }

  /** Finishes a growth, and looks again whether there is room. Called every ten seconds or so. */
  synchronized void tick(int minute) {
    mergePrevious(minute - keptMinutes);
    full = false;
    fullOfGood = false;
  }

  private void mergePrevious(int since) {
    if (previous != null) {
      table.merge(previous, since);
      previous = null;
    }
  }

  /** {@return how many users were seen in this minute or later} */
  int seenSince(int minute) {
    return table.count(minute, false);
  }

  /** {@return how many users failed in this minute or later} */
  int failedSince(int minute) {
    return table.count(minute, true);
  }

  synchronized void save(DataOutput out, int shift) throws IOException {
    mergePrevious(Integer.MIN_VALUE);
    table.save(out, shift);
  }

  synchronized void load(DataInput in, int shift) throws IOException {
    int users = in.readInt();
    Table loaded = new Table(slotsFor(users + 1));
    for (int i = 0; i < users; i++) {
      long key = in.readLong();
      int seen = in.readInt() + shift;
      int failed = in.readInt();
      loaded.put(key, seen, failed == 0 ? 0 : failed + shift, loaded.most, true);
    }
    loaded.merge(table, Integer.MIN_VALUE);
    previous = table;
    table = loaded;
  }

  /**
   * Open addressing; at most 76 % full, so that every probe ends. A slot is two longs side by side,
   * so that it is in one cache line: the key, then the minutes, seen in the high half and failed in
   * the low.
   */
  private static final class Table {
    private final int mask;
    private final int most;
    private final int mostGood;
    private final AtomicLongArray slots;
    private final AtomicInteger used = new AtomicInteger();

    Table(int slots) {
      this.mask = slots - 1;
      this.most = (int) ((long) slots * MOST / MOST_SLOTS);
      this.mostGood = slots == MOST_SLOTS ? MOST_GOOD : most;
      this.slots = new AtomicLongArray(2 * slots);
    }

    /** {@return false if there is no room; true also if {@code full} says not to look for any} */
    boolean put(long key, int seenMinute, int failedMinute, boolean full) {
      return put(key, seenMinute, failedMinute, failedMinute == 0 ? mostGood : most, full);
    }

    private boolean put(long key, int seenMinute, int failedMinute, int room, boolean full) {
      int i = (int) key & mask;
      while (true) {
        long there = slots.get(2 * i);
        if (there == 0) {
          if (used.get() >= room) {
            return full;
          }
          if (!slots.compareAndSet(2 * i, 0, key)) {
            continue; // somebody took the slot: look at it again
          }
          used.getAndIncrement();
          there = key;
        }
        if (there == key) {
          raise(2 * i + 1, seenMinute, failedMinute);
          return true;
        }
        i = (i + 1) & mask;
      }
    }

    private void raise(int at, int seenMinute, int failedMinute) {
      while (true) {
        long old = slots.get(at);
        int seen = Math.max(seen(old), seenMinute);
        int failed = Math.max(failed(old), failedMinute);
        long raised = (long) seen << 32 | failed;
        if (raised == old || slots.compareAndSet(at, old, raised)) {
          return;
        }
      }
    }

    private static int seen(long minutes) {
      return (int) (minutes >>> 32);
    }

    private static int failed(long minutes) {
      return (int) minutes;
    }

    int count(int since, boolean failures) {
      int count = 0;
      for (int i = 0; i <= mask; i++) {
        long minutes = slots.get(2 * i + 1);
        int minute = failures ? failed(minutes) : seen(minutes);
        if (minute != 0 && minute >= since) {
          count++;
        }
      }
      return count;
    }

    void merge(Table other, int since) {
      for (int i = 0; i <= other.mask; i++) {
        long minutes = other.slots.get(2 * i + 1);
        if (minutes != 0 && seen(minutes) >= since) {
          put(other.slots.get(2 * i), seen(minutes), failed(minutes), most, true);
        }
      }
    }

    void save(DataOutput out, int shift) throws IOException {
      // In one piece: the stream takes a lock for each byte of a number.
      ByteBuffer users = ByteBuffer.allocate(SAVED_BYTES * Math.min(mask + 1, used.get()));
      for (int i = 0; i <= mask && users.hasRemaining(); i++) {
        long minutes = slots.get(2 * i + 1);
        if (minutes != 0) {
          int failed = failed(minutes);
          users.putLong(slots.get(2 * i));
          users.putInt(seen(minutes) + shift);
          users.putInt(failed == 0 ? 0 : failed + shift);
        }
      }
      out.writeInt(users.position() / SAVED_BYTES);
      out.write(users.array(), 0, users.position());
    }
  }
}
