package io.runbook4j.integrity;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a cache says of one entry. Immutable. */
public final class CacheEntry {
  private final @Nullable Instant refreshed;
  private final @Nullable Instant expires;
  private final @Nullable Fingerprint value;

  private CacheEntry(
      @Nullable Instant refreshed, @Nullable Instant expires, @Nullable Fingerprint value) {
    this.refreshed = refreshed;
    this.expires = expires;
    this.value = value;
  }

  /** {@return an entry that was last written or confirmed then} */
  public static CacheEntry refreshed(Instant at) {
    return new CacheEntry(Objects.requireNonNull(at, "at"), null, null);
  }

  /** {@return an entry of which only its end is known} */
  public static CacheEntry expiring(Instant at) {
    return new CacheEntry(null, Objects.requireNonNull(at, "at"), null);
  }

  /** {@return this entry, which ends then} */
  public CacheEntry expires(Instant at) {
    return new CacheEntry(refreshed, Objects.requireNonNull(at, "at"), value);
  }

  /** {@return this entry with its value, to be compared with the origin's} */
  public CacheEntry value(Fingerprint value) {
    return new CacheEntry(refreshed, expires, Objects.requireNonNull(value, "value"));
  }

  /** {@return when it was last written or confirmed; empty if that is not known} */
  public Optional<Instant> refreshed() {
    return Optional.ofNullable(refreshed);
  }

  /** {@return when it ends; empty if it does not, or that is not known} */
  public Optional<Instant> expires() {
    return Optional.ofNullable(expires);
  }

  /** {@return its value; empty if that is not known} */
  public Optional<Fingerprint> value() {
    return Optional.ofNullable(value);
  }
}
