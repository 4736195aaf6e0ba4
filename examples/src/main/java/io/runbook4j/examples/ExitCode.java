package io.runbook4j.examples;

import io.runbook4j.run.RunReport;
import io.runbook4j.spi.ledger.RunState;

/** What an example tells its shell. */
enum ExitCode {
  /** Every item succeeded or was skipped. */
  WELL(0),
  /** Some items failed, or are in doubt. */
  SOME_FAILED(1),
  /** The arguments make no sense. */
  USAGE(2),
  /** The run did not come to its end; the same command goes on with it. */
  STOPPED(3);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }

  static ExitCode of(RunReport report) {
    if (report.state() != RunState.COMPLETED) {
      return STOPPED;
    }
    return report.counts().failed() + report.counts().inDoubt() > 0 ? SOME_FAILED : WELL;
  }
}
