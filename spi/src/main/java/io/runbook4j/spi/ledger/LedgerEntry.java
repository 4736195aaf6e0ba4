package io.runbook4j.spi.ledger;

import io.runbook4j.spi.alert.Alert;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** One line of a run's history. Immutable. */
public sealed interface LedgerEntry {
  /** {@return when it happened} */
  Instant at();

  /**
   * The run began. The first entry of every run; takes the run for this process.
   *
   * @param at when
   * @param run the run
   * @param job the job's name
   * @param origin why the run exists
   */
  record RunStarted(Instant at, RunId run, String job, RunOrigin origin) implements LedgerEntry {}

  /**
   * The run goes on after it was stopped, failed or died; takes the run for this process.
   *
   * @param at when
   */
  record RunResumed(Instant at) implements LedgerEntry {}

  /**
   * A chunk is about to be applied. If nothing more is recorded of it, its items are in doubt.
   *
   * @param at when
   * @param chunk what is about to be applied
   * @param position from where the run would read if it were resumed now
   */
  record ChunkBegun(Instant at, ChunkIntent chunk, Position position) implements LedgerEntry {}

  /**
   * What a chunk is made of.
   *
   * @param number counts the chunks of a run, from 1
   * @param idempotencyKey as sent to the target
   * @param keys the items' keys, in order
   * @param spans in which pages the items were read, in the order of the keys; their counts add up
   *     to the keys
   */
  record ChunkIntent(int number, String idempotencyKey, List<String> keys, List<Span> spans) {}

  /**
   * Items next to each other in a chunk that were read in one page.
   *
   * @param page the page's number
   * @param count how many items, at least 1
   */
  record Span(int page, int count) {}

  /**
   * A chunk was applied, and this came of it.
   *
   * @param at when
   * @param number the chunk's number
   * @param results one for each item that differs from {@code others}, by rising index
   * @param others what happened to all other items
   * @param timing how long it took
   */
  record ChunkDone(
      Instant at, int number, List<ItemResult> results, ItemResult others, ChunkTiming timing)
      implements LedgerEntry {}

  /**
   * How long a chunk took.
   *
   * @param waited from when the chunk could have been sent to when it was, because of a limit or a
   *     back-off
   * @param took from when it was sent to its answer
   */
  record ChunkTiming(Duration waited, Duration took) {
    /** No time at all, for a chunk that was never sent. */
    public static final ChunkTiming NONE = new ChunkTiming(Duration.ZERO, Duration.ZERO);
  }

  /**
   * A service asked to wait.
   *
   * @param at when
   * @param service the limit's name
   * @param until nothing is sent before
   */
  record LimitMet(Instant at, String service, Instant until) implements LedgerEntry {}

  /**
   * A threshold was crossed.
   *
   * @param at when
   * @param alert what was said about it
   */
  record AlertRaised(Instant at, Alert alert) implements LedgerEntry {}

  /**
   * An integrity check found something.
   *
   * @param at when
   * @param finding what is wrong
   */
  record FindingMade(Instant at, Finding finding) implements LedgerEntry {}

  /**
   * Something worth remembering.
   *
   * @param at when
   * @param topic a short word to search for, such as {@code chunk-size}
   * @param text for a person
   */
  record Note(Instant at, String topic, String text) implements LedgerEntry {}

  /**
   * The run ended; lets go of the run.
   *
   * @param at when
   * @param state COMPLETED, STOPPED or FAILED
   * @param reason why it ended, for a person
   * @param counts of the whole run, earlier processes included
   * @param unread the keys of the items that were read and never in a chunk
   */
  record RunFinished(Instant at, RunState state, String reason, Counts counts, List<String> unread)
      implements LedgerEntry {}
}
