package io.runbook4j.integrity;

import io.runbook4j.spi.sync.Source;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Looks how fresh a cache is: the share of its entries that is stale, the share that ends soon, and
 * whether random entries have the values of their origin. Immutable, and safe for many threads.
 *
 * <p>An entry is stale if it was refreshed longer ago than the limit, or has ended. It ends soon if
 * it has not ended and does within six hours. Above 10 % the share is a warning, above 25 % it is
 * critical. One pass over the cache, and memory for the entries that are compared.
 */
public final class Freshness {
  private static final int MOST_COMPARED = 10_000;

  private final Duration limit;
  private final Duration soon;
  private final double warning;
  private final double critical;
  private final @Nullable Comparison comparison;

  private record Comparison(Source<Fingerprint> origin, int entries, long seed) {}

  private Freshness(
      Duration limit,
      Duration soon,
      double warning,
      double critical,
      @Nullable Comparison comparison) {
    this.limit = limit;
    this.soon = soon;
    this.warning = warning;
    this.critical = critical;
    this.comparison = comparison;
  }

  /** {@return a look for entries that were refreshed longer ago than {@code limit}} */
  public static Freshness within(Duration limit) {
    return new Freshness(positive(limit, "limit"), Duration.ofHours(6), 0.10, 0.25, null);
  }

  /** {@return this look, with another time in which an entry ends soon} Default 6 h. */
  public Freshness endingWithin(Duration soon) {
    return new Freshness(limit, positive(soon, "soon"), warning, critical, comparison);
  }

  /**
   * {@return this look, with other shares that are too many} Default 0.10 and 0.25.
   *
   * @param warning above this share it is a warning; 0 to 1
   * @param critical above this share it is critical; {@code warning} to 1
   */
  public Freshness shares(double warning, double critical) {
    if (!(warning >= 0 && warning <= critical && critical <= 1)) {
      throw new IllegalArgumentException(
          "warning and critical must be 0 <= warning <= critical <= 1, was " + warning + " and "
              + critical);
    }
    return new Freshness(limit, soon, warning, critical, comparison);
  }

  /**
   * {@return this look, which also compares the values of random entries with their origin} Fetches
   * them by key where the origin can, else reads it all.
   *
   * @param origin has the true values, under the cache's keys
   * @param entries how many are compared; 1 to 10,000. If 300 of them are right, fewer than 1 % of
   *     all are wrong, with a confidence of 95 %
   * @param seed decides which
   */
  public Freshness comparedWith(Source<Fingerprint> origin, int entries, long seed) {
    Objects.requireNonNull(origin, "origin");
    if (entries < 1 || entries > MOST_COMPARED) {
      throw new IllegalArgumentException(
          "entries must be 1 to " + MOST_COMPARED + ", was " + entries);
    }
    return new Freshness(limit, soon, warning, critical, new Comparison(origin, entries, seed));
  }

  private static Duration positive(Duration duration, String name) {
    if (duration.isZero() || duration.isNegative()) {
      throw new IllegalArgumentException(name + " must be positive, was " + duration);
    }
    return duration;
  }

  /**
   * {@return how fresh the cache is}
   *
   * @param subject which cache, for people
   * @param now the moment for which it is said
   * @throws io.runbook4j.spi.sync.FailureException if the cache or the origin cannot be read
   */
  public FreshnessReport check(String subject, Source<CacheEntry> cache, Instant now)
      throws InterruptedException {
    FreshnessTally tally = new FreshnessTally(subject, now, limit, soon);
    Optional<OriginSample> sample = Optional.ofNullable(comparison)
        .map(with -> new OriginSample(with.entries(), new SplittableRandom(with.seed())));
    Pages.each(cache, (page, i) -> {
      if (page.unreadable(i).isPresent()) {
        tally.unreadable(page.key(i), page.unreadable(i).get());
      } else {
        CacheEntry entry = page.value(i);
        tally.add(page.key(i), entry);
        sample.ifPresent(some -> some.add(page.key(i), entry));
      }
    });
    if (comparison != null && sample.isPresent()) {
      sample.get().compare(comparison.origin(), tally);
    }
    return tally.report(warning, critical);
  }
}
