package io.runbook4j.gate;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/** Which keys a gate lets through. Immutable, and safe for many threads. */
final class Decision {
  static final int BUCKETS = 10_000;
  static final Decision ALL = new Decision(BUCKETS, null);
  static final Decision NONE = new Decision(0, null);

  private final int below;

  /** Has taken in the ramp's id; only ever copied. */
  private final @Nullable MessageDigest begun;

  private Decision(int below, @Nullable MessageDigest begun) {
    this.below = below;
    this.begun = begun;
  }

  /**
   * {@return the decision for a share} A key is in when its bucket is below 100 times the percent,
   * so that a share contains every smaller one. The bucket is the first 8 bytes, as an unsigned
   * number, of SHA-256 over {@code rampId:key} in UTF-8, modulo 10,000: unlike a sum over the
   * characters, it makes ramps independent of each other, and any language can compute it.
   */
  static Decision share(String rampId, int percent) {
    try {
      MessageDigest begun = MessageDigest.getInstance("SHA-256");
      begun.update((rampId + ":").getBytes(StandardCharsets.UTF_8));
      return new Decision(percent * (BUCKETS / 100), begun);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  boolean lets(String key) {
    if (begun == null || below == BUCKETS) {
      return below > 0;
    }
    return bucket(begun, key) < below;
  }

  boolean letsNone() {
    return below == 0;
  }

  private static int bucket(MessageDigest begun, String key) {
    byte[] hash = copy(begun).digest(key.getBytes(StandardCharsets.UTF_8));
    long first = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      first = (first << 8) | (hash[i] & 0xff);
    }
    return (int) Long.remainderUnsigned(first, BUCKETS);
  }

  private static MessageDigest copy(MessageDigest digest) {
    try {
      return (MessageDigest) digest.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the JDK's SHA-256 can be copied", e);
    }
  }
}
