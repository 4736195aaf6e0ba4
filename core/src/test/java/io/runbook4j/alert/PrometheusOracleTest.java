package io.runbook4j.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.runbook4j.alert.Scenario.Crossing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same series through Prometheus' own rule engine, a {@link BackTest} and a {@link Watch}: at
 * every instant at which Prometheus judges, the same rules fire. {@code -Dprometheus.seeds=50}
 * tries more seeds of each kind of series.
 */
class PrometheusOracleTest {
  private static final String JOB = "resume \"sync\" {{ $x }} {{{";
  private static final Duration TEN_SECONDS = Duration.ofSeconds(10);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final int MOST_SHOWN = 3_000;

  @TempDir
  Path folder;

  @BeforeAll
  static void promtoolIsThere() {
    boolean found = Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
        .anyMatch(entry -> Files.isExecutable(Path.of(entry, "promtool")));
    assumeTrue(found, "no promtool on PATH (Debian package prometheus): rules were not compared");
  }

  private static List<Rule> plain(Rule... rules) {
    return Arrays.stream(rules).map(rule -> rule.clearBelow(1)).toList();
  }

  @Test
  void firing_randomSeriesOfTenSeconds_isPrometheus() throws Exception {
    List<Rule> rules = plain(
        Rule.failureRate(0.02, Duration.ofMinutes(60)).minimum(500, 5),
        Rule.failureRate(0.25, Duration.ofMinutes(15))
            .pendingFor(Duration.ofSeconds(60))
            .keepFiring(Duration.ofSeconds(90)),
        Rule.failureRate(0.1, Duration.ofMinutes(30)).alsoOver(Duration.ofMinutes(5)),
        Rule.budgetBurn(0.999, 14.4, Duration.ofHours(1)),
        Rule.failuresInARow(3),
        Rule.absenceOf(Rule.Signal.SUCCESS, Duration.ofMinutes(2)),
        Rule.gaugeShareOver("part", "whole", 0.25),
        Rule.probesFailedInARow(3),
        Rule.probeSlowerThan(Duration.ofSeconds(5)),
        Rule.failuresInRunOver(5),
        Rule.corruption());

    compare(rules, seeds(3, seed -> Scenario.random(TEN_SECONDS, 420, seed, false)));
  }

  @Test
  void firing_randomSeriesOfMinutes_isPrometheus() throws Exception {
    List<Rule> rules = plain(
        Rule.budgetBurn(0.999, 6, Duration.ofHours(3)),
        Rule.failureTrend(0.005).minimum(200, 5),
        Rule.userFailureRate(0.5, Duration.ofMinutes(60)),
        Rule.affectedUsers(12, Duration.ofHours(2)).pendingFor(Duration.ofMinutes(3)),
        Rule.latencyAtLeast(0.95, Duration.ofSeconds(2), Duration.ofMinutes(30)));

    compare(rules, seeds(3, seed -> Scenario.random(MINUTE, 300, seed, true)));
  }

  @Test
  void firing_randomSeriesOfADay_isPrometheus() throws Exception {
    List<Rule> rules = plain(Rule.failureRate(0.05, Duration.ofHours(24)));

    compare(rules, seeds(2, seed -> Scenario.random(MINUTE, 1_600, seed, false)));
  }

  @Test
  void firing_randomSeriesOfHours_isPrometheus() throws Exception {
    List<Rule> rules = plain(
        Rule.failureRate(0.1, Duration.ofDays(12)).minimum(1_000, 5),
        Rule.budgetBurn(0.9, 1, Duration.ofDays(3)));

    compare(rules, seeds(3, seed -> Scenario.random(HOUR, 340, seed, false)));
  }

  @Test
  void firing_eventsExactlyAWindowApart_isPrometheus() throws Exception {
    List<Rule> rules = plain(
        Rule.failureRate(1, MINUTE).minimum(2, 2),
        Rule.failureRate(0.3, Duration.ofMinutes(5)).minimum(2, 2));

    compare(
        rules, seeds(4, seed -> Scenario.pairs(TEN_SECONDS, 300, seed % 2 == 0 ? 6 : 30, seed)));
  }

  @Test
  void firing_shareExactlyAtTheThreshold_isPrometheus() throws Exception {
    List<Rule> rules = plain(
        Rule.failureRate(0.07, Duration.ofMinutes(30)),
        Rule.failureRate(0.07, Duration.ofMinutes(30))
            .alsoOver(Duration.ofMinutes(5))
            .pendingFor(Duration.ofSeconds(20)));

    compare(
        rules,
        seeds(
            6,
            seed -> Scenario.exact(
                TEN_SECONDS, new Crossing(180, 185, 0.07, (int) seed % 3 - 1), seed)));
  }

  @Test
  void firing_dayExactlyAtTheThreshold_isPrometheus() throws Exception {
    List<Rule> rules = plain(Rule.failureRate(0.05, Duration.ofHours(24)));

    compare(
        rules,
        seeds(
            2,
            seed -> Scenario.exact(MINUTE, new Crossing(1_440, 5, 0.05, -(int) seed % 2), seed)));
  }

  private static Map<String, Scenario> seeds(int usually, LongFunction<Scenario> scenario) {
    int seeds = Integer.getInteger("prometheus.seeds", usually);
    Map<String, Scenario> scenarios = new LinkedHashMap<>();
    LongStream.rangeClosed(1, seeds)
        .forEach(seed -> scenarios.put("seed " + seed, scenario.apply(seed)));
    return scenarios;
  }

  private void compare(List<Rule> rules, Map<String, Scenario> scenarios)
      throws IOException, InterruptedException {
    Duration every = scenarios.values().iterator().next().every;
    Set<String> fired = new TreeSet<>();
    StringBuilder tests = new StringBuilder(
        "rule_files: [rules.yml]\nevaluation_interval: " + every.toSeconds() + "s\ntests:\n");
    scenarios.forEach((seed, scenario) -> {
      Judged ours = Judged.byBackTest(JOB, rules, scenario);
      assertThat(Judged.byWatch(JOB, rules, scenario)).as(seed).isEqualTo(ours);
      ours.firing().forEach(fired::addAll);
      tests.append(group(seed, scenario, rules, ours));
    });
    Files.writeString(folder.resolve("rules.yml"), PrometheusRules.of(JOB, rules, every));
    Files.writeString(folder.resolve("tests.yml"), tests);

    String verdict = promtool();

    assertThat(verdict).endsWith("SUCCESS");
    assertThat(fired).containsAll(rules.stream().map(Rule::name).toList());
  }

  private static String group(String seed, Scenario scenario, List<Rule> rules, Judged ours) {
    Map<String, String> samples =
        rules.stream().collect(Collectors.toMap(Rule::name, PrometheusOracleTest::sample));
    StringBuilder group = new StringBuilder("- interval: "
        + scenario.every.toSeconds() + "s\n  input_series:\n"
        + scenario.inputSeries(JOB.replace("\"", "\\\"")) + "  promql_expr_test:\n");
    for (int step = 1; step <= scenario.steps; step++) {
      group
          .append("  - expr: 'ALERTS{alertstate=\"firing\"} # ") // the comment is in its message
          .append(seed)
          .append("'\n    eval_time: ")
          .append(scenario.every.multipliedBy(step).toSeconds())
          .append("s\n    exp_samples: [")
          .append(ours.firing().get(step - 1).stream()
              .map(name -> samples.getOrDefault(name, ""))
              .collect(Collectors.joining(", ")))
          .append("]\n");
    }
    return group.toString();
  }

  private static String sample(Rule rule) {
    return "{labels: "
        + PromQl.quoted("ALERTS{alertname=" + PromQl.quoted(rule.name())
            + ", alertstate=\"firing\", severity=\"" + rule.severity() + "\", job="
            + PromQl.quoted(JOB) + "}")
        + ", value: 1}";
  }

  private String promtool() throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("promtool", "test", "rules", "tests.yml");
    builder.environment().put("GOGC", "400"); // a third of its time is collecting garbage else
    Process process =
        builder.directory(folder.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    process.waitFor();
    return output.substring(0, Math.min(output.length(), MOST_SHOWN));
  }
}
