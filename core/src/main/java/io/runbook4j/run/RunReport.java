package io.runbook4j.run;

import io.runbook4j.chunk.ChunkSizer.SizeChange;
import io.runbook4j.integrity.SpotCheck;
import io.runbook4j.spi.alert.Alert;
import io.runbook4j.spi.ledger.Counts;
import io.runbook4j.spi.ledger.Finding;
import io.runbook4j.spi.ledger.RunId;
import io.runbook4j.spi.ledger.RunOrigin;
import io.runbook4j.spi.ledger.RunState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What came of a run. Immutable. Counts are of the whole run; chunks, waits, limits and reasons are
 * of the process that ran or resumed it last. Lists are bounded, so that a report does not grow
 * with the run; the ledger has the rest.
 */
public final class RunReport {
  private final Head head;
  private final Counts counts;
  private final Totals totals;
  private final List<FailureReason> reasons;
  private final List<ChunkReport> chunks;
  private final List<SizeChange> sizeChanges;
  private final List<LimitReport> limits;
  private final List<Alert> alerts;
  private final List<Finding> findings;
  private final Optional<SpotCheck.Result> spotCheck;
  private final List<String> problems;
  private final List<String> remedies;

  RunReport(Head head, Counts counts, RunTally tally, List<String> remedies) {
    this.head = head;
    this.remedies = List.copyOf(remedies);
    this.counts = Objects.requireNonNull(counts, "counts");
    this.totals = tally.totals();
    this.reasons = tally.reasons();
    this.chunks = tally.chunks();
    this.sizeChanges = tally.sizeChanges();
    this.limits = tally.limits();
    this.alerts = tally.alerts();
    this.findings = tally.findings();
    this.spotCheck = tally.spotCheck();
    this.problems = tally.problems();
  }

  /** {@return the run} */
  public RunId runId() {
    return head.run();
  }

  /** {@return the job's name} */
  public String job() {
    return head.job();
  }

  /** {@return why the run exists} */
  public RunOrigin origin() {
    return head.origin();
  }

  /** {@return COMPLETED, STOPPED or FAILED} */
  public RunState state() {
    return head.state();
  }

  /** {@return why it ended, for a person} */
  public String reason() {
    return head.reason();
  }

  /** {@return when this process began or resumed the run} */
  public Instant startedAt() {
    return head.startedAt();
  }

  /** {@return when it ended} */
  public Instant endedAt() {
    return head.endedAt();
  }

  /**
   * {@return whether this process went on with a run that another one, or an earlier call, had
   * left}
   */
  public boolean isResumed() {
    return head.resumed();
  }

  /** {@return how many items there are, and where they stand; adds up} */
  public Counts counts() {
    return counts;
  }

  /** {@return calls, retries and waits} */
  public Totals totals() {
    return totals;
  }

  /**
   * {@return why items failed, were skipped or stayed in doubt; most frequent first, at most 99,
   * and then one for all the others if there are more}
   */
  public List<FailureReason> reasons() {
    return reasons;
  }

  /** {@return the last 200 chunks, in order} */
  public List<ChunkReport> chunks() {
    return chunks;
  }

  /** {@return the changes of the chunk size, in order; the last 200} */
  public List<SizeChange> sizeChanges() {
    return sizeChanges;
  }

  /** {@return the limits that were met, in order; the last 200} */
  public List<LimitReport> limits() {
    return limits;
  }

  /**
   * {@return the alerts that the run raised, then the rules of the job that fired at its end,
   * whenever they began}
   */
  public List<Alert> alerts() {
    return alerts;
  }

  /** {@return what checks found; the last 200} */
  public List<Finding> findings() {
    return findings;
  }

  /**
   * {@return what the target said of the items that were picked for a spot check, with the seed;
   * empty if there was none}
   */
  public Optional<SpotCheck.Result> spotCheck() {
    return spotCheck;
  }

  /**
   * {@return what went wrong beside the items: an alert that could not be delivered, a listener
   * that threw; in order, at most 200} Equal ones are one, with how often.
   */
  public List<String> problems() {
    return problems;
  }

  /**
   * {@return what a person does next, a sentence each; empty if there is nothing to do} The last of
   * them say for each kind of failure what the triage table says: symptom, likely cause, action.
   */
  public List<String> next() {
    List<String> steps = new ArrayList<>(NextSteps.of(this));
    steps.addAll(remedies);
    return List.copyOf(steps);
  }

  /**
   * {@return the report as aligned text, lines separated by a line feed} In what it tells, control
   * characters, line feeds included, are blanks, and halves of surrogate pairs U+FFFD.
   */
  public String text() {
    return new TextReport(this).toString();
  }

  /**
   * {@return the report as JSON, as {@code docs/run-report.schema.json} describes it} Control
   * characters and halves of surrogate pairs are escaped.
   */
  public String json() {
    return JsonReport.of(this);
  }

  @Override
  public String toString() {
    return "RunReport[" + runId() + " " + job() + " " + state() + " " + counts + "]";
  }

  /**
   * How a run began and ended.
   *
   * @param run the run
   * @param job the job's name
   * @param origin why the run exists
   * @param state how it ended
   * @param reason why it ended
   * @param startedAt when this process began
   * @param endedAt when it ended
   * @param resumed whether another process had begun it
   */
  record Head(
      RunId run,
      String job,
      RunOrigin origin,
      RunState state,
      String reason,
      Instant startedAt,
      Instant endedAt,
      boolean resumed) {}

  /**
   * Calls, retries and waits of one process.
   *
   * @param calls how often the target was called, verifications included where it can look
   * @param retriedItems how often an item was to be tried again, for whatever cause: a failure that
   *     may pass, a limit, a new credential, a chunk cut in two, an answer that was lost
   * @param waited how long nothing was sent because of a limit, a back-off, a pause, a closed gate
   *     or a source to be read again
   * @param chunks how many chunks had a result
   */
  public record Totals(long calls, long retriedItems, Duration waited, long chunks) {}

  /**
   * A limit that was met.
   *
   * @param at when
   * @param service the limit's name
   * @param until nothing is sent before
   * @param asked how long the service asked to wait, if it said so
   */
  public record LimitReport(Instant at, String service, Instant until, Optional<Duration> asked) {}
}
