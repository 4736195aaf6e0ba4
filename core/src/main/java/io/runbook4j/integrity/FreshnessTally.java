package io.runbook4j.integrity;

import io.runbook4j.spi.ledger.Finding;
import io.runbook4j.spi.sync.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Counts what a look at a cache sees. */
final class FreshnessTally {
  private final Instant now;
  private final Instant stillFresh;
  private final Instant soonEnds;
  private final Tally stale;
  private final Tally ending;
  private final Tally differing;
  private final Tally newer;
  private final Tally unreadable;
  private Duration oldest = Duration.ZERO;
  private long entries;
  private long compared;

  FreshnessTally(String subject, Instant now, Duration limit, Duration soon) {
    this.now = now;
    this.stillFresh = now.minus(limit);
    this.soonEnds = now.plus(soon);
    stale = tally("stale", subject, false);
    ending = tally("ending-soon", subject, false);
    differing = tally("differs-from-origin", subject, false);
    newer = tally("newer-than-origin", subject, true);
    unreadable = tally("unreadable", subject, false);
  }

  private static Tally tally(String name, String subject, boolean corruption) {
    return new Tally(name, subject, corruption, Checks.DEFAULT_SAMPLES);
  }

  void add(String key, CacheEntry entry) {
    entries++;
    boolean old = entry.refreshed().filter(at -> at.isBefore(stillFresh)).isPresent();
    boolean ended = entry.expires().filter(at -> !at.isAfter(now)).isPresent();
    if (old || ended) {
      stale.add(key
          + (ended ? " ended " + entry.expires().get() : "")
          + (old ? " refreshed " + entry.refreshed().get() : ""));
    }
    if (!ended) {
      entry
          .expires()
          .filter(at -> at.isBefore(soonEnds))
          .ifPresent(at -> ending.add(key + " ends " + at));
    }
    entry.refreshed().ifPresent(at -> {
      Duration age = Duration.between(at, now);
      oldest = age.compareTo(oldest) > 0 ? age : oldest;
    });
  }

  void unreadable(String key, Failure failure) {
    unreadable.add(key + ": " + failure.message());
  }

  void unknown(String key) {
    unreadable.add(key + ": unreadable in the origin");
  }

  void differs(String sample) {
    compared++;
    differing.add(sample);
  }

  void compared(String key, Fingerprint cached, Fingerprint origin) {
    if (cached.hasSameValues(origin)) {
      compared++;
      return;
    }
    differs(key);
    boolean known = cached.changedAt().isPresent() && origin.changedAt().isPresent();
    if (known && cached.changedAt().get().isAfter(origin.changedAt().get())) {
      newer.add(key + " changed " + cached.changedAt().get() + ", in the origin "
          + origin.changedAt().get());
    }
  }

  FreshnessReport report(double warning, double critical) {
    FreshnessReport.Level level = level(share(stale), warning, critical);
    List<Finding> findings = new ArrayList<>();
    if (level != FreshnessReport.Level.FRESH) {
      stale.finding().ifPresent(findings::add);
    }
    if (share(ending) > warning) {
      ending.finding().ifPresent(findings::add);
    }
    List.of(differing, newer, unreadable)
        .forEach(tally -> tally.finding().ifPresent(findings::add));
    return new FreshnessReport(this, level, findings);
  }

  private static FreshnessReport.Level level(double share, double warning, double critical) {
    if (share > critical) {
      return FreshnessReport.Level.CRITICAL;
    }
    return share > warning ? FreshnessReport.Level.WARNING : FreshnessReport.Level.FRESH;
  }

  private double share(Tally part) {
    return entries == 0 ? 0 : (double) part.total() / entries;
  }

  long entries() {
    return entries;
  }

  long stale() {
    return stale.total();
  }

  long ending() {
    return ending.total();
  }

  long comparedEntries() {
    return compared;
  }

  long differing() {
    return differing.total();
  }

  Duration oldest() {
    return oldest;
  }
}
