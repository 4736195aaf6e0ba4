package io.runbook4j.report;

import io.runbook4j.run.FailureReason;
import io.runbook4j.run.RunReport;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.Finding;
import io.runbook4j.spi.ledger.ItemFilter;
import io.runbook4j.spi.ledger.ItemRecord;
import io.runbook4j.spi.ledger.ItemState;
import io.runbook4j.spi.ledger.Ledger;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.ledger.RunSummary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a report says of a run, and what the ledger adds to it. Immutable.
 *
 * @param report the run's report
 * @param items those in doubt first, then the failed ones, at most so many as were asked for
 * @param unreached the keys of as many that were not reached: a failure that stopped the run may
 *     name one
 * @param recorded the counts in the ledger, to be compared with the report's; empty without ledger
 * @param usual how long the runs of its kind before it took, the median; empty if there were none
 */
record RunFacts(
    RunReport report,
    List<ItemRecord> items,
    List<String> unreached,
    Optional<Counts> recorded,
    Optional<Duration> usual) {
  private static final int EARLIER_RUNS = 30;

  static RunFacts of(RunReport report, Optional<Ledger> ledger, int mostItems) {
    return new RunFacts(
        report,
        ledger.map(l -> items(report, l, mostItems)).orElse(List.of()),
        ledger.map(l -> unreached(report, l, mostItems)).orElse(List.of()),
        ledger.flatMap(l -> l.run(report.runId())).map(RunSummary::counts),
        ledger.flatMap(l -> usual(report, l)));
  }

  private static List<ItemRecord> items(RunReport report, Ledger ledger, int most) {
    ItemFilter filter = ItemFilter.all().limit(most);
    List<ItemRecord> items =
        new ArrayList<>(ledger.items(report.runId(), filter.states(ItemState.IN_DOUBT)));
    if (items.size() < most) {
      ItemFilter failed = ItemFilter.failed().limit(most - items.size());
      items.addAll(ledger.items(report.runId(), failed));
    }
    return List.copyOf(items);
  }

  private static List<String> unreached(RunReport report, Ledger ledger, int most) {
    return report.counts().notReached() == 0
        ? List.of()
        : ledger
            .items(
                report.runId(), ItemFilter.all().states(ItemState.NOT_REACHED).limit(most))
            .stream()
            .map(ItemRecord::key)
            .toList();
  }

  private static Optional<Duration> usual(RunReport report, Ledger ledger) {
    List<Duration> lengths = ledger.runs(report.job(), EARLIER_RUNS + 1).stream()
        .dropWhile(run -> !run.run().equals(report.runId()))
        .skip(1)
        .filter(run -> run.started().origin().kind() == report.origin().kind())
        .flatMap(run -> run.finished().stream()
            .filter(end -> end.state() == RunState.COMPLETED)
            .map(end -> Duration.between(run.started().at(), end.at())))
        .sorted()
        .toList();
    return lengths.isEmpty() ? Optional.empty() : Optional.of(lengths.get(lengths.size() / 2));
  }

  Counts counts() {
    return report.counts();
  }

  /** {@return how many items {@link #items} would hold if it were not limited} */
  long itemTotal() {
    return counts().failed() + counts().inDoubt();
  }

  /** {@return the keys that may stand in texts of this run, as far as they are known} */
  List<String> keys() {
    List<String> keys = new ArrayList<>();
    items.forEach(item -> keys.add(item.key()));
    keys.addAll(unreached);
    for (FailureReason reason : report.reasons()) {
      keys.addAll(reason.samples());
    }
    for (Finding finding : report.findings()) {
      keys.addAll(finding.samples()); // whole: nobody can tell where in it the key is
    }
    report.spotCheck().ifPresent(check -> keys.addAll(check.verdicts().keySet()));
    return keys;
  }

  boolean isClean() {
    return report.state() == RunState.COMPLETED
        && itemTotal() == 0
        && report.findings().isEmpty();
  }

  /** {@return how it ended, in one word} */
  String verdict() {
    if (report.state() != RunState.COMPLETED) {
      return report.state().name();
    }
    return isClean() ? "OK" : itemTotal() == 0 ? "FINDINGS" : "PARTIAL";
  }

  /** {@return how it ended, in a sentence} */
  String sentence() {
    Counts counts = counts();
    String doubt = counts.inDoubt() == 0 ? "" : ", " + Words.number(counts.inDoubt()) + " in doubt";
    String missed =
        counts.notReached() == 0 ? "" : ", " + Words.number(counts.notReached()) + " not reached";
    int findings = report.findings().size();
    String found =
        findings == 0 ? "" : findings == 1 ? ", 1 finding" : ", " + findings + " findings";
    return Words.number(counts.succeeded()) + " of " + Words.number(counts.read()) + " succeeded, "
        + Words.number(counts.failed()) + " failed" + doubt + missed + found;
  }

  /** {@return the calls that go on with the run or rerun what failed; empty if there are none} */
  List<String> commands() {
    List<String> commands = new ArrayList<>();
    String run = "new RunId(\"" + report.runId() + "\")";
    if (report.state() != RunState.COMPLETED) {
      commands.add("runner.resume(job, " + run + ");");
    }
    if (counts().failed() > 0) {
      commands.add("runner.rerunFailed(job, " + run + ");");
    }
    if (counts().inDoubt() > 0) {
      commands.add("runner.rerunFailed(job, " + run
          + ", ItemFilter.all().states(ItemState.IN_DOUBT)); // sends again what may have arrived");
    }
    return commands;
  }
}
