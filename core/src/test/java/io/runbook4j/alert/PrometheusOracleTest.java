package io.runbook4j.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same series through Prometheus' own rule engine and through ours. */
class PrometheusOracleTest {
  private static final String JOB = "resume \"sync\"";
  private static final Duration TEN_SECONDS = Duration.ofSeconds(10);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @TempDir
  Path folder;

  @BeforeAll
  static void promtoolIsThere() {
    boolean found = Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
        .anyMatch(entry -> Files.isExecutable(Path.of(entry, "promtool")));
    assumeTrue(found, "no promtool on PATH (Debian package prometheus): rules were not compared");
  }

  private static List<Rule> plain(List<Rule> rules) {
    return rules.stream().map(rule -> rule.clearBelow(1)).toList();
  }

  private static List<Rule> fineRules() {
    return plain(List.of(
        Rule.failureRate(0.07, Duration.ofMinutes(30)),
        Rule.failureRate(0.02, Duration.ofMinutes(60)).minimum(500, 5),
        Rule.failureRate(0.25, Duration.ofMinutes(15))
            .pendingFor(Duration.ofSeconds(60))
            .keepFiring(Duration.ofSeconds(90)),
        Rule.failureRate(0.1, Duration.ofMinutes(30)).alsoOver(Duration.ofMinutes(5)),
        Rule.failureRate(0.3, Duration.ofMinutes(1)).minimum(2, 2),
        Rule.budgetBurn(0.999, 14.4, Duration.ofHours(1)),
        Rule.failuresInARow(3),
        Rule.absenceOf(Rule.Signal.SUCCESS, Duration.ofMinutes(2)),
        Rule.gaugeShareOver("part", "whole", 0.25),
        Rule.probesFailedInARow(3),
        Rule.probeSlowerThan(Duration.ofSeconds(5)),
        Rule.failuresInRunOver(5),
        Rule.corruption()));
  }

  private static List<Rule> minuteRules() {
    return plain(List.of(
        Rule.failureRate(0.05, Duration.ofHours(24)),
        Rule.budgetBurn(0.999, 6, Duration.ofHours(6)),
        Rule.failureTrend(0.005).minimum(200, 5),
        Rule.userFailureRate(0.5, Duration.ofMinutes(60)),
        Rule.affectedUsers(12, Duration.ofHours(2)).pendingFor(Duration.ofMinutes(3)),
        Rule.latencyAtLeast(0.95, Duration.ofSeconds(2), Duration.ofMinutes(30))));
  }

  @ParameterizedTest
  @ValueSource(longs = {1})
  void firing_randomSeriesOfTenSeconds_isPrometheus(long seed) throws Exception {
    compare(Scenario.random(TEN_SECONDS, 600, seed, false), fineRules(), 40, "seed " + seed);
  }

  @ParameterizedTest
  @ValueSource(longs = {3})
  void firing_randomSeriesOfMinutes_isPrometheus(long seed) throws Exception {
    compare(Scenario.random(MINUTE, 450, seed, true), minuteRules(), 80, "seed " + seed);
  }

  @ParameterizedTest
  @ValueSource(longs = {8})
  void firing_randomSeriesOfADay_isPrometheus(long seed) throws Exception {
    Scenario scenario = Scenario.random(MINUTE, 1_700, seed, false);

    compare(scenario, minuteRules().subList(0, 3), 200, "seed " + seed);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0})
  void firing_shareExactlyAtTheThreshold_isPrometheus(int extra) throws Exception {
    Scenario scenario = Scenario.exact(TEN_SECONDS, 420, 180, 0.07, extra, 5);

    compare(scenario, fineRules().subList(0, 6), 60, "extra " + extra);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0})
  void firing_dayExactlyAtTheThreshold_isPrometheus(int extra) throws Exception {
    Scenario scenario = Scenario.exact(MINUTE, 1_900, 1_440, 0.05, extra, 6);

    compare(scenario, minuteRules().subList(0, 3), 60, "extra " + extra);
  }

  @ParameterizedTest
  @ValueSource(longs = {7})
  void firing_monthOfHours_isPrometheus(long seed) throws Exception {
    List<Rule> rules = plain(List.of(
        Rule.failureRate(0.1, Duration.ofDays(30)).minimum(1_000, 5),
        Rule.budgetBurn(0.9, 1, Duration.ofDays(3))));

    compare(Scenario.random(Duration.ofHours(1), 1_000, seed, false), rules, 40, "seed " + seed);
  }

  /** Asks promtool at every change that we see, a step before and after, and here and there. */
  private void compare(Scenario scenario, List<Rule> rules, int samples, String which)
      throws IOException, InterruptedException {
    BackTest test = scenario.tell(BackTest.of(JOB, rules));
    Files.writeString(folder.resolve("rules.yml"), PrometheusRules.of(JOB, rules, scenario.every));
    StringBuilder tests = new StringBuilder("rule_files: [rules.yml]\n"
        + "evaluation_interval: " + scenario.every.toSeconds() + "s\ntests:\n- interval: "
        + scenario.every.toSeconds() + "s\n  input_series:\n"
        + scenario.inputSeries(JOB.replace("\"", "\\\"")) + "  alert_rule_test:\n");
    int checks = 0;
    for (Rule rule : rules) {
      for (int step : steps(scenario, test, rule, samples)) {
        tests.append(check(scenario, test, rule, step));
        checks++;
      }
    }
    Files.writeString(folder.resolve("tests.yml"), tests);

    String verdict = promtool();

    assertThat(checks).isGreaterThan(100);
    assertThat(test.firings())
        .as("nothing fired: nothing was compared, " + which)
        .isNotEmpty();
    assertThat(verdict).as(which).endsWith("SUCCESS");
  }

  private static Set<Integer> steps(Scenario scenario, BackTest test, Rule rule, int samples) {
    Set<Integer> steps = new TreeSet<>();
    for (int i = 1; i <= samples; i++) {
      steps.add(i * scenario.steps / samples);
    }
    for (BackTest.Firing firing : test.firings()) {
      if (firing.rule().equals(rule)) {
        around(steps, scenario, firing.from());
        firing.until().ifPresent(until -> around(steps, scenario, until));
      }
    }
    return steps;
  }

  private static void around(Set<Integer> steps, Scenario scenario, Instant at) {
    int step = (int) (Duration.between(Scenario.START, at).toMillis() / scenario.every.toMillis());
    for (int i = Math.max(1, step - 1); i <= Math.min(scenario.steps, step + 1); i++) {
      steps.add(i);
    }
  }

  private static String check(Scenario scenario, BackTest test, Rule rule, int step) {
    Instant at = Scenario.START.plus(scenario.every.multipliedBy(step));
    boolean fires = test.firings().stream()
        .anyMatch(firing -> firing.rule().equals(rule)
            && !firing.from().isAfter(at)
            && firing.until().filter(until -> !until.isAfter(at)).isEmpty());
    return "  - eval_time: " + scenario.every.multipliedBy(step).toSeconds() + "s\n    alertname: "
        + PromQl.quoted(rule.name()) + "\n    exp_alerts: "
        + (fires
            ? "[{exp_labels: {severity: " + rule.severity() + ", job: " + PromQl.quoted(JOB)
                + "}}]\n"
            : "[]\n");
  }

  private String promtool() throws IOException, InterruptedException {
    Process process = new ProcessBuilder("promtool", "test", "rules", "tests.yml")
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .start();
    process.getOutputStream().close();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    process.waitFor();
    return output.length() > 3_000 ? output.substring(0, 3_000) : output;
  }
}
