package io.runbook4j.integrity;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A place in a sorted series of records, each a key and a payload. Records are ordered by the hash
 * of the key, then the key, then the payload: the order means nothing, but equal keys are
 * neighbours, and nearly all comparisons end at the hash.
 */
abstract class RecordCursor {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  // What the hash of a key that is now under the cursor is, and where its record lies.
  long hash;
  byte[] bytes = new byte[0];
  int keyFrom;
  int keyTo;
  int payloadFrom;
  int payloadTo;

  /** Moves to the next record. Before the first call the cursor is before the first record. */
  abstract boolean advance() throws IOException;

  /** Puts the cursor on the record at {@code from}, which lies in {@code bytes} as a whole. */
  final void read(int from) {
    int keyLength = readLength(bytes, from);
    keyFrom = from + lengthOfLength(keyLength);
    keyTo = keyFrom + keyLength;
    int payloadLength = readLength(bytes, keyTo);
    payloadFrom = keyTo + lengthOfLength(payloadLength);
    payloadTo = payloadFrom + payloadLength;
    hash = hash(bytes, keyFrom, keyTo);
  }

  final boolean hasKey(byte[] other, int length) {
    return Arrays.equals(bytes, keyFrom, keyTo, other, 0, length);
  }

  final int compareTo(RecordCursor other) {
    int byHash = Long.compare(hash, other.hash);
    return byHash != 0 ? byHash : compareBytes(this, other);
  }

  private static int compareBytes(RecordCursor a, RecordCursor b) {
    int byKey = Arrays.compareUnsigned(a.bytes, a.keyFrom, a.keyTo, b.bytes, b.keyFrom, b.keyTo);
    return byKey != 0
        ? byKey
        : Arrays.compareUnsigned(
            a.bytes, a.payloadFrom, a.payloadTo, b.bytes, b.payloadFrom, b.payloadTo);
  }

  /** {@return a hash whose every bit depends on every bit of the key} */
  static long hash(byte[] bytes, int from, int to) {
    long hash = (long) to - from;
    int at = from;
    for (; at + Long.BYTES <= to; at += Long.BYTES) {
      hash = mix(hash ^ (long) LONG.get(bytes, at));
    }
    long rest = 0;
    for (; at < to; at++) {
      rest = (rest << 8) | (bytes[at] & 0xFF);
    }
    return mix(hash ^ rest);
  }

  /** The finalizer of MurmurHash3, with a constant added so that zero does not stay zero. */
  static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 33)) * 0xFF51AFD7ED558CCDL;
    z = (z ^ (z >>> 33)) * 0xC4CEB9FE1A85EC53L;
    return z ^ (z >>> 33);
  }

  // A length takes one byte below 128 and three otherwise, which is enough for 4 MiB.

  static int lengthOfLength(int length) {
    return length < 0x80 ? 1 : 3;
  }

  static int writeLength(int length, byte[] bytes, int from) {
    if (length < 0x80) {
      bytes[from] = (byte) length;
      return from + 1;
    }
    bytes[from] = (byte) (0x80 | (length >> 16));
    bytes[from + 1] = (byte) (length >> 8);
    bytes[from + 2] = (byte) length;
    return from + 3;
  }

  static int readLength(byte[] bytes, int from) {
    int first = bytes[from];
    return first >= 0
        ? first
        : ((first & 0x7F) << 16) | ((bytes[from + 1] & 0xFF) << 8) | (bytes[from + 2] & 0xFF);
  }
}
