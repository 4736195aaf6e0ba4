package io.runbook4j.alert;

import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.health.Health;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/**
 * The rules of one job over what is reported of it. Safe for many threads: outcomes and latencies
 * take no lock as long as their time is near now; all else takes this object's.
 */
final class JobWatch {
  /** Of what {@link #save} writes. */
  static final int FORMAT = 3;

  private static final long LONG_AGO = Long.MIN_VALUE / 2;

  private final String job;
  private final List<Rule> rules;
  private final JobSeries series;
  private final List<RuleLine> lines;
  private final Group group;
  private final Surroundings around;
  private long lastEnd;
  private long urgedAt = LONG_AGO;
  private long futureClamped;
  private String finding = "";
  private String probeFailure = ""; // not kept over a restart: the next answer is near

  JobWatch(String job, List<Rule> rules, SipHash userHash, Surroundings around) {
    this.job = job;
    this.rules = List.copyOf(rules);
    this.around = around;
    this.series = new JobSeries(Needs.of(rules), userHash, around.now());
    this.lines = rules.stream().map(RuleLine::new).toList();
    this.group = new Group(job);
    this.lastEnd = Tier.FINE.bucket(around.now());
  }

  List<Rule> rules() {
    return rules;
  }

  void outcome(String user, int cell, long at) {
    if (!series.outcome(user, cell, at)) {
      settle(at, time -> series.settledOutcome(user, cell, time));
    }
  }

  void latency(long nanos, long at) {
    if (!series.latency(nanos, at)) {
      settle(at, time -> series.settledLatency(nanos, time));
    }
  }

  /** Counts what is late, or in the future, or came before anybody moved the clock on. */
  private synchronized void settle(long at, LongConsumer count) {
    long now = around.now();
    advance(now);
    if (Tier.FINE.bucket(at) > Tier.FINE.bucket(now) + 1) {
      futureClamped++;
      count.accept(now);
    } else {
      count.accept(at);
    }
  }

  /** Decides at all ends of buckets since it last did. */
  synchronized void advance(long now) {
    long end = Tier.FINE.bucket(now);
    if (end <= lastEnd) {
      return;
    }
    series.drain();
    series.takeStreak();
    for (long next = lastEnd + 1; next <= end; next++) {
      decide(next * Tier.FINE.millis());
    }
    lastEnd = end;
    series.current(now);
  }

  private void decide(long end) {
    series.wallOffset(around.wall(end).toEpochMilli() - end);
    if (end - series.lastCorruption() >= Corruption.REMEMBERED.toMillis()) {
      finding = ""; // it is no news of what may come now
      series.intact();
    }
    troubled().ifPresentOrElse(series::troubledSince, () -> series.troubledSince(Long.MAX_VALUE));
    for (RuleLine line : lines) {
      Condition condition = line.rule().condition();
      if (end % condition.step().millis() == 0) {
        look(line, end);
      }
    }
    tell(end);
  }

  private void look(RuleLine line, long at) {
    Rule rule = line.rule();
    RuleLine.Change change = line.update(at, rule.condition().read(series, at, rule.clearShare()));
    if (change != RuleLine.Change.NONE) {
      around.changed(rule, change, at, line.reading());
    }
  }

  private OptionalLong troubled() {
    return lines.stream()
        .filter(line -> line.isFiring()
            && line.rule().severity().compareTo(Severity.SEV3) >= 0
            && !(line.rule().condition() instanceof Unrecovered))
        .mapToLong(RuleLine::firedAt)
        .min();
  }

  private void tell(long at) {
    Map<String, String> details = new TreeMap<>();
    String remark = "";
    if (lines.stream().anyMatch(RuleLine::isFiring)) {
      String kinds = series.kindsOfLastHour(at);
      if (!kinds.isEmpty()) {
        details.put("kinds", kinds);
        remark += "; failures of the last hour: " + kinds;
      }
      if (!finding.isEmpty()) {
        details.put("finding", finding);
        remark += "; found: " + finding;
      }
      if (!probeFailure.isBlank()) {
        details.put("reason", probeFailure);
        remark += "; reason: " + probeFailure;
      }
    }
    Group.Moment moment =
        new Group.Moment(at, around.wall(at), around.isSilenced(job), details, remark);
    group.update(moment, lines, around.repeatMillis()).ifPresent(around::tell);
  }

  /** Notes something that single signals' rules look at, and looks at once. */
  private synchronized void prompt(LongConsumer note) {
    long now = around.now();
    advance(now);
    note.accept(now);
    for (RuleLine line : lines) {
      if (line.rule().condition().isPrompt()) {
        look(line, now);
      }
    }
    tell(now);
  }

  void probe(Health health) {
    boolean healthy = health.status() != Health.Status.UNHEALTHY;
    prompt(now -> {
      probeFailure = healthy ? "" : Timeline.cut(health.detail());
      series.probe(healthy, health.latency().toNanos(), now);
    });
  }

  void gauge(String name, double value) {
    prompt(now -> series.gauge(name, value));
  }

  void run(boolean isComplete, long failed) {
    prompt(now -> {
      if (isComplete) {
        series.run(failed, now);
      } else {
        series.runBrokeOff(failed);
      }
    });
  }

  /**
   * Takes a finding. It is told also where an outage, or a finding some time ago, was told before:
   * who has opened the gate since did not know of it. Many of one run are told once.
   */
  void corruption(String text) {
    prompt(now -> {
      finding = Timeline.cut(text);
      series.corruption(now);
      if (now - urgedAt >= Group.CALM.toMillis()) {
        urgedAt = now;
        lines.stream()
            .filter(line -> line.rule().isOnCorruption())
            .findFirst()
            .ifPresent(group::urge);
      }
    });
  }

  void intact() {
    prompt(now -> {
      finding = "";
      urgedAt = LONG_AGO;
      series.intact();
    });
  }

  synchronized List<Watch.Status> statuses() {
    List<Watch.Status> statuses = new ArrayList<>();
    for (RuleLine line : lines) {
      Optional<Instant> since =
          line.isFiring() ? Optional.of(around.wall(line.firedAt())) : Optional.empty();
      Reading reading = line.reading();
      statuses.add(new Watch.Status(
          line.rule(),
          Watch.State.valueOf(line.state().name()),
          reading.value(),
          Double.isNaN(reading.value()) ? "" : line.rule().condition().text(reading),
          since));
    }
    return statuses;
  }

  synchronized Watch.Oddities oddities() {
    return new Watch.Oddities(
        series.lateDropped(), futureClamped, 0, series.isUserTableFull() ? 1 : 0);
  }

  synchronized void save(DataOutput out, long offset) throws IOException {
    series.drain();
    out.writeLong(around.now() + offset);
    series.save(out, offset);
    out.writeInt(lines.size());
    for (RuleLine line : lines) {
      line.save(out, offset);
    }
    group.save(out, offset);
    out.writeUTF(finding);
  }

  /** Reads what {@link #save} wrote, and ages it: the time since then passed without data. */
  synchronized void load(DataInput in, int format, long offset) throws IOException {
    long savedAt = in.readLong();
    long down = Math.max(0, around.now() + offset - savedAt);
    // a clock that went back: nothing has passed, and what was saved moves back with it
    long shift = -offset + Math.min(0, around.now() + offset - savedAt);
    series.load(in, format, shift);
    Map<String, RuleLine> byName = new HashMap<>();
    lines.forEach(line -> byName.put(line.rule().name(), line));
    for (int i = in.readInt(); i > 0; i--) {
      String name = in.readUTF();
      RuleLine line = byName.get(name);
      (line == null ? new RuleLine(rules.get(0)) : line).load(in, shift, down);
    }
    group.load(in, format, shift, down);
    if (format < Group.LEVEL_FORMAT) {
      group.measureBy(lines);
    }
    finding = in.readUTF();
    series.current(around.now());
  }

  /** What a job's watch needs of its host. */
  interface Surroundings {
    /** {@return the time on the watch's own line} */
    long now();

    Instant wall(long at);

    boolean isSilenced(String job);

    long repeatMillis();

    void tell(Alert alert);

    default void changed(Rule rule, RuleLine.Change change, long at, Reading reading) {}
  }
}
