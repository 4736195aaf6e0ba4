package io.runbook4j.integrity;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is compared of an item: a SHA-256 of its values, and when it last changed. Immutable.
 *
 * <p>The values are hashed as text that does not depend on where they come from: {@code 1} and
 * {@code 1.00} are the same number, whichever type they have, and the same as the text {@code 1}; a
 * time is the same in every zone; null is not empty text. The text is {@code V<length>:text} for
 * each value, {@code N} for null, and a bar between them, in UTF-8; the length is in code points,
 * so that a database can do the same with {@code CHAR_LENGTH} and its own SHA-256.
 */
public final class Fingerprint {
  private final byte[] digest;
  private final @Nullable Instant changedAt;

  private Fingerprint(byte[] digest, @Nullable Instant changedAt) {
    this.digest = digest;
    this.changedAt = changedAt;
  }

  /**
   * {@return the fingerprint of values in this order}
   *
   * @throws IllegalArgumentException if a value is neither text, a number, a time, bytes, a list
   *     nor a map
   */
  public static Fingerprint of(@Nullable Object... values) {
    String text = Canonical.series(Arrays.asList(values));
    return new Fingerprint(HashTest.sha256(text.getBytes(StandardCharsets.UTF_8)), null);
  }

  /** {@return the fingerprint of all columns of a row, whatever their order} */
  public static Fingerprint ofRow(Map<String, ?> row) {
    return of(row);
  }

  static Fingerprint of(byte[] digest, @Nullable Instant changedAt) {
    return new Fingerprint(digest, changedAt);
  }

  /** {@return this fingerprint of an item that last changed then} */
  public Fingerprint changedAt(Instant changedAt) {
    return new Fingerprint(digest, changedAt);
  }

  /** {@return when the item last changed; empty if that is not known} */
  public Optional<Instant> changedAt() {
    return Optional.ofNullable(changedAt);
  }

  byte[] digest() {
    return digest;
  }

  boolean hasSameValues(Fingerprint other) {
    return Arrays.equals(digest, other.digest);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Fingerprint that
        && hasSameValues(that)
        && changedAt().equals(that.changedAt());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(digest);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(digest) + (changedAt == null ? "" : " changed " + changedAt);
  }
}
