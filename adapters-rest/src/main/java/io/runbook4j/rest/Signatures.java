package io.runbook4j.rest;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Signs webhooks and checks their signatures: HMAC-SHA256 over the bytes of the body, as
 * {@code sha256=} and 64 lower-case hex digits. With a timestamp, the signed bytes are the
 * timestamp in unix seconds, a dot and the body.
 *
 * <p>While a secret is rotated there are two: it signs with the current one and takes a signature
 * by either. Immutable and safe for many threads.
 */
public final class Signatures {
  private static final String ALGORITHM = "HmacSHA256";
  private static final String PREFIX = "sha256=";
  private static final int HEX_DIGITS = 64;

  private final List<SecretKeySpec> keys;
  private final String prefix;

  private Signatures(List<SecretKeySpec> keys, String prefix) {
    this.keys = keys;
    this.prefix = prefix;
  }

  /** {@return signatures by one secret, taken as UTF-8} */
  public static Signatures of(String secret) {
    return new Signatures(List.of(key("secret", secret)), PREFIX);
  }

  /** {@return signatures by the current secret that also accept the previous one} */
  public static Signatures rotating(String current, String previous) {
    return new Signatures(List.of(key("current", current), key("previous", previous)), PREFIX);
  }

  /** {@return the same with another text before the hex digits, such as {@code v0=}} */
  public Signatures prefixed(String prefix) {
    return new Signatures(keys, Objects.requireNonNull(prefix, "prefix"));
  }

  /** {@return the signature of these bytes by the current secret} */
  public String sign(byte[] body) {
    return prefix + HexFormat.of().formatHex(hmac(keys.get(0), body));
  }

  /** {@return the signature of the timestamp, to the second, and these bytes} */
  public String sign(byte[] body, Instant timestamp) {
    return sign(stamped(Long.toString(timestamp.getEpochSecond()), body));
  }

  /**
   * {@return whether this is the signature of these bytes, by any of the secrets} Compares in
   * constant time. A wrong prefix, a cut signature or anything else that is none is false, and so
   * is null, which a request without the header gives.
   */
  public boolean verify(byte[] body, @Nullable String signature) {
    if (signature == null
        || !signature.startsWith(prefix)
        || signature.length() != prefix.length() + HEX_DIGITS) {
      return false;
    }
    byte[] given;
    try {
      given = HexFormat.of().parseHex(signature, prefix.length(), signature.length());
    } catch (IllegalArgumentException notHex) {
      return false;
    }
    boolean good = false;
    for (SecretKeySpec key : keys) { // no early exit: which secret fits must not show in the time
      good |= MessageDigest.isEqual(hmac(key, body), given);
    }
    return good;
  }

  /** {@return a check that also refuses what was signed too long ago or in the future} */
  public Window within(Duration tolerance) {
    if (tolerance.isNegative() || tolerance.isZero()) {
      throw new IllegalArgumentException("tolerance must be positive, was " + tolerance);
    }
    return new Window(this, tolerance);
  }

  private static byte[] stamped(String timestamp, byte[] body) {
    byte[] head = (timestamp + ".").getBytes(StandardCharsets.US_ASCII);
    byte[] all = new byte[head.length + body.length];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(body, 0, all, head.length, body.length);
    return all;
  }

  private static SecretKeySpec key(String name, String secret) {
    if (secret.isBlank()) {
      throw new IllegalArgumentException(
          name + " must be non-blank, was blank (" + secret.length() + " characters)");
    }
    return new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM);
  }

  static byte[] hmac(SecretKeySpec key, byte[] data) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(ALGORITHM + " must be there in every JVM, was not", e);
    }
  }

  @Override
  public String toString() {
    return "Signatures[" + prefix + ", secrets=" + keys.size() + "]";
  }

  /** Checks signatures with a timestamp against a replay window. Immutable. */
  public static final class Window {
    private final Signatures signatures;
    private final Duration tolerance;

    private Window(Signatures signatures, Duration tolerance) {
      this.signatures = signatures;
      this.tolerance = tolerance;
    }

    /**
     * {@return whether the signature fits the timestamp and the bytes, and the timestamp is not
     * further from {@code now} than the tolerance}
     *
     * @param signature the signature header as it came; null is false
     * @param timestamp the timestamp header as it came: unix seconds in digits; null is false
     */
    public boolean verify(
        byte[] body, @Nullable String signature, @Nullable String timestamp, Instant now) {
      if (timestamp == null || !timestamp.matches("[0-9]{1,12}")) {
        return false;
      }
      Duration age =
          Duration.ofSeconds(Math.subtractExact(now.getEpochSecond(), Long.parseLong(timestamp)));
      return age.abs().compareTo(tolerance) <= 0
          && signatures.verify(stamped(timestamp, body), signature);
    }
  }
}
