package io.runbook4j.alert;

import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.ledger.Counts;
import java.util.Optional;

/** A threshold over a run. Immutable. A rule raises one alert a run. */
public final class Rule {
  private final long mostFailures;
  private final Severity severity;

  private Rule(long mostFailures, Severity severity) {
    this.mostFailures = mostFailures;
    this.severity = severity;
  }

  /**
   * {@return a rule that warns when more than {@code most} items of a run have failed; at least 0}
   */
  public static Rule failuresInRunOver(long most) {
    if (most < 0) {
      throw new IllegalArgumentException("most must be at least 0, was " + most);
    }
    return new Rule(most, Severity.WARNING);
  }

  /** {@return this rule with another severity; default WARNING} */
  public Rule severity(Severity severity) {
    return new Rule(mostFailures, severity);
  }

  /** {@return the rule's name} */
  public String name() {
    return "failures-in-run-over-" + mostFailures;
  }

  /** {@return the alert, if the counts are over the threshold} */
  public Optional<Alert> check(String job, Counts counts) {
    if (counts.failed() <= mostFailures) {
      return Optional.empty();
    }
    String text = counts.failed() + " items of job " + job + " have failed in this run, more than "
        + mostFailures + "; look at the reasons in the report, then rerun the failed ones";
    return Optional.of(new Alert(name(), severity, job, text));
  }
}
