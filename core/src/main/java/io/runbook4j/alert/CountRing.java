package io.runbook4j.alert;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * Counters for each of the newest buckets of equal length. A bucket is a number: the time divided
 * by its length. Not safe for many threads. Memory: 4 bytes for each bucket and counter.
 */
final class CountRing {
  private final int buckets;
  private final int width;
  private final int[] counts;
  private long head = Long.MIN_VALUE;

  CountRing(int buckets, int width) {
    this.buckets = buckets;
    this.width = width;
    this.counts = new int[buckets * width];
  }

  /** {@return whether the bucket is not too old} A newer one moves the ring on. */
  boolean add(long bucket, int counter, int count) {
    reach(bucket);
    if (bucket <= head - buckets) {
      return false;
    }
    int i = index(bucket) + counter;
    counts[i] = (int) Math.min(Integer.MAX_VALUE, (long) counts[i] + count);
    return true;
  }

  /** Moves the ring on to a bucket, if it is not there yet. */
  void reach(long bucket) {
    if (bucket > head) {
      moveTo(bucket);
    }
  }

  private void moveTo(long bucket) {
    long first = head == Long.MIN_VALUE ? bucket : Math.max(head + 1, bucket - buckets + 1);
    for (long b = first; b <= bucket; b++) {
      Arrays.fill(counts, index(b), index(b) + width, 0);
    }
    head = bucket;
  }

  /** {@return what was counted in the {@code length} buckets before {@code end}} */
  long sum(int counter, long end, int length) {
    long from = Math.max(end - length, head == Long.MIN_VALUE ? end : head - buckets + 1);
    long to = Math.min(end - 1, head);
    long sum = 0;
    for (long b = from; b <= to; b++) {
      sum += counts[index(b) + counter];
    }
    return sum;
  }

  private int index(long bucket) {
    return (int) Math.floorMod(bucket, (long) buckets) * width;
  }

  int bytes() {
    return 4 * counts.length;
  }

  /** Writes the ring; {@code shift} is added to each bucket's number. */
  void save(DataOutput out, long shift) throws IOException {
    out.writeInt(buckets);
    out.writeInt(width);
    out.writeLong(head == Long.MIN_VALUE ? head : head + shift);
    if (head != Long.MIN_VALUE) {
      for (long b = head - buckets + 1; b <= head; b++) {
        for (int counter = 0; counter < width; counter++) {
          out.writeInt(counts[index(b) + counter]);
        }
      }
    }
  }

  /** Reads what {@link #save} wrote, also of a ring of another size; adds {@code shift}. */
  void load(DataInput in, long shift) throws IOException {
    int savedBuckets = in.readInt();
    int savedWidth = in.readInt();
    long savedHead = in.readLong();
    if (savedHead == Long.MIN_VALUE) {
      return;
    }
    reach(savedHead + shift);
    for (long b = savedHead - savedBuckets + 1; b <= savedHead; b++) {
      for (int counter = 0; counter < savedWidth; counter++) {
        int count = in.readInt();
        if (counter < width && count != 0) {
          add(b + shift, counter, count);
        }
      }
    }
  }
}
