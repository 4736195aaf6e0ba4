package io.runbook4j.alert;

import io.runbook4j.alert.Reading.Verdict;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Users with a failure by users with any event in a sliding window, at least {@code share}.
 *
 * @param share the threshold
 * @param window the window
 * @param minUsers below so many users it says nothing
 * @param minFailures below so many failed users it does not breach
 */
record UserRate(double share, Duration window, long minUsers, long minFailures)
    implements Condition {
  static UserRate of(double share, Duration window) {
    return new UserRate(
        Words.share("share", share), Tier.window("window", window, Tier.MINUTES), 20, 5);
  }

  @Override
  public Condition minimum(long events, long failures) {
    return new UserRate(
        share, window, Words.atLeast("events", 1, events), Words.atLeast("failures", 1, failures));
  }

  @Override
  public String slug() {
    return "user-failure-rate-" + Words.percent(share) + "pct-" + Words.shortly(window);
  }

  @Override
  public Tier step() {
    return Tier.MINUTES;
  }

  @Override
  public void declare(Needs needs, double clear) {
    needs.allUsers(window);
  }

  @Override
  public Reading read(JobSeries series, long end, double clear) {
    long users = series.usersSeen(end - window.toMillis());
    long failed = series.usersFailed(end - window.toMillis());
    double value = failed / (double) users;
    if (users < minUsers) {
      return new Reading(Verdict.QUIET, value, failed, users);
    }
    Verdict verdict = Reading.atLeast(value, share, clear);
    if (verdict == Verdict.BREACH && failed < minFailures) {
      verdict = Verdict.HOLD;
    }
    return new Reading(verdict, value, failed, users);
  }

  @Override
  public String text(Reading reading) {
    return Words.percent(reading.value()) + " % of the users had a failure in the last "
        + Words.shortly(window) + " (" + Words.number(reading.part(), 0) + " of "
        + Words.number(reading.whole(), 0) + "); the limit is below " + Words.percent(share) + " %";
  }

  @Override
  public Map<String, String> details() {
    return Map.of("threshold", String.valueOf(share), "window", window.toString());
  }

  @Override
  public Duration quietAfter() {
    return window;
  }

  @Override
  public Optional<String> promql(PromQl promql) {
    String users = promql.users("user_events", window);
    String failed = promql.users("user_failures", window);
    return Optional.of(failed + " / " + users + " >= " + share + " and " + users + " >= " + minUsers
        + " and " + failed + " >= " + minFailures);
  }
}
