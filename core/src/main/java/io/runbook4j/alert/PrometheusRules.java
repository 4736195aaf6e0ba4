package io.runbook4j.alert;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Writes rules as a Prometheus rules file, so that a server which has the same counts raises the
 * same alerts.
 *
 * <p>The server must see, for each job, gauges that hold what happened in the bucket before each
 * sample (not counters): {@code runbook4j_events}, {@code runbook4j_failures},
 * {@code runbook4j_user_events} and {@code runbook4j_user_failures} by user,
 * {@code runbook4j_latency_seconds_bucket} (one edge at each threshold and one above, each with
 * what is below it) and {@code _count}, {@code runbook4j_corruption_findings}; and gauges that hold
 * the newest value: {@code runbook4j_gauge} by name, {@code runbook4j_run_failed},
 * {@code runbook4j_failures_in_a_row}, {@code runbook4j_probe_failures_in_a_row},
 * {@code runbook4j_probe_seconds}, {@code runbook4j_last_success_timestamp_seconds} and the like;
 * all with a label {@code job}.
 *
 * <p>Prometheus has no level below which an alert clears, nor a notion of too little to say
 * anything: the alerts are the same for rules with {@code clearBelow(1)}. What it cannot say at all
 * (affected users by UTC day, recovery time) stands there as a comment.
 */
public final class PrometheusRules {
  private PrometheusRules() {}

  /**
   * {@return the file, in YAML} Durations are in seconds.
   *
   * @param job the job's name
   * @param rules its rules
   * @param every how far apart the samples are; at most the step of every rule (10 s for windows up
   *     to an hour)
   */
  public static String of(String job, List<Rule> rules, Duration every) {
    Words.positive("every", every);
    StringBuilder yaml = new StringBuilder("groups:\n");
    PromQl promql = new PromQl(job, every);
    for (Tier tier : Tier.values()) {
      List<String> written = new ArrayList<>();
      rules.stream()
          .filter(rule -> rule.condition().step() == tier)
          .forEach(rule -> written.add(write(rule, promql)));
      if (!written.isEmpty()) {
        if (every.toMillis() > tier.millis()) {
          throw new IllegalArgumentException("every must be at most "
              + Duration.ofMillis(tier.millis()) + " for these rules, was " + every);
        }
        yaml.append("- name: ")
            .append(PromQl.quoted("runbook4j " + job + " " + tier.name().toLowerCase(Locale.ROOT)))
            .append("\n  interval: ")
            .append(tier.millis() / 1_000)
            .append("s\n  rules:\n");
        written.forEach(yaml::append);
      }
    }
    return yaml.toString();
  }

  private static String write(Rule rule, PromQl promql) {
    return rule.condition()
        .promql(promql)
        .map(expression -> "  - alert: " + PromQl.quoted(rule.name())
            + "\n    expr: " + PromQl.quoted(expression)
            + duration("for", rule.pendingMillis())
            + duration("keep_firing_for", rule.keepMillis())
            + "\n    labels:\n      severity: " + rule.severity()
            + "\n      job: " + PromQl.quoted(literal(promql.job())) + "\n")
        .orElseGet(() ->
            "  # " + rule.name().replaceAll("\\p{Cntrl}", " ") + ": Prometheus cannot say this\n");
  }

  /** {@return the text as a template that gives it: a label's value is one to Prometheus} */
  private static String literal(String text) {
    return text.replace("{{", "{{ \"{{\" }}");
  }

  private static String duration(String name, long millis) {
    return millis == 0 ? "" : "\n    " + name + ": " + PromQl.seconds(Duration.ofMillis(millis));
  }
}
