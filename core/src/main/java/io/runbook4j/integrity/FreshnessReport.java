package io.runbook4j.integrity;

import io.runbook4j.spi.ledger.Finding;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** How fresh a cache is. Immutable. */
public final class FreshnessReport {
  /** What the share of stale entries means. */
  public enum Level {
    /** Not too many. */
    FRESH,
    /** Above the first share. */
    WARNING,
    /** Above the second share. */
    CRITICAL
  }

  private final long entries;
  private final long stale;
  private final long ending;
  private final long compared;
  private final long differing;
  private final Duration oldest;
  private final Level level;
  private final List<Finding> findings;

  FreshnessReport(FreshnessTally tally, Level level, List<Finding> findings) {
    this.entries = tally.entries();
    this.stale = tally.stale();
    this.ending = tally.ending();
    this.compared = tally.comparedEntries();
    this.differing = tally.differing();
    this.oldest = tally.oldest();
    this.level = level;
    this.findings = List.copyOf(findings);
  }

  /** {@return how many entries could be read} */
  public long entries() {
    return entries;
  }

  /** {@return how many of them are stale} */
  public long stale() {
    return stale;
  }

  /** {@return the share of stale entries, 0 to 1; 0 of an empty cache} */
  public double staleShare() {
    return share(stale, entries);
  }

  /** {@return how many end soon and have not ended} */
  public long ending() {
    return ending;
  }

  /** {@return the share of entries that end soon, 0 to 1; 0 of an empty cache} */
  public double endingShare() {
    return share(ending, entries);
  }

  /** {@return how many entries were compared with the origin} */
  public long compared() {
    return compared;
  }

  /** {@return how many of those differ, or are not in the origin} */
  public long differing() {
    return differing;
  }

  /** {@return the share of the compared entries that differ, 0 to 1; 0 if none were compared} */
  public double differingShare() {
    return share(differing, compared);
  }

  /** {@return how long ago the oldest entry was refreshed; zero if that is known of none} */
  public Duration oldest() {
    return oldest;
  }

  /** {@return what the share of stale entries means} */
  public Level level() {
    return level;
  }

  /**
   * {@return what is wrong} {@code stale} and {@code ending-soon} if their share is too large,
   * {@code differs-from-origin}, {@code unreadable}; none of them corruption. An entry that differs
   * and changed after its origin did is {@code newer-than-origin} too, and that is.
   */
  public List<Finding> findings() {
    return findings;
  }

  private static double share(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  /** {@return the numbers on one line, for a person} */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s: %d of %d stale (%.1f %%), %d end soon (%.1f %%), %d of %d differ, oldest %s",
        level,
        stale,
        entries,
        100 * staleShare(),
        ending,
        100 * endingShare(),
        differing,
        compared,
        oldest);
  }
}
