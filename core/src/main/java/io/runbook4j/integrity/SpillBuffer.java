package io.runbook4j.integrity;

import java.util.Arrays;

/** Records in memory, in one array of bytes, until they are sorted. Not safe for many threads. */
final class SpillBuffer {
  /*
   * To sort, each record is one long: the upper 40 bits of its hash, and its number. A sort of longs
   * then does nearly all of the work; only records that agree in those 40 bits, which are nearly
   * always records of one key, are compared as a whole.
   *
   * Bytes may take half of the memory and the index a quarter, so that growing, which needs the old
   * and the new array at once, stays within the whole.
   */
  private static final int NUMBER_BITS = 24;
  private static final long NUMBER = (1L << NUMBER_BITS) - 1;
  private static final int INDEX_BYTES = Long.BYTES + Integer.BYTES;
  private static final int FEW = 16;

  private final int mostBytes;
  private final int mostRecords;
  private byte[] bytes = new byte[1 << 12];
  private long[] order = new long[1 << 8];
  private int[] starts = new int[1 << 8];
  private int used;
  private int size;

  private final Sorted left = new Sorted();
  private final Sorted right = new Sorted();

  SpillBuffer(int memoryBytes) {
    mostBytes = memoryBytes / 2;
    mostRecords = (int) Math.min(memoryBytes / 4 / INDEX_BYTES, NUMBER);
  }

  int size() {
    return size;
  }

  void clear() {
    used = 0;
    size = 0;
  }

  /** Adds a record; false if there is no room for it. */
  boolean add(String key, byte[] payload) {
    int keyLength = Texts.length(key);
    int length = keyLength
        + payload.length
        + RecordCursor.lengthOfLength(keyLength)
        + RecordCursor.lengthOfLength(payload.length);
    if (size == mostRecords || length > mostBytes - used) {
      return false;
    }
    grow(length);
    starts[size] = used;
    int keyFrom = RecordCursor.writeLength(keyLength, bytes, used);
    int keyTo = Texts.write(key, bytes, keyFrom);
    order[size] = (RecordCursor.hash(bytes, keyFrom, keyTo) & ~NUMBER) | size;
    int payloadFrom = RecordCursor.writeLength(payload.length, bytes, keyTo);
    System.arraycopy(payload, 0, bytes, payloadFrom, payload.length);
    used += length;
    size++;
    return true;
  }

  private void grow(int more) {
    if (more > bytes.length - used) {
      int wanted = Math.max(used + more, (int) Math.min(2L * bytes.length, mostBytes));
      bytes = Arrays.copyOf(bytes, wanted);
    }
    if (size == order.length) {
      int wanted = (int) Math.min(2L * size, mostRecords);
      order = Arrays.copyOf(order, wanted);
      starts = Arrays.copyOf(starts, wanted);
    }
  }

  /** {@return the records in order} Valid until the next record is added. */
  RecordCursor sort() {
    Arrays.sort(order, 0, size);
    int from = 0;
    for (int i = 1; i <= size; i++) {
      if (i == size || (order[i] ^ order[from]) >>> NUMBER_BITS != 0) {
        sortWhole(from, i);
        from = i;
      }
    }
    return new Sorted();
  }

  /** Sorts by whole records. */
  private void sortWhole(int from, int to) {
    if (to - from > FEW) {
      heapSort(from, to - from);
      return;
    }
    for (int i = from + 1; i < to; i++) {
      for (int j = i; j > from && compare(order[j - 1], order[j]) > 0; j--) {
        swap(j - 1, j);
      }
    }
  }

  private void heapSort(int from, int count) {
    for (int root = count / 2 - 1; root >= 0; root--) {
      sink(from, root, count);
    }
    for (int last = count - 1; last > 0; last--) {
      swap(from, from + last);
      sink(from, 0, last);
    }
  }

  private void sink(int from, int top, int count) {
    int root = top;
    while (2 * root + 1 < count) {
      int child = 2 * root + 1;
      if (child + 1 < count && compare(order[from + child], order[from + child + 1]) < 0) {
        child++;
      }
      if (compare(order[from + root], order[from + child]) >= 0) {
        return;
      }
      swap(from + root, from + child);
      root = child;
    }
  }

  private void swap(int a, int b) {
    long kept = order[a];
    order[a] = order[b];
    order[b] = kept;
  }

  private int compare(long a, long b) {
    left.place(a);
    right.place(b);
    return left.compareTo(right);
  }

  /** Goes through the records in order. */
  private final class Sorted extends RecordCursor {
    private int next;

    @Override
    boolean advance() {
      if (next == size) {
        return false;
      }
      place(order[next++]);
      return true;
    }

    private void place(long entry) {
      bytes = SpillBuffer.this.bytes;
      read(starts[(int) (entry & NUMBER)]);
    }
  }
}
