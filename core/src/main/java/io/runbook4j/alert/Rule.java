package io.runbook4j.alert;

import io.runbook4j.alert.Reading.Verdict;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.ledger.Counts;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A threshold, and what to make of its crossing. Immutable.
 *
 * <p><b>When it decides.</b> A rule over a window decides at the ends of buckets only, where the
 * window is exact: each 10 s for windows up to an hour, each minute up to a day, each hour up to 31
 * days; a window is a whole number of those. An event belongs to the bucket that begins at or
 * before it. Rules over single signals (health checks, gauges, runs, findings) decide as these
 * come.
 *
 * <p><b>States.</b> Inactive; pending, from the first decision at which the threshold is reached;
 * firing, from the first at which it has been pending for {@link #pendingFor}; resolved, from the
 * first at which it has been clear for {@link #keepFiring}. It is clear below {@link #clearBelow}
 * of the threshold; in between it stays what it is. When too little happens to say anything it is
 * neither: a firing rule is then resolved only after its whole window has passed so.
 */
public final class Rule {
  private final Condition condition;
  private final String name;
  private final Severity severity;
  private final Duration pendingFor;
  private final Duration keepFiring;
  private final double clearShare;

  private Rule(
      Condition condition,
      String name,
      Severity severity,
      Duration pendingFor,
      Duration keepFiring,
      double clearShare) {
    this.condition = condition;
    this.name = name;
    this.severity = severity;
    this.pendingFor = pendingFor;
    this.keepFiring = keepFiring;
    this.clearShare = clearShare;
  }

  private static Rule on(Condition condition) {
    return new Rule(
        condition, condition.slug(), Severity.WARNING, Duration.ZERO, Duration.ZERO, 0.8);
  }

  private Rule with(Condition changed) {
    String newName = name.equals(condition.slug()) ? changed.slug() : name;
    return new Rule(changed, newName, severity, pendingFor, keepFiring, clearShare);
  }

  /**
   * {@return a rule that fires when at least {@code share} of the events in a window failed} From
   * 20 events and 5 failures on; see {@link #minimum}.
   *
   * @param share above 0, at most 1
   * @param window at most 31 days
   */
  public static Rule failureRate(double share, Duration window) {
    return on(FailureRate.of(share, window));
  }

  /**
   * {@return a rule that fires when at least {@code share} of the users that had an event in a
   * window had one that failed} From 20 users and 5 failed ones on. Exact up to 100,000 users.
   *
   * @param share above 0, at most 1
   * @param window whole minutes, at most 31 days
   */
  public static Rule userFailureRate(double share, Duration window) {
    return on(UserRate.of(share, window));
  }

  /**
   * {@return a rule that fires when at least so many different users had a failure in a sliding
   * window}
   *
   * @param users 1 to 99,000
   * @param window whole minutes, at most 31 days
   */
  public static Rule affectedUsers(long users, Duration window) {
    return on(AffectedUsers.of(users, window, false));
  }

  /**
   * {@return a rule that fires when at least so many different users had a failure since midnight
   * UTC}
   *
   * @param users 1 to 99,000
   */
  public static Rule affectedUsersOfUtcDay(long users) {
    return on(AffectedUsers.of(users, Duration.ofDays(1), true));
  }

  /**
   * {@return a rule that fires when the share of failed events of the last hour is at least so much
   * above that of the hour before} From 2,000 events in each hour on, and where the difference is
   * at least 3.7 standard errors, so that chance seldom fires it.
   *
   * @param pointsAnHour 0.005 is half a percentage point
   */
  public static Rule failureTrend(double pointsAnHour) {
    return on(FailureTrend.of(pointsAnHour));
  }

  /**
   * {@return a rule that warns when more than {@code most} items of a run have failed; at least 0}
   */
  public static Rule failuresInRunOver(long most) {
    return on(RunFailures.of(most));
  }

  /** {@return a rule that fires when so many events in a row have failed; at least 1} */
  public static Rule failuresInARow(int count) {
    return on(Streak.of(count, Streak.Of.EVENTS));
  }

  /** {@return a rule that fires when so many health checks in a row have failed; at least 1} */
  public static Rule probesFailedInARow(int count) {
    return on(Streak.of(count, Streak.Of.PROBES));
  }

  /** {@return a rule that fires when a health check took longer} */
  public static Rule probeSlowerThan(Duration limit) {
    return on(SlowProbe.of(limit));
  }

  /**
   * {@return a rule that fires when a quantile of the latencies in a window is at least the
   * threshold} From 20 latencies on.
   *
   * @param quantile 0.95 for the 95th percentile
   * @param threshold in whole microseconds
   * @param window whole minutes, at most an hour
   */
  public static Rule latencyAtLeast(double quantile, Duration threshold, Duration window) {
    return on(LatencyQuantile.of(quantile, threshold, window));
  }

  /**
   * {@return a rule that fires when the gauge {@code part} is more than {@code share} of the gauge
   * {@code whole}} So is something of nothing, however large the share.
   */
  public static Rule gaugeShareOver(String part, String whole, double share) {
    return on(GaugeShare.of(part, whole, share));
  }

  /**
   * {@return a rule that fires when the error budget burns at least {@code factor} times as fast as
   * it may, over a long window and a short one} The short one, a twelfth of the long, resets it.
   *
   * <p>Source of the method: the SRE workbook, "Alerting on SLOs".
   *
   * @param objective 0.999 for three nines; above 0, below 1
   * @param factor at least 1; its budget's share must not be above everything
   * @param window the long one; at most 31 days, and a twelfth of it must be a window too
   */
  public static Rule budgetBurn(double objective, double factor, Duration window) {
    if (!(objective > 0 && objective < 1)) {
      throw new IllegalArgumentException("objective must be above 0 and below 1, was " + objective);
    }
    if (!(factor >= 1 && factor < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("factor must be at least 1 and finite, was " + factor);
    }
    double share = BigDecimal.ONE
        .subtract(BigDecimal.valueOf(objective))
        .multiply(BigDecimal.valueOf(factor))
        .doubleValue();
    return on(FailureRate.of(share, window))
        .alsoOver(window.dividedBy(12))
        .name("budget-burn-" + Words.number(factor, 2) + "x-" + Words.shortly(window));
  }

  /**
   * {@return a rule that fires when a signal has not come for so long; before it first came, since
   * the job is watched} A success counts to 10 s.
   */
  public static Rule absenceOf(Signal signal, Duration longest) {
    return on(Absence.of(signal, longest));
  }

  /**
   * {@return a rule that fires when data was found corrupt within the last 24 hours} It is resolved
   * then, or as soon as somebody says that the data is intact. Its severity is SEV1.
   */
  public static Rule corruption() {
    return on(new Corruption()).severity(Severity.SEV1);
  }

  /**
   * {@return a rule that fires when other rules of the job, of SEV3 or higher, have fired for so
   * long}
   */
  public static Rule notRecoveredIn(Duration limit) {
    return on(Unrecovered.of(limit));
  }

  /**
   * {@return this rule with another name, of 1 to 500 characters; default one made from what it
   * says}
   */
  public Rule name(String name) {
    return new Rule(
        condition, Words.named("name", name), severity, pendingFor, keepFiring, clearShare);
  }

  /** {@return this rule with another severity; default WARNING} */
  public Rule severity(Severity severity) {
    Objects.requireNonNull(severity, "severity");
    return new Rule(condition, name, severity, pendingFor, keepFiring, clearShare);
  }

  /** {@return this rule, which fires only after it was pending for so long; default zero} */
  public Rule pendingFor(Duration pendingFor) {
    Duration checked = notNegative("pendingFor", pendingFor);
    return new Rule(condition, name, severity, checked, keepFiring, clearShare);
  }

  /** {@return this rule, which is resolved only after it was clear for so long; default zero} */
  public Rule keepFiring(Duration keepFiring) {
    Duration checked = notNegative("keepFiring", keepFiring);
    return new Rule(condition, name, severity, pendingFor, checked, clearShare);
  }

  private static Duration notNegative(String what, Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException(what + " must be at least 0, was " + value);
    }
    return value;
  }

  /**
   * {@return this rule, which clears below another share of the threshold} Default 0.8: a rule at
   * 10 % clears below 8 %. With 1 it resolves as Prometheus would: at the first decision at which
   * it would not fire, its guards included. Rules that count single signals clear below the
   * threshold whatever this is.
   *
   * @param share above 0, at most 1
   */
  public Rule clearBelow(double share) {
    return new Rule(
        condition, name, severity, pendingFor, keepFiring, Words.share("clearBelow", share));
  }

  /**
   * {@return this rule with other guards: below so many events it says nothing, below so many
   * failures it does not fire} A rate alone would page on 1 of 2. For rules over rates, trends and
   * percentiles.
   *
   * @throws IllegalArgumentException if it is another kind of rule
   */
  public Rule minimum(long events, long failures) {
    return with(condition.minimum(events, failures));
  }

  /**
   * {@return this rule, which must hold over a shorter window too} A long window fires for nearly
   * its whole length after trouble is over; a companion of a twelfth of it ends that. For rules
   * over the rate of failed events.
   *
   * @throws IllegalArgumentException if it is another kind of rule, or not shorter
   */
  public Rule alsoOver(Duration shorter) {
    return with(condition.alsoOver(shorter));
  }

  /** {@return the rule's name} */
  public String name() {
    return name;
  }

  /** {@return how bad it is} */
  public Severity severity() {
    return severity;
  }

  /**
   * {@return how long it takes from the beginning of trouble until the rule fires, guards left
   * aside} Empty if it never does, or if that does not follow from the rates. At most one step of
   * the rule is to be added.
   *
   * @param failureRate the share of events that fail during the trouble, 0 to 1
   * @param baseline the share before
   */
  public Optional<Duration> timeToDetect(double failureRate, double baseline) {
    return condition.timeToDetect(failureRate, baseline).map(pendingFor::plus);
  }

  /**
   * {@return how long the rule goes on firing when trouble that filled its window is over} Empty if
   * it never stops, or if that does not follow from the rates.
   *
   * @param failureRate the share of events that failed during the trouble, 0 to 1
   * @param baseline the share afterwards
   */
  public Optional<Duration> timeToReset(double failureRate, double baseline) {
    return condition.timeToReset(failureRate, baseline, clearShare).map(keepFiring::plus);
  }

  /**
   * {@return the most bytes that a watch keeps for this rule and one job} Rules of a job share what
   * they have in common.
   */
  public long memoryBytes() {
    return Needs.of(List.of(this)).bytes();
  }

  /**
   * {@return the alert of a rule over a run's failed items, if the counts are over the threshold;
   * empty for every other rule, which needs a {@link Watch}}
   */
  public Optional<Alert> check(String job, Counts counts) {
    if (!(condition instanceof RunFailures inRun)) {
      return Optional.empty();
    }
    if (inRun.read(counts.failed()).verdict() != Verdict.BREACH) {
      return Optional.empty();
    }
    boolean isOne = counts.failed() == 1;
    String text = counts.failed() + (isOne ? " item" : " items") + " of job " + job
        + (isOne ? " has" : " have") + " failed in this run, more than "
        + inRun.most() + "; look at the reasons in the report, then rerun the failed ones";
    return Optional.of(new Alert(name, severity, job, text));
  }

  /**
   * {@return whether the rule looks beyond one run, and is applied by a {@link Watch} rather than
   * by {@link #check}}
   */
  public boolean needsWatch() {
    return !(condition instanceof RunFailures);
  }

  /** {@return whether it fires when data was found corrupt, as {@link #corruption} does} */
  public boolean isOnCorruption() {
    return condition instanceof Corruption;
  }

  Condition condition() {
    return condition;
  }

  double clearShare() {
    return clearShare;
  }

  long pendingMillis() {
    return pendingFor.toMillis();
  }

  long keepMillis() {
    return keepFiring.toMillis();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Rule that
        && condition.equals(that.condition)
        && name.equals(that.name)
        && severity == that.severity
        && pendingFor.equals(that.pendingFor)
        && keepFiring.equals(that.keepFiring)
        && clearShare == that.clearShare;
  }

  @Override
  public int hashCode() {
    return Objects.hash(condition, name, severity, pendingFor, keepFiring, clearShare);
  }

  @Override
  public String toString() {
    return "Rule[" + name + ", " + severity + "]";
  }

  /** What can be absent. */
  public enum Signal {
    /** An event that succeeded. */
    SUCCESS,
    /** The end of a run that COMPLETED. */
    RUN,
    /** The answer of a health check, good or bad. */
    PROBE
  }
}
