package io.runbook4j.alert;

/**
 * SipHash-1-3, a keyed hash: without the key nobody can tell whose hash it is, nor make names that
 * collide. Of a string it hashes the characters' low bytes; where there are high ones, then those
 * too, under a key made from the first hash. Allocates nothing. Immutable.
 *
 * <p>One round for each word and three at the end, as in the hash tables of Rust, Ruby and CPython;
 * no attack is known on it or on the slower 2-4. Source: Aumasson and Bernstein, "SipHash: a fast
 * short-input PRF", 2012.
 */
final class SipHash {
  private static final long LOW_BYTES = 0x00ff00ff00ff00ffL;

  private final long k0;
  private final long k1;

  SipHash(long k0, long k1) {
    this.k0 = k0;
    this.k1 = k1;
  }

  long hash(String text) {
    return hash(text, 0, k0, k1);
  }

  // A loop over the words keeps the state in registers; there is none over the last word's
  // characters, because to enter a short loop costs more than to go through it.
  private static long hash(String text, int shift, long k0, long k1) {
    long v0 = k0 ^ 0x736f6d6570736575L;
    long v1 = k1 ^ 0x646f72616e646f6dL;
    long v2 = k0 ^ 0x6c7967656e657261L;
    long v3 = k1 ^ 0x7465646279746573L;
    int length = text.length();
    int whole = length & -Long.BYTES;
    long even = lastLanes(text, whole);
    long odd = lastLanes(text, whole + 1);
    long last = bytes(even, odd, shift) | (long) length << 56;
    long all = even | odd;
    for (int at = 0; at < whole; at += Long.BYTES) {
      even = lanes(text, at);
      odd = lanes(text, at + 1);
      all |= even | odd;
      long word = bytes(even, odd, shift);
      v3 ^= word;
      v0 += v1;
      v1 = Long.rotateLeft(v1, 13) ^ v0;
      v0 = Long.rotateLeft(v0, 32);
      v2 += v3;
      v3 = Long.rotateLeft(v3, 16) ^ v2;
      v0 += v3;
      v3 = Long.rotateLeft(v3, 21) ^ v0;
      v2 += v1;
      v1 = Long.rotateLeft(v1, 17) ^ v2;
      v2 = Long.rotateLeft(v2, 32);
      v0 ^= word;
    }
    v3 ^= last;
    for (int round = 0; round < 4; round++) { // that of the last word, and three
      v0 += v1;
      v1 = Long.rotateLeft(v1, 13) ^ v0;
      v0 = Long.rotateLeft(v0, 32);
      v2 += v3;
      v3 = Long.rotateLeft(v3, 16) ^ v2;
      v0 += v3;
      v3 = Long.rotateLeft(v3, 21) ^ v0;
      v2 += v1;
      v1 = Long.rotateLeft(v1, 17) ^ v2;
      v2 = Long.rotateLeft(v2, 32);
      if (round == 0) {
        v0 ^= last;
        v2 ^= 0xff;
      }
    }
    long hash = v0 ^ v1 ^ v2 ^ v3;
    boolean isWide = (all & ~LOW_BYTES) != 0;
    return isWide && shift == 0 ? hash(text, Byte.SIZE, k0 ^ hash, k1) : hash;
  }

  /** {@return one byte of each of eight characters, in their order} */
  private static long bytes(long even, long odd, int shift) {
    return ((even >>> shift) & LOW_BYTES) | (((odd >>> shift) & LOW_BYTES) << Byte.SIZE);
  }

  /** {@return every other of eight characters, in 16 bits each} */
  private static long lanes(String text, int at) {
    return text.charAt(at)
        | (long) text.charAt(at + 2) << 16
        | (long) text.charAt(at + 4) << 32
        | (long) text.charAt(at + 6) << 48;
  }

  /** {@return the same where the text ends before the eighth} */
  private static long lastLanes(String text, int at) {
    return lane(text, at)
        | lane(text, at + 2) << 16
        | lane(text, at + 4) << 32
        | lane(text, at + 6) << 48;
  }

  private static long lane(String text, int at) {
    return at < text.length() ? text.charAt(at) : 0;
  }
}
