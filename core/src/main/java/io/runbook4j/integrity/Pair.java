package io.runbook4j.integrity;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What two sides have of one key.
 *
 * @param source what the source has; null if nothing
 * @param target what the target has; null if nothing
 */
record Pair(@Nullable Seen source, @Nullable Seen target) {
  /** What comes of comparing them. */
  enum Verdict {
    EQUAL,
    MISSING,
    EXTRA,
    DIFFERENT,
    PENDING,
    UNREADABLE
  }

  /**
   * One side's item.
   *
   * @param fingerprint empty if it is there and cannot be read
   */
  record Seen(Optional<Fingerprint> fingerprint) {
    private static boolean changedAfter(@Nullable Seen seen, Instant watermark) {
      return seen != null
          && seen.fingerprint
              .flatMap(Fingerprint::changedAt)
              .filter(watermark::isBefore)
              .isPresent();
    }
  }

  /**
   * {@return what comes of comparing them}
   *
   * @param watermark what changed after it is on its way, and not wrong
   */
  Verdict verdict(Instant watermark) {
    if ((source != null && source.fingerprint().isEmpty())
        || (target != null && target.fingerprint().isEmpty())) {
      return Verdict.UNREADABLE;
    }
    if (source != null && target != null && isEqual(source, target)) {
      return Verdict.EQUAL;
    }
    if (Seen.changedAfter(source, watermark) || Seen.changedAfter(target, watermark)) {
      return Verdict.PENDING;
    }
    if (source != null && target != null) {
      return Verdict.DIFFERENT;
    }
    return source == null ? Verdict.EXTRA : Verdict.MISSING;
  }

  private static boolean isEqual(Seen source, Seen target) {
    return source.fingerprint().orElseThrow().hasSameValues(target.fingerprint().orElseThrow());
  }
}
