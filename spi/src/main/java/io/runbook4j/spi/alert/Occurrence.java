package io.runbook4j.spi.alert;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What an alert is part of: the trouble of one job from the first rule that fired until no rule
 * fires any more. Its severity rises with what fires, and falls, without a message, only when less
 * has fired for half an hour. Immutable.
 *
 * @param id identifies it, also after a restart; at most 255 characters
 * @param phase why a message is sent now
 * @param since when the first rule fired
 * @param ended when the last rule was resolved; present if the phase is {@link Phase#RESOLVED}
 * @param details what was seen, by name, such as {@code value}, {@code threshold},
 *     {@code failures}; sorted by name
 */
public record Occurrence(
    String id, Phase phase, Instant since, Optional<Instant> ended, Map<String, String> details) {
  private static final int LONGEST_ID = 255;

  /** Checks that the end is there when it is resolved, and only then. */
  public Occurrence {
    Objects.requireNonNull(phase, "phase");
    Objects.requireNonNull(since, "since");
    if (id.isEmpty() || id.length() > LONGEST_ID) {
      throw new IllegalArgumentException(
          "id must be 1 to " + LONGEST_ID + " characters, was " + id.length());
    }
    if (ended.isPresent() != (phase == Phase.RESOLVED)) {
      throw new IllegalArgumentException(
          "ended must be present if and only if the phase is RESOLVED, was " + ended + " and "
              + phase);
    }
    details = Collections.unmodifiableMap(new TreeMap<>(details));
  }

  /** Why a message is sent. */
  public enum Phase {
    /** The first rule of the job fires. */
    OPENED,
    /** A rule of a higher severity fires, or data was found corrupt besides. */
    RAISED,
    /** Nothing has changed for the repeat interval, and it still fires. */
    REPEATED,
    /** No rule fires any more. */
    RESOLVED,
    /** Somebody has taken it on; it still fires. */
    ACKNOWLEDGED
  }
}
