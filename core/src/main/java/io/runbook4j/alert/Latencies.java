package io.runbook4j.alert;

import java.util.Arrays;

/**
 * A log-linear histogram of latencies in microseconds: 8 cells for each power of two up to 19
 * hours, so that a cell is at most 12.5 % wide, and one cell more for each threshold, which is an
 * edge. Whether a quantile is at or above a threshold is therefore exact. Immutable: it knows the
 * cells, not the counts.
 */
final class Latencies {
  private static final int BASE_CELLS = 280;
  private static final long MOST = (1L << 37) - 1;

  private final long[] thresholds;
  private final long[] lowEdges;

  Latencies(long... thresholdMicros) {
    thresholds = Arrays.stream(thresholdMicros).sorted().distinct().toArray();
    long[] edges = new long[BASE_CELLS + thresholds.length];
    for (int i = 0; i < BASE_CELLS; i++) {
      edges[i] = baseEdge(i);
    }
    System.arraycopy(thresholds, 0, edges, BASE_CELLS, thresholds.length);
    Arrays.sort(edges);
    lowEdges = edges;
  }

  int cells() {
    return lowEdges.length;
  }

  int cell(long micros) {
    long value = Math.max(0, Math.min(MOST, micros));
    int cell = base(value);
    for (long threshold : thresholds) {
      if (value >= threshold) {
        cell++;
      }
    }
    return cell;
  }

  private static int base(long value) {
    if (value < 8) {
      return (int) value;
    }
    int exponent = 63 - Long.numberOfLeadingZeros(value);
    return (exponent - 2) * 8 + (int) (value >>> (exponent - 3) & 7);
  }

  private static long baseEdge(int cell) {
    return cell < 8 ? cell : (8L + cell % 8) << (cell / 8 - 1);
  }

  /** {@return the value below which a cell's latencies lie} */
  long upperEdge(int cell) {
    return cell + 1 < lowEdges.length ? lowEdges[cell + 1] : MOST + 1;
  }
}
