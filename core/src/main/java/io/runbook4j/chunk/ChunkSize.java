package io.runbook4j.chunk;

/** How many items a chunk holds. Immutable; the state of one run is a {@link ChunkSizer}. */
public final class ChunkSize {
  private static final ChunkSize DEFAULTS = new ChunkSize(50, 200);

  private final int min;
  private final int max;

  private ChunkSize(int min, int max) {
    this.min = min;
    this.max = max;
  }

  /** {@return adaptive between 50 and 200} */
  public static ChunkSize defaults() {
    return DEFAULTS;
  }

  /** {@return always {@code size} items, at least 1} */
  public static ChunkSize fixed(int size) {
    return new ChunkSize(atLeastOne(size, "size"), size);
  }

  /**
   * {@return between {@code min} and {@code max} items, as the service bears it} Begins at their
   * geometric mean (100 for 50 and 200). Halves when the service is rate limited, finds a chunk too
   * large, or times out; grows by a tenth of the range after every third clean chunk, and stays
   * below a size that was too large, or timed out, until {@value ChunkSizer#FORGET_AFTER} clean
   * chunks have passed.
   */
  public static ChunkSize adaptive(int min, int max) {
    atLeastOne(min, "min");
    if (max < min) {
      throw new IllegalArgumentException("max must be at least min (" + min + "), was " + max);
    }
    return new ChunkSize(min, max);
  }

  /** {@return the smallest size} */
  public int min() {
    return min;
  }

  /** {@return the largest size} */
  public int max() {
    return max;
  }

  /** {@return the state of one run, whose target takes at most {@code targetMax} items a call} */
  public ChunkSizer start(int targetMax) {
    int most = Math.min(max, atLeastOne(targetMax, "targetMax"));
    return new ChunkSizer(Math.min(min, most), most);
  }

  private static int atLeastOne(int value, String name) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, was " + value);
    }
    return value;
  }

  @Override
  public String toString() {
    return min == max ? "fixed at " + min : "adaptive between " + min + " and " + max;
  }
}
