package io.runbook4j.spi.ledger;

import java.util.Objects;
import java.util.Optional;

/**
 * Why a run exists, and which items it is about.
 *
 * @param kind what kind of run it is
 * @param parent the run whose items it reruns; present if the kind is {@link Kind#RERUN_FAILED}
 * @param filter which of the failed or outstanding items it reruns
 * @param reason why a person asked for it; empty if nobody had to say
 */
public record RunOrigin(Kind kind, Optional<RunId> parent, ItemFilter filter, String reason) {
  private static final RunOrigin FULL =
      new RunOrigin(Kind.FULL, Optional.empty(), ItemFilter.all(), "");

  /** Checks that a rerun of failed items names its parent, and a replay its reason. */
  public RunOrigin {
    Objects.requireNonNull(filter, "filter");
    if (kind == Kind.RERUN_FAILED && parent.isEmpty()) {
      throw new IllegalArgumentException("parent must be present for RERUN_FAILED, was empty");
    }
    if (kind == Kind.REPLAY && reason.isBlank()) {
      throw new IllegalArgumentException(
          "reason must be non-blank for a replay, was \"" + reason + "\"");
    }
  }

  /** {@return a run over the whole source} */
  public static RunOrigin full() {
    return FULL;
  }

  /** What kind of run it is. */
  public enum Kind {
    /** Over the whole source. */
    FULL,
    /** Over the failed items of one run that are still outstanding. */
    RERUN_FAILED,
    /** Over the outstanding items of the job. */
    RERUN_OUTSTANDING,
    /**
     * Over the whole source once more, those that succeeded included, for a reason that is
     * recorded.
     */
    REPLAY
  }
}
