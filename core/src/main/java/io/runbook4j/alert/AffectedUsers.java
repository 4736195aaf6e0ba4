package io.runbook4j.alert;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Users with at least one failure, at least so many.
 *
 * @param users the threshold
 * @param window the sliding window; a day where it counts by UTC day
 * @param utcDay whether it counts from midnight UTC on, instead of the window
 */
record AffectedUsers(long users, Duration window, boolean utcDay) implements Condition {
  static AffectedUsers of(long users, Duration window, boolean utcDay) {
    if (users < 1 || users > UserTable.MOST - UserTable.MOST / 100) {
      throw new IllegalArgumentException(
          "users must be 1 to " + (UserTable.MOST - UserTable.MOST / 100) + ", was " + users);
    }
    return new AffectedUsers(users, Tier.window("window", window, Tier.MINUTES), utcDay);
  }

  @Override
  public String slug() {
    return "affected-users-" + users + "-" + (utcDay ? "utc-day" : Words.shortly(window));
  }

  @Override
  public Tier step() {
    return Tier.MINUTES;
  }

  @Override
  public void declare(Needs needs, double clear) {
    needs.failedUsers(window);
  }

  @Override
  public Reading read(JobSeries series, long end, double clear) {
    long since = utcDay ? series.utcMidnightBefore(end) : end - window.toMillis();
    long failed = series.usersFailed(since);
    return new Reading(
        Reading.atLeast((double) failed, (double) users, clear), (double) failed, 0, 0);
  }

  @Override
  public String text(Reading reading) {
    return Words.number(reading.value(), 0) + " users had a failure "
        + (utcDay ? "since midnight UTC" : "in the last " + Words.shortly(window))
        + "; the limit is below " + users;
  }

  @Override
  public Map<String, String> details() {
    return Map.of(
        "threshold", String.valueOf(users), "window", utcDay ? "UTC day" : window.toString());
  }

  @Override
  public Optional<String> promql(PromQl promql) {
    return utcDay
        ? Optional.empty()
        : Optional.of(promql.users("user_failures", window) + " >= " + users);
  }
}
