package io.runbook4j.run;

import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.FailureKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
    long unmapped = isSplit ? count(report, FailureKind.MAPPING_MISSING) : 0;
    if (unmapped > 0) {
      steps.add(
          unmapped
              + " have no mapping; export them with ItemsCsv, correct the mappings, then rerun those keys only");
    }
    if (counts.failed() > unmapped) {
      steps.add((counts.failed() - unmapped)
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
    return List.copyOf(steps);
  }

  private static long count(RunReport report, FailureKind kind) {
    return report.reasons().stream()
        .filter(reason ->
            reason.kind().equals(Optional.of(kind)) && !reason.text().startsWith("in doubt"))
        .mapToLong(FailureReason::count)
        .sum();
  }
}
