package io.runbook4j.spi.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The append-only record of runs. Safe for many threads; one run is written by one process, and in
 * it by one thread at a time.
 *
 * <p>When {@link #record} has returned, the entries are acknowledged: they survive the death of the
 * process, and where the implementation forces to disk, a power cut.
 */
public interface Ledger extends AutoCloseable {
  /**
   * Appends entries of one run, in order, all or a prefix of them.
   *
   * <p>A run is taken for this process by {@code RunStarted} (which must be its first entry) or
   * {@code RunResumed}, and let go by {@code RunFinished} or {@link #close}. The list may be reused
   * by the caller afterwards; the entries, and the lists in them, must not change any more: a
   * ledger may keep them.
   *
   * @param entries at least one
   * @throws LedgerException if the entries could not be written whole, the run exists already, is
   *     unknown, or is another process's
   * @throws IllegalStateException if the run was not taken first
   */
  void record(RunId run, List<LedgerEntry> entries);

  /**
   * Returns when all that was acknowledged of a run outlasts a power cut, as far as this ledger
   * forces to disk at all. To be called before something is kept elsewhere that must not outlast
   * these entries. The default does nothing, for a ledger whose {@link #record} has forced already.
   *
   * @param run one that this process has taken; of others nothing is left to force
   * @throws LedgerException if it could not be forced
   */
  default void force(RunId run) {}

  /**
   * {@return the runs of a job, newest first, at most {@code limit} of them} The newest is the one
   * that was begun last, whatever the wall clocks said: they step, and differ between machines.
   *
   * @throws IllegalArgumentException if the limit is negative
   */
  List<RunSummary> runs(String job, int limit);

  /** {@return one run in short; empty if there is no such run} */
  Optional<RunSummary> run(RunId run);

  /**
   * {@return the runs of all jobs that began, have not finished, and whose process is gone; oldest
   * first}
   */
  List<RunSummary> died();

  /**
   * {@return what is needed to go on with the run}
   *
   * @throws LedgerException if there is no such run
   */
  ResumePoint resumePoint(RunId run);

  /**
   * {@return the items of a run that did not succeed and pass the filter, each once with what was
   * recorded last} Takes memory for each of them. An item whose chunk began and has no result is in
   * doubt if the run's process is gone, else not reached.
   *
   * @throws LedgerException if there is no such run
   */
  List<ItemRecord> items(RunId run, ItemFilter filter);

  /**
   * {@return the items whose newest record over all runs of the job is not a success, and that pass
   * the filter} Newest in the order of recording, whatever the wall clocks said: a run's records
   * are newer than all that other runs had recorded when it was started or resumed. Takes memory
   * for each of them.
   */
  List<ItemRecord> outstanding(String job, ItemFilter filter);

  /**
   * {@return how often each reason made items of the job fail or stay in doubt, in stretches of
   * time} Sorted by time, then falling count.
   *
   * @param since the beginning of the first stretch
   * @param stretch how long each is; positive
   */
  List<ReasonCount> reasons(String job, Instant since, Duration stretch);

  /**
   * {@return the run's history, oldest entry first} Takes memory for all of it; meant for a look at
   * one run.
   *
   * @throws LedgerException if there is no such run
   */
  List<LedgerEntry> entries(RunId run);

  /** Lets go of all runs of this process. What was not finished can be resumed. */
  @Override
  void close();
}
