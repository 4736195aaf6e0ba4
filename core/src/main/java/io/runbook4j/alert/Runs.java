package io.runbook4j.alert;

import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunState;
import io.runbook4j.spi.sync.FailureKind;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The runs that ended during an incident. Not safe for many threads. */
final class Runs {
  int failedInARow;
  private long ended;
  private long failed;
  private long mostFailedItems;
  private long lastFailedItems;

  void add(End end) {
    ended++;
    if (end.isFailure()) {
      failed++;
      failedInARow++;
    } else if (end.state == RunState.COMPLETED) {
      failedInARow = 0;
    }
    mostFailedItems = Math.max(mostFailedItems, end.counts.failed());
    lastFailedItems = end.counts.failed();
  }

  /** {@return what is known of the runs, to go behind a text; nothing if there were none} */
  String text() {
    return ended == 0
        ? ""
        : ", " + ended + " runs since then, " + failed + " of them failed, " + lastFailedItems
            + " items failed in the last";
  }

  /** {@return what is known of the runs, line by line; nothing if there were none} */
  List<String> impact() {
    return ended == 0
        ? List.of()
        : List.of(
            "Runs that ended meanwhile: " + ended + ", failed: " + failed,
            "Failed items in the worst run: " + mostFailedItems,
            "Failed items in the last run: " + lastFailedItems);
  }

  void save(DataOutput out) throws IOException {
    out.writeInt(failedInARow);
    out.writeLong(ended);
    out.writeLong(failed);
    out.writeLong(mostFailedItems);
    out.writeLong(lastFailedItems);
  }

  void load(DataInput in) throws IOException {
    failedInARow = in.readInt();
    ended = in.readLong();
    failed = in.readLong();
    mostFailedItems = in.readLong();
    lastFailedItems = in.readLong();
  }

  /**
   * How a run ended.
   *
   * @param cause of what kind the failure was that stopped it; empty if none did
   */
  record End(RunId run, RunState state, Optional<FailureKind> cause, Counts counts) {
    End(RunId run, RunState state, Counts counts) {
      this(run, state, Optional.empty(), counts);
    }

    static End stopped(RunId run, FailureKind cause, Counts counts) {
      return new End(run, RunState.STOPPED, Optional.of(cause), counts);
    }

    private boolean isFailure() {
      return state == RunState.FAILED || state == RunState.DIED || cause.isPresent();
    }

    String text() {
      return "run " + run + " " + state + cause.map(kind -> " by " + kind).orElse("") + ": "
          + counts.succeeded() + " succeeded, " + counts.failed() + " failed, " + counts.inDoubt()
          + " in doubt of " + counts.read();
    }
  }
}
