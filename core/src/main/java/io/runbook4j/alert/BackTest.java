package io.runbook4j.alert;

import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.health.Health;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.ledger.RunSummary;
import io.runbook4j.spi.sync.FailureKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Applies rules to what has happened, before they are switched on: with the same arithmetic as a
 * {@link Watch}, and no clock but the signals' own times. Signals come in the order of their times;
 * one that is earlier than the one before is late, as it would be in a watch. Takes memory for each
 * firing. Not safe for many threads.
 */
public final class BackTest {
  private final String job;
  private final List<Rule> rules;
  private final List<Firing> firings = new ArrayList<>();
  private final List<Alert> alerts = new ArrayList<>();
  private @Nullable JobWatch watch;
  private long now;

  private BackTest(String job, List<Rule> rules) {
    this.job = Objects.requireNonNull(job, "job");
    this.rules = List.copyOf(rules);
    if (rules.isEmpty()) {
      throw new IllegalArgumentException("rules must be at least one, was none");
    }
  }

  /** {@return a back test that has seen nothing yet} */
  public static BackTest of(String job, List<Rule> rules) {
    return new BackTest(job, rules);
  }

  /** Counts an event that succeeded; the user is empty if it was nobody's. */
  public void succeeded(String user, Instant at) {
    at(at).outcome(user, JobSeries.success(), at.toEpochMilli());
  }

  /** Counts an event that failed; the user is empty if it was nobody's. */
  public void failed(String user, FailureKind kind, Instant at) {
    at(at).outcome(user, JobSeries.cell(kind), at.toEpochMilli());
    if (kind == FailureKind.INTEGRITY) {
      corruption("an item failed with INTEGRITY", at);
    }
  }

  /** Counts a latency. */
  public void latency(Duration took, Instant at) {
    at(at).latency(took.toNanos(), at.toEpochMilli());
  }

  /** Notes a health check's answer. */
  public void probe(Health health, Instant at) {
    at(at).probe(health);
  }

  /** Notes a gauge's value. */
  public void gauge(String name, double value, Instant at) {
    at(at).gauge(name, value);
  }

  /** Notes the end of a run that COMPLETED. */
  public void run(Counts counts, Instant at) {
    run(RunState.COMPLETED, counts, at);
  }

  void run(RunState state, Counts counts, Instant at) {
    at(at).run(state == RunState.COMPLETED, counts.failed());
  }

  /** Notes that data was found corrupt. */
  public void corruption(String text, Instant at) {
    at(at).corruption(text);
  }

  /**
   * Replays the newest runs of the job, oldest first: each item's last outcome at the time of its
   * chunk, with its key as the user, how long chunks took as latencies, and the runs' ends. Takes
   * memory for one run's entries at a time.
   *
   * @param runs how many runs at most; at least 1
   */
  public void ledger(Ledger ledger, int runs) {
    Words.atLeast("runs", 1, runs);
    List<RunSummary> newestFirst = ledger.runs(job, runs);
    for (int i = newestFirst.size() - 1; i >= 0; i--) {
      LedgerReplay.of(this, ledger.entries(newestFirst.get(i).run()));
    }
  }

  /** Lets the time pass until then with nothing happening; nothing if it is past already. */
  public void until(Instant end) {
    at(end);
  }

  /** {@return each firing of a rule so far, in the order in which they began} */
  public List<Firing> firings() {
    return List.copyOf(firings);
  }

  /**
   * {@return what a router would have been handed: one occurrence for all rules that fire together}
   * Without repetitions.
   */
  public List<Alert> alerts() {
    return List.copyOf(alerts);
  }

  private JobWatch at(Instant at) {
    JobWatch current = watch;
    if (current == null) {
      now = at.toEpochMilli();
      current = new JobWatch(job, rules, StateFile.randomHash(), new Recorded());
      watch = current;
    }
    now = Math.max(now, at.toEpochMilli());
    current.advance(now);
    return current;
  }

  private final class Recorded implements JobWatch.Surroundings {
    @Override
    public long now() {
      return now;
    }

    @Override
    public Instant wall(long at) {
      return Instant.ofEpochMilli(at);
    }

    @Override
    public boolean isSilenced(String name) {
      return false;
    }

    @Override
    public long repeatMillis() {
      return Long.MAX_VALUE;
    }

    @Override
    public void tell(Alert alert) {
      alerts.add(alert);
    }

    @Override
    public void changed(Rule rule, RuleLine.Change change, long at, Reading reading) {
      if (change == RuleLine.Change.FIRED) {
        firings.add(new Firing(rule, wall(at), Optional.empty(), reading.value()));
      } else {
        firings.replaceAll(
            firing -> firing.rule().equals(rule) && firing.until().isEmpty()
                ? new Firing(rule, firing.from(), Optional.of(wall(at)), firing.value())
                : firing);
      }
    }
  }

  /**
   * From when to when a rule would have fired.
   *
   * @param rule the rule
   * @param from when it began to fire
   * @param until when it was resolved; empty if it still fires
   * @param value what was compared with the threshold when it began
   */
  public record Firing(Rule rule, Instant from, Optional<Instant> until, double value) {}
}
