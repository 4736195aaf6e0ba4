package io.runbook4j.run;

import io.runbook4j.spi.sync.ChunkResult;
import io.runbook4j.spi.sync.Outcome;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** What a run tells Java Flight Recorder. */
final class RunEvents {
  private RunEvents() {}

  /**
   * {@return a few words, as a report has them: an outcome for each of a thousand items has no
   * place in an event}
   */
  static String inWords(ChunkResult result, int items) {
    if (result.isWholeCall()) {
      return result.others().orElseThrow() instanceof Outcome.InDoubt doubt
          ? "in doubt: " + doubt.failure()
          : "refused: " + ((Outcome.Failed) result.others().orElseThrow()).failure();
    }
    int reported = result.reported().size();
    long not = result.reported().values().stream()
        .filter(outcome -> !(outcome instanceof Outcome.Succeeded))
        .count();
    int unreported = result.others().isPresent() ? 0 : items - reported;
    long succeeded = items - unreported - not;
    return not + unreported == 0
        ? "all succeeded"
        : succeeded + " succeeded, " + not + " not"
            + (unreported == 0 ? "" : ", " + unreported + " not reported");
  }

  @Name("io.runbook4j.Chunk")
  @Label("Chunk")
  @Category("Runbook4j")
  @Description("A chunk was sent and has its answer")
  @StackTrace(false)
  static final class ChunkEvent extends Event {
    @Label("Run")
    String run = "";

    @Label("Number")
    int number;

    @Label("Items")
    int items;

    @Label("Took")
    @Timespan(Timespan.NANOSECONDS)
    long took;

    @Label("Result")
    String result = "";
  }

  @Name("io.runbook4j.Wait")
  @Label("Wait")
  @Category("Runbook4j")
  @Description("A run waited for a limit, a back-off, its window or an answer")
  @StackTrace(false)
  static final class WaitEvent extends Event {
    @Label("Run")
    String run = "";

    @Label("Cause")
    String cause = "";
  }

  @Name("io.runbook4j.Retry")
  @Label("Retry")
  @Category("Runbook4j")
  @Description("Items are to be tried again")
  @StackTrace(false)
  static final class RetryEvent extends Event {
    @Label("Run")
    String run = "";

    @Label("Items")
    int items;

    @Label("Failure")
    String failure = "";
  }
}
