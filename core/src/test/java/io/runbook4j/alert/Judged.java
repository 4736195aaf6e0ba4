package io.runbook4j.alert;

import io.runbook4j.alert.Scenario.Hearer;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.AlertChannel;
import io.runbook4j.spi.health.Health;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.testkit.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What became of a scenario.
 *
 * @param firing the names of the rules that fire at the end of each bucket
 * @param alerts what people were told when, in order
 */
record Judged(List<Set<String>> firing, List<String> alerts) {
  static Judged byBackTest(String job, List<Rule> rules, Scenario scenario) {
    BackTest test = BackTest.of(job, rules);
    scenario.tell(new Tested(test), bucket -> {});
    List<Set<String>> firing = new ArrayList<>();
    for (int i = 1; i <= scenario.steps; i++) {
      Instant at = scenario.end(i);
      firing.add(test.firings().stream()
          .filter(it -> !it.from().isAfter(at)
              && it.until().filter(until -> !until.isAfter(at)).isEmpty())
          .map(it -> it.rule().name())
          .collect(Collectors.toCollection(TreeSet::new)));
    }
    return new Judged(firing, words(test.alerts()));
  }

  static Judged byWatch(String job, List<Rule> rules, Scenario scenario) {
    VirtualTime time = VirtualTime.startingAt(Scenario.START);
    List<Alert> alerts = new ArrayList<>();
    AlertRouter router = AlertRouter.builder(time)
        .channel(into(alerts))
        .repeatEvery(Duration.ofDays(1_000))
        .executor(time.executor())
        .build();
    List<Set<String>> firing = new ArrayList<>();
    try (router;
        Watch watch = Watch.builder(time, router)
            .job(job, rules)
            .executor(time.executor())
            .start()) {
      scenario.tell(
          new Watched(watch, job, time),
          bucket -> firing.add(watch.statuses(job).stream()
              .filter(it -> it.state() == Watch.State.FIRING)
              .map(it -> it.rule().name())
              .collect(Collectors.toCollection(TreeSet::new))));
    }
    time.runToIdle();
    return new Judged(firing, words(alerts));
  }

  private static AlertChannel into(List<Alert> alerts) {
    return alerts::add;
  }

  private static List<String> words(List<Alert> alerts) {
    return alerts.stream()
        .map(it -> it.rule() + " " + it.severity() + " "
            + it.occurrence().map(o -> o.phase() + " " + o.since() + " " + o.ended()))
        .toList();
  }

  private record Tested(BackTest test) implements Hearer {
    @Override
    public void until(Instant at) {
      test.until(at);
    }

    @Override
    public void outcome(boolean failed, String user, Instant at) {
      if (failed) {
        test.failed(user, FailureKind.TIMEOUT, at);
      } else {
        test.succeeded(user, at);
      }
    }

    @Override
    public void latency(Duration took, Instant at) {
      test.latency(took, at);
    }

    @Override
    public void probe(Health health, Instant at) {
      test.probe(health, at);
    }

    @Override
    public void gauge(String name, double value, Instant at) {
      test.gauge(name, value, at);
    }

    @Override
    public void run(Counts counts, Instant at) {
      test.run(counts, at);
    }

    @Override
    public void corruption(String text, Instant at) {
      test.corruption(text, at);
    }
  }

  private record Watched(Watch watch, String job, VirtualTime time) implements Hearer {
    @Override
    public void until(Instant at) {
      Duration left = Duration.between(time.now(), at);
      if (!left.isZero()) {
        time.advance(left);
      }
    }

    @Override
    public void outcome(boolean failed, String user, Instant at) {
      if (failed) {
        watch.failed(job, user, FailureKind.TIMEOUT, at);
      } else {
        watch.succeeded(job, user, at);
      }
    }

    @Override
    public void latency(Duration took, Instant at) {
      watch.latency(job, took, at);
    }

    @Override
    public void probe(Health health, Instant at) {
      watch.probe(job, health);
    }

    @Override
    public void gauge(String name, double value, Instant at) {
      watch.gauge(job, name, value);
    }

    @Override
    public void run(Counts counts, Instant at) {
      watch.run(job, counts);
    }

    @Override
    public void corruption(String text, Instant at) {
      watch.corruption(job, text);
    }
  }
}
