package io.runbook4j.run;

import static java.util.stream.Collectors.joining;

import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.Finding;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** What a person does after a run. */
final class NextSteps {
  private NextSteps() {}

  static List<String> of(RunReport report) {
    List<String> steps = new ArrayList<>();
    Counts counts = report.counts();
    if (report.state() != RunState.COMPLETED) {
      String first = report.state() == RunState.FAILED ? "mend the cause, then " : "";
      steps.add(counts.notReached() + " read and not reached; " + first
          + "go on with runner.resume(job, new RunId(\"" + report.runId() + "\"))");
    }
    // a resumed run's reasons leave out those that an earlier process saw, its counts do not
    boolean isSplit = !report.isResumed();
    long unmapped = isSplit ? count(report, NextSteps::isUnmapped) : 0;
    if (unmapped > 0) {
      steps.add(
          unmapped
              + " have no mapping; export them with ItemsCsv, correct the mappings, then rerun those keys only");
    }
    long withoutKey = isSplit ? count(report, NextSteps::isWithoutKey) : 0;
    if (withoutKey > 0) {
      steps.add(withoutKey + " have no key that could be read (" + places(report)
          + "): correct them, then send them in a run of their own; a rerun goes by keys");
    }
    long failed = counts.failed() - unmapped - withoutKey;
    if (failed > 0) {
      steps.add(failed
          + (isSplit
              ? " failed; look at the reasons"
              : " failed, those without a mapping included; look at the reasons in the ledger")
          + ", then rerun with runner.rerunFailed(job, new RunId(\""
          + report.runId() + "\"))");
    }
    if (counts.inDoubt() > 0) {
      steps.add(counts.inDoubt()
          + " in doubt: they may or may not have been applied; look at the service, then rerun with the"
          + " filter states(IN_DOUBT) those that are to be sent again");
    }
    skipped(report, steps);
    if (!report.findings().isEmpty()) {
      steps.add(report.findings().stream().map(Finding::check).distinct().collect(joining(", "))
          + " found something: look at the data before the next run writes it");
    }
    return List.copyOf(steps);
  }

  private static void skipped(RunReport report, List<String> steps) {
    long deferred = count(report, reason -> reason.text().startsWith(Outbound.DEFERRED));
    if (deferred > 0) {
      steps.add(deferred + " are in the outbox; drain it when the gate is open");
    }
    long keptIn = count(report, reason -> reason.text().startsWith(Outbound.KEPT_IN));
    if (keptIn > 0) {
      steps.add(keptIn + " were kept in by the gate; when it lets more out, send them with"
          + " runner.rerunOutstanding(job)");
    }
  }

  private static boolean isUnmapped(FailureReason reason) {
    return reason.kind().equals(Optional.of(FailureKind.MAPPING_MISSING))
        && !reason.text().startsWith("in doubt");
  }

  private static boolean isWithoutKey(FailureReason reason) {
    return reason.code().equals(Optional.of(Page.NO_KEY));
  }

  private static String places(RunReport report) {
    List<String> samples = report.reasons().stream()
        .filter(NextSteps::isWithoutKey)
        .flatMap(reason -> reason.samples().stream())
        .toList();
    boolean isAll = samples.size() == count(report, NextSteps::isWithoutKey);
    return String.join(", ", samples) + (isAll ? "" : ", ..");
  }

  private static long count(RunReport report, Predicate<FailureReason> which) {
    return report.reasons().stream()
        .filter(which)
        .mapToLong(FailureReason::count)
        .sum();
  }
}
