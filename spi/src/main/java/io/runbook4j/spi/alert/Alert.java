package io.runbook4j.spi.alert;

import java.util.Objects;

/**
 * One crossing of a threshold.
 *
 * @param rule the rule's name; the same rule and job make the same alert
 * @param severity how bad it is
 * @param job the job's name
 * @param text what was seen, what the threshold is, and what to do, for a person
 */
public record Alert(String rule, Severity severity, String job, String text) {
  /** Checks that nothing is missing. */
  public Alert {
    Objects.requireNonNull(rule, "rule");
    Objects.requireNonNull(severity, "severity");
    Objects.requireNonNull(job, "job");
    Objects.requireNonNull(text, "text");
  }
}
