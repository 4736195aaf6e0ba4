package io.runbook4j.alert;

import io.runbook4j.alert.Reading.Verdict;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Failed events by all events in a sliding window, at least {@code share}.
 *
 * @param share the threshold
 * @param window the window
 * @param also a shorter window over which the same must hold
 * @param minEvents below so many events it says nothing
 * @param minFailures below so many failures it does not breach
 */
record FailureRate(
    double share, Duration window, Optional<Duration> also, long minEvents, long minFailures)
    implements Condition {
  static FailureRate of(double share, Duration window) {
    return new FailureRate(
        Words.share("share", share), Tier.window("window", window), Optional.empty(), 20, 5);
  }

  @Override
  public Condition minimum(long events, long failures) {
    return new FailureRate(
        share,
        window,
        also,
        Words.atLeast("events", 1, events),
        Words.atLeast("failures", 1, failures));
  }

  @Override
  public Condition alsoOver(Duration shorter) {
    Tier.window("alsoOver", shorter);
    if (shorter.compareTo(window) >= 0) {
      throw new IllegalArgumentException(
          "alsoOver must be shorter than the window (" + window + "), was " + shorter);
    }
    return new FailureRate(share, window, Optional.of(shorter), minEvents, minFailures);
  }

  @Override
  public String slug() {
    return "failure-rate-" + Words.percent(share) + "pct-" + Words.shortly(window)
        + also.map(shorter -> "-and-" + Words.shortly(shorter)).orElse("");
  }

  @Override
  public Tier step() {
    return Tier.of(window);
  }

  @Override
  public void declare(Needs needs, double clear) {
    needs.counts(window);
    also.ifPresent(needs::counts);
  }

  @Override
  public Reading read(JobSeries series, long end, double clear) {
    long events = series.events(end, window);
    long failures = series.failures(end, window);
    double value = failures / (double) events;
    if (events < minEvents) {
      return new Reading(Verdict.QUIET, value, failures, events);
    }
    Verdict verdict = Reading.atLeast(value, share, clear);
    if (verdict == Verdict.BREACH && failures < minFailures) {
      verdict = Verdict.HOLD;
    }
    if (also.isPresent() && verdict != Verdict.CLEAR) {
      verdict = both(verdict, series, end, clear);
    }
    return new Reading(verdict, value, failures, events);
  }

  private Verdict both(Verdict verdict, JobSeries series, long end, double clear) {
    Duration shorter = also.orElseThrow();
    long events = series.events(end, shorter);
    if (events == 0) {
      return Verdict.QUIET;
    }
    double value = series.failures(end, shorter) / (double) events;
    Verdict second = Reading.atLeast(value, share, clear);
    return second == Verdict.BREACH ? verdict : second;
  }

  @Override
  public String text(Reading reading) {
    return Words.percent(reading.value()) + " % of the events failed in the last "
        + Words.shortly(window) + " (" + Words.number(reading.part(), 0) + " of "
        + Words.number(reading.whole(), 0) + "); the limit is below " + Words.percent(share) + " %";
  }

  @Override
  public Map<String, String> details() {
    Map<String, String> details = new TreeMap<>();
    details.put("threshold", String.valueOf(share));
    details.put("window", window.toString());
    also.ifPresent(shorter -> details.put("alsoOver", shorter.toString()));
    return details;
  }

  /**
   * The window fills with failures at rate r instead of b: its ratio is b + (r-b)t/W and meets T at
   * t = W(T-b)/(r-b).
   */
  @Override
  public Optional<Duration> timeToDetect(double rate, double baseline) {
    return Ramp.between(baseline, rate).reaching(share, window);
  }

  @Override
  public Optional<Duration> timeToReset(double rate, double baseline, double clear) {
    return Ramp.between(rate, baseline).reaching(share * clear, also.orElse(window));
  }

  @Override
  public Duration quietAfter() {
    return also.orElse(window);
  }

  @Override
  public Optional<String> promql(PromQl promql) {
    String events = promql.sum("events", window);
    String failures = promql.sum("failures", window);
    String shorter = also.map(it -> " and " + promql.sum("failures", it) + " / "
            + promql.sum("events", it) + " >= " + share)
        .orElse("");
    return Optional.of(failures + " / " + events + " >= " + share + " and " + events + " >= "
        + minEvents + " and " + failures + " >= " + minFailures + shorter);
  }
}
