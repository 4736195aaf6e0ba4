package io.runbook4j.spi.sync;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Applies chunks to one service.
 *
 * <p><b>Threads:</b> {@code apply} is called by several threads at once if the job has more than
 * one chunk in flight. <b>Time:</b> a target never sleeps, retries or paces by itself; the run
 * does, and an adapter waits through its context.
 *
 * @param <T> the type of the items' values
 */
@FunctionalInterface
public interface Target<T> {
  /**
   * Applies one chunk and says what became of each item.
   *
   * @return outcomes by key, or one answer for the whole call; items it does not speak of have
   *     failed
   * @throws FailureException if nothing of the chunk was applied; the same as
   *     {@link ChunkResult#refused}
   * @throws InterruptedException if the thread is interrupted; every item is then in doubt, as
   *     after any other exception
   */
  ChunkResult apply(Chunk<T> chunk) throws InterruptedException;

  /** {@return the most items that one call takes; at least 1} */
  default int maxChunk() {
    return Integer.MAX_VALUE;
  }

  /**
   * {@return whether applying an item twice, with the same idempotency key, has the effect of
   * applying it once} The run then sends items in doubt again.
   */
  default boolean isIdempotent() {
    return false;
  }

  /**
   * Looks up, without changing anything, whether these items were applied.
   *
   * @param keys at most as many as a chunk holds
   * @return what was found by key; a key left out counts as {@link Verdict#UNKNOWN}; empty if the
   *     target cannot look, for which it makes no call: a run then takes back the permit, as far as
   *     its quota allows, counts no call, and does not ask again
   * @throws FailureException if the service did not answer
   */
  default Optional<Map<String, Verdict>> verify(List<String> keys) throws InterruptedException {
    return Optional.empty();
  }

  /**
   * Gets a new credential after the service refused the current one.
   *
   * @return whether there is a new one, so that another try makes sense
   */
  default boolean refreshCredential() throws InterruptedException {
    return false;
  }

  /**
   * {@return the name of the limit that this target's calls fall under} Targets and adapters that
   * give the same name share one limiter: what one of them is told, all of them keep. Empty, the
   * default, for a limit of the job's own.
   */
  default String service() {
    return "";
  }

  /** What a look at the service found about one item. */
  enum Verdict {
    /** It was applied. */
    APPLIED,
    /** It was not applied. */
    ABSENT,
    /** The service does not say. */
    UNKNOWN
  }
}
