package io.runbook4j.examples;

import io.runbook4j.adapter.Redactor;
import io.runbook4j.alert.AlertRouter;
import io.runbook4j.alert.Rule;
import io.runbook4j.alert.RunbookRules;
import io.runbook4j.alert.Watch;
import io.runbook4j.gate.Drain;
import io.runbook4j.gate.Gate;
import io.runbook4j.gate.GateState;
import io.runbook4j.gate.Order;
import io.runbook4j.gate.Outbox;
import io.runbook4j.gate.Ramp;
import io.runbook4j.ledger.FileLedger;
import io.runbook4j.limit.Quota;
import io.runbook4j.limit.RateLimiter;
import io.runbook4j.report.Diary;
import io.runbook4j.report.History;
import io.runbook4j.report.HtmlReport;
import io.runbook4j.run.RunReport;
import io.runbook4j.run.Runner;
import io.runbook4j.run.SyncJob;
import io.runbook4j.source.Sources;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.alert.Severity;
import io.runbook4j.spi.ledger.Finding;
import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.ItemRecord;
import io.runbook4j.spi.ledger.ItemState;
import io.runbook4j.testkit.VirtualTime;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;

/** A week of the resume sync, from a bad deploy to the last queued change. */
final class ResumeWeek {
  private static final String JOB = "resume-sync";
  private static final Duration BETWEEN_RUNS = Duration.ofHours(6);
  private static final Duration BETWEEN_DRAINS = Duration.ofMinutes(15);
  private static final List<Integer> REFUSED_PERCENT = List.of(1, 3, 8, 14, 30, 30, 0);
  private static final int RUNS_A_DAY = 4;
  private static final int CORRUPTED_BEFORE = 4 * RUNS_A_DAY + 2; // Friday noon
  private static final int MENDED_BEFORE = 5 * RUNS_A_DAY + 2; // Saturday noon
  private static final int USERS = 2_500;
  private static final int CHANGES_BETWEEN_RUNS = 650;
  private static final int LEAST_OPERATIONS = 100; // at each step of the ramp
  private static final long SEED = 42;
  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("EEE HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final VirtualTime time;
  private final Path folder;
  private final SnapshotStore store;
  private final PrintStream out;
  private final Devices devices = new Devices(USERS, new SplittableRandom(SEED));
  private final List<Alert> alerts = new ArrayList<>();
  private final List<GateState> gateStates = new ArrayList<>();
  private final List<Finding> found = new ArrayList<>();
  private int mostQueued;

  ResumeWeek(VirtualTime time, Path folder, SnapshotStore store, PrintStream out) {
    this.time = time;
    this.folder = folder;
    this.store = store;
    this.out = out;
  }

  /**
   * What came of it.
   *
   * @param alerts what the channel got, in order
   * @param found what the audits found
   * @param gateStates what the gate became, in order
   * @param mostQueued how many changes waited at most
   * @param queued how many wait at the end
   * @param users how many users have a snapshot
   * @param wrong the users whose newest snapshot the database does not have
   * @param sentWhileLocalOnly how many rows reached the database while the gate was local-only
   * @param report the report of the run that found the corruption
   */
  record Result(
      List<Alert> alerts,
      List<Finding> found,
      List<GateState> gateStates,
      int mostQueued,
      int queued,
      int users,
      List<String> wrong,
      long sentWhileLocalOnly,
      Path report) {}

  /** What is at work all week. */
  private record Desk(Runner runner, Watch watch, Gate gate, Outbox outbox, Diary diary) {
    boolean isOnTheWayBack() {
      return !gate.isLocalOnly()
          && (outbox.count() > 0 || !(gate.state() instanceof GateState.Open));
    }
  }

  Result run() throws InterruptedException, SQLException {
    Result result;
    try (Gate gate = gate();
        AlertRouter router = AlertRouter.builder(time)
            .channel(this::told)
            .channel(gate.shutOnAlertsOf(JOB), Severity.SEV1)
            .repeatEvery(Duration.ofDays(7))
            .executor(time.executor())
            .build();
        Watch watch = Watch.builder(time, router)
            .job(JOB, RunbookRules.resumeSync())
            .executor(time.executor())
            .start();
        Outbox outbox =
            Outbox.builder(folder.resolve("outbox.jsonl"), time).newestWins().open();
        Runner runner = Runner.builder()
            .ledger(FileLedger.open(folder.resolve("ledger")))
            .alerts(router)
            .watch(watch)
            .time(time)
            .random(new SplittableRandom(SEED))
            .build()) {
      Diary diary = Diary.at(folder.resolve("diary.md"), new Redactor());
      result = live(new Desk(runner, watch, gate, outbox, diary));
    }
    time.runToIdle();
    return result;
  }

  private Gate gate() {
    return Gate.builder("resume_sync.local_only", time)
        .folder(folder)
        .ramp(Ramp.defaults().minOperations(LEAST_OPERATIONS))
        .listener(this::switched)
        .build();
  }

  private void told(Alert alert) {
    alerts.add(alert);
    say((alert.isResolved() ? "RESOLVED " : "ALERT " + alert.severity() + " ") + alert.text());
  }

  private void switched(GateState state) {
    gateStates.add(state);
    say("GATE " + state.text());
  }

  private void say(String text) {
    out.println(CLOCK.format(time.now()) + "  " + text);
  }

  private Result live(Desk desk) throws InterruptedException, SQLException {
    Instant start = time.now();
    Optional<RunReport> worst = Optional.empty();
    for (int round = 0; round < REFUSED_PERCENT.size() * RUNS_A_DAY; round++) {
      waitUntil(start.plus(BETWEEN_RUNS.multipliedBy(round)), desk);
      if (round % RUNS_A_DAY == 0 && round < MENDED_BEFORE) {
        store.refuse(REFUSED_PERCENT.get(round / RUNS_A_DAY));
      } else if (round == CORRUPTED_BEFORE) {
        store.corrupt();
      } else if (round == MENDED_BEFORE) {
        mend(desk);
      }
      RunReport report = sync(desk);
      if (worst.isEmpty() && !report.findings().isEmpty()) {
        worst = Optional.of(report);
      }
    }
    waitUntil(start.plus(Duration.ofDays(REFUSED_PERCENT.size())), desk);
    RunReport shown = worst.orElseThrow(
        () -> new IllegalStateException("no run has found the corruption that was planted"));
    return result(desk, write(desk, shown));
  }

  /** Waits; while the gate ramps up, drains the outbox again and again. */
  private void waitUntil(Instant until, Desk desk) throws InterruptedException {
    while (time.now().isBefore(until)) {
      Duration left = Duration.between(time.now(), until);
      if (desk.isOnTheWayBack()) {
        drain(desk);
        left = left.compareTo(BETWEEN_DRAINS) < 0 ? left : BETWEEN_DRAINS;
      }
      time.sleep(left);
    }
  }

  private void drain(Desk desk) throws InterruptedException {
    RateLimiter quota = RateLimiter.of("snapshots", time, Quota.of(120, Duration.ofMinutes(1)));
    Drain.Result drained = Drain.of(
            desk.outbox(),
            desk.gate(),
            quota,
            change -> store.write(Snapshot.ofLine(change.key(), change.payload())))
        .run();
    say("drained " + drained.sent() + ", " + desk.outbox().count() + " still wait");
  }

  private RunReport sync(Desk desk) throws InterruptedException {
    devices.edit(CHANGES_BETWEEN_RUNS);
    RunReport report = desk.runner().run(job(desk));
    ItemFilter failed =
        ItemFilter.all().states(ItemState.FAILED, ItemState.IN_DOUBT, ItemState.NOT_REACHED);
    devices.keepPending(desk.runner().ledger().items(report.runId(), failed).stream()
        .map(ItemRecord::key)
        .toList());
    desk.diary().record(report);
    mostQueued = Math.max(mostQueued, desk.outbox().count());
    say(String.format(
        Locale.ROOT,
        "run of %,d: %,d stored, %,d failed, %,d queued",
        report.counts().read(),
        report.counts().succeeded(),
        report.counts().failed(),
        report.counts().skipped()));
    desk.outbox().message(desk.gate().state()).ifPresent(paused -> say(paused.text()));
    noteFindings(desk, report);
    return report;
  }

  private SyncJob<Snapshot> job(Desk desk) {
    SyncJob.Builder<Snapshot> job = SyncJob.<Snapshot>named(JOB)
        .from(Sources.of(devices.pending(), Snapshot::userId))
        .to(store)
        .gate(desk.gate())
        .checkAfter(store::audit)
        .localOnlyOnCorruption()
        .deferTo(desk.outbox(), Snapshot::line);
    for (Rule rule : RunbookRules.resumeSync()) {
      job.alertWhen(rule);
    }
    return job.build();
  }

  private void noteFindings(Desk desk, RunReport report) {
    for (Finding finding : report.findings()) {
      if (!found.contains(finding)) {
        found.add(finding);
        say("FOUND " + finding.text());
        desk.diary().note(report.runId(), time.now(), "audit", finding.text());
      }
    }
  }

  private void mend(Desk desk) throws InterruptedException, SQLException {
    store.refuse(0);
    say("the deploy is rolled back; " + store.mend() + " rows are mended");
    List<Finding> left = store.audit();
    if (!left.isEmpty()) {
      throw new IllegalStateException("the table must be intact to go on, was " + left);
    }
    desk.watch().intact(JOB);
    desk.gate().ramp(Order.of("ann", "rolled back, mended and audited"));
    drain(desk);
  }

  private Path write(Desk desk, RunReport worst) {
    Path report = folder.resolve("report.html");
    HtmlReport.builder(worst)
        .ledger(desk.runner().ledger())
        .section(
            "Findings of the week",
            List.of("check", "rows", "samples"),
            found.stream()
                .map(it ->
                    List.of(it.check(), Long.toString(it.total()), String.join("; ", it.samples())))
                .toList())
        .section(
            "Alerts of the week",
            List.of("severity", "rule", "text"),
            alerts.stream()
                .map(it -> List.of(it.severity().name(), it.rule(), it.text()))
                .toList())
        .build()
        .write(report);
    History.of(desk.runner().ledger(), JOB, new Redactor()).write(folder.resolve("history.html"));
    return report;
  }

  private Result result(Desk desk, Path report) throws SQLException {
    return new Result(
        List.copyOf(alerts),
        List.copyOf(found),
        List.copyOf(gateStates),
        mostQueued,
        desk.outbox().count(),
        devices.newest().size(),
        store.wrong(devices.newest()),
        sentWhileLocalOnly(),
        report);
  }

  private long sentWhileLocalOnly() throws SQLException {
    long sent = 0;
    for (int i = 0; i < gateStates.size(); i++) {
      if (gateStates.get(i) instanceof GateState.LocalOnly local) {
        Instant end = i + 1 < gateStates.size() ? gateStates.get(i + 1).since() : time.now();
        sent += store.attempts(local.since(), end);
      }
    }
    return sent;
  }
}
