package io.runbook4j.chunk;

import java.util.Optional;

/**
 * The chunk size of one run as it adapts. Not safe for many threads.
 *
 * <p>Additive increase, multiplicative decrease, with a memory: the size that was too large last is
 * a ceiling that growth stays below, so that a service with a hard limit is not run into again and
 * again. The ceiling is forgotten after {@value #FORGET_AFTER} clean chunks in a row, and after
 * twice as many each time that it comes back, up to {@value #FORGET_AFTER_AT_MOST}.
 */
public final class ChunkSizer {
  /** After so many clean chunks in a row a size that brought trouble may be tried again. */
  static final int FORGET_AFTER = 30;

  private static final int FORGET_AFTER_AT_MOST = 960;

  private static final int GROW_AFTER = 3;

  private final int min;
  private final int max;
  private int size;
  private int ceiling;
  private int forgetAfter = FORGET_AFTER / 2;
  private int clean;

  ChunkSizer(int min, int max) {
    this.min = min;
    this.max = max;
    this.size = (int) Math.round(Math.sqrt((double) min * max));
    this.ceiling = Integer.MAX_VALUE;
  }

  /** {@return how many items the next chunk holds at most} */
  public int size() {
    return size;
  }

  /** {@return the largest size there can be} */
  public int max() {
    return max;
  }

  /**
   * Halves the size, down to its minimum, because the service is asked too much. That says nothing
   * of the size itself, so the size may grow back to what it was.
   *
   * @return the change; empty if it is at its minimum already
   */
  public Optional<SizeChange> onRateLimited(String cause) {
    clean = 0;
    return change(Math.max(min, size / 2), cause);
  }

  /**
   * Halves the size, down to its minimum, because a chunk was too much for the service. A chunk of
   * one item says nothing of the size; nor does one that is larger than chunks are by now. One that
   * the smaller size would not have cut is no ceiling.
   *
   * @param items how many it held
   * @return the change; empty if there is none
   */
  public Optional<SizeChange> onTooLarge(int items, String cause) {
    if (items == 1 || items > size) {
      return Optional.empty();
    }
    Optional<SizeChange> change = onRateLimited(cause);
    if (items > size) {
      ceiling = items;
      forgetAfter = Math.min(2 * forgetAfter, FORGET_AFTER_AT_MOST);
    }
    return change;
  }

  /**
   * Counts a clean chunk.
   *
   * @return the growth that follows from it, if any
   */
  public Optional<SizeChange> onClean() {
    clean++;
    if (clean >= forgetAfter) {
      ceiling = Integer.MAX_VALUE;
    }
    if (clean % GROW_AFTER != 0) {
      return Optional.empty();
    }
    int step = Math.max(1, (max - min) / 10);
    int most = ceiling == Integer.MAX_VALUE ? max : Math.max(min, ceiling - step);
    return size >= most
        ? Optional.empty()
        : change(Math.min(size + step, most), clean + " clean chunks in a row");
  }

  private Optional<SizeChange> change(int to, String cause) {
    if (to == size) {
      return Optional.empty();
    }
    SizeChange change = new SizeChange(size, to, cause);
    size = to;
    return Optional.of(change);
  }

  /**
   * A change of the chunk size.
   *
   * @param from the size before
   * @param to the size from now on
   * @param cause why
   */
  public record SizeChange(int from, int to, String cause) {
    @Override
    public String toString() {
      return from + " to " + to + ": " + cause;
    }
  }
}
