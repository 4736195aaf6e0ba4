package io.runbook4j.run;

import static java.util.stream.Collectors.joining;

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
    if (report.state() != RunState.COMPLETED) {
      steps.add(goOn(report));
    }
    failed(report, steps);
    inDoubt(report, steps);
    skipped(report, steps);
    if (!report.findings().isEmpty()) {
      steps.add(report.findings().stream().map(Finding::check).distinct().collect(joining(", "))
          + " found something: look at the data before the next run writes it");
    }
    return List.copyOf(steps);
  }

  private static String goOn(RunReport report) {
    long notReached = report.counts().notReached();
    return (notReached > 0
            ? notReached + " read and not reached; "
            : "nothing is left of what was read; ")
        + (report.state() == RunState.FAILED ? "mend the cause, then " : "")
        + "go on with runner.resume(job, new RunId(\"" + report.runId() + "\"))"
        + (notReached > 0 ? "" : ", which reads the rest of the source");
  }

  private static void failed(RunReport report, List<String> steps) {
    long gone = count(report, NextSteps::isGone);
    if (gone > 0) {
      steps.add(gone + " were no longer in the source, and not sent ("
          + samples(report, NextSteps::isGone)
          + "); a rerun sends those only that the source has again");
    }
    // a resumed run's reasons leave out those that an earlier process saw, its counts do not
    if (report.isResumed()) {
      if (report.counts().failed() > 0) {
        steps.add(report.counts().failed()
            + " failed in this run, those without a mapping included; look at the reasons in the"
            + " ledger, then rerun with " + rerun(report, "")
            + ", which leaves out what has succeeded since");
      }
      return;
    }
    long unmapped = count(report, NextSteps::isUnmapped);
    if (unmapped > 0) {
      steps.add(unmapped + " have no mapping; export them with ItemsCsv, correct the mappings, then"
          + " rerun those only with "
          + rerun(report, ", ItemFilter.failed().kinds(FailureKind.MAPPING_MISSING)"));
    }
    long withoutKey = count(report, NextSteps::isWithoutKey);
    if (withoutKey > 0) {
      steps.add(withoutKey + " have no key that could be read ("
          + samples(report, NextSteps::isWithoutKey)
          + "): correct them, then send them in a run of their own; a rerun goes by keys");
    }
    long rerun = report.counts().failed() - withoutKey;
    long others = rerun - unmapped - gone;
    if (others > 0) {
      steps.add(others + " failed; look at the reasons, then rerun with " + rerun(report, "")
          + (others == rerun ? "" : ", which reruns all " + rerun));
    }
  }

  private static void inDoubt(RunReport report, List<String> steps) {
    long inDoubt = report.counts().inDoubt();
    if (inDoubt > 0) {
      steps.add(inDoubt + " in doubt" + (report.isResumed() ? " in this run" : "")
          + ": they may or may not have been applied; look at the service first: "
          + rerun(report, ", ItemFilter.all().states(ItemState.IN_DOUBT)") + " reruns "
          + (report.isResumed() ? "those that have not succeeded since" : "all " + inDoubt)
          + ", and with .keys(..) on the filter those only that are to be sent again");
    }
  }

  private static String rerun(RunReport report, String filter) {
    return "runner.rerunFailed(job, new RunId(\"" + report.runId() + "\")" + filter + ")";
  }

  private static void skipped(RunReport report, List<String> steps) {
    String process = report.isResumed() ? " in this process" : "";
    long deferred = count(report, reason -> reason.text().startsWith(Outbound.DEFERRED));
    if (deferred > 0) {
      steps.add(
          deferred + " were deferred to the outbox" + process + "; drain it when the gate is open");
    }
    long keptIn = count(report, reason -> reason.text().startsWith(Outbound.KEPT_IN));
    if (keptIn > 0) {
      steps.add(keptIn + " were kept in by the gate" + process
          + "; when it lets more out, send them with runner.rerunOutstanding(job)");
    }
  }

  private static boolean isUnmapped(FailureReason reason) {
    return reason.kind().equals(Optional.of(FailureKind.MAPPING_MISSING))
        && !isWithoutKey(reason)
        && !reason.text().startsWith("in doubt");
  }

  private static boolean isWithoutKey(FailureReason reason) {
    return reason.code().equals(Optional.of(Page.NO_KEY));
  }

  private static boolean isGone(FailureReason reason) {
    return reason.code().equals(Optional.of(RerunSource.NOT_IN_SOURCE));
  }

  private static String samples(RunReport report, Predicate<FailureReason> which) {
    List<String> samples = report.reasons().stream()
        .filter(which)
        .flatMap(reason -> reason.samples().stream())
        .toList();
    boolean isAll = samples.size() == count(report, which);
    return String.join(", ", samples) + (isAll ? "" : ", ..");
  }

  private static long count(RunReport report, Predicate<FailureReason> which) {
    return report.reasons().stream()
        .filter(which)
        .mapToLong(FailureReason::count)
        .sum();
  }
}
