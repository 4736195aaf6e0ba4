package io.runbook4j.spi.alert;

import java.util.Objects;
import java.util.Optional;

/**
 * One crossing of a threshold.
 *
 * @param rule the rule's name; the same rule and job make the same alert
 * @param severity how bad it is
 * @param job the job's name
 * @param text what was seen, what the threshold is, and what to do, for a person
 * @param occurrence since when it has been so, and what it is part of; empty for an alert that a
 *     run raises once and nobody resolves
 */
public record Alert(
    String rule, Severity severity, String job, String text, Optional<Occurrence> occurrence) {
  /** Checks that nothing is missing. */
  public Alert {
    Objects.requireNonNull(rule, "rule");
    Objects.requireNonNull(severity, "severity");
    Objects.requireNonNull(job, "job");
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(occurrence, "occurrence");
  }

  /** An alert that is raised once and never resolved. */
  public Alert(String rule, Severity severity, String job, String text) {
    this(rule, severity, job, text, Optional.empty());
  }

  /**
   * {@return what all messages about the same trouble share, and no others: the occurrence's id, or
   * job and rule} Where a channel can replace or close an earlier message, it does so by this.
   */
  public String dedupKey() {
    return occurrence.map(Occurrence::id).orElseGet(() -> job + "/" + rule);
  }

  /** {@return whether the trouble is over} */
  public boolean isResolved() {
    return occurrence.filter(it -> it.phase() == Occurrence.Phase.RESOLVED).isPresent();
  }
}
