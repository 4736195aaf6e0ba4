package io.runbook4j.ledger;

import java.util.TreeMap;

/**
 * The chunk numbers that a run has used. Takes memory for the gaps between them, not for the
 * numbers: chunks in flight may begin out of order, and a run of any length has few gaps.
 */
final class ChunkNumbers {
  /** First missing number to last missing number, below {@link #highest}. */
  private final TreeMap<Integer, Integer> gaps = new TreeMap<>();

  private int highest;

  /**
   * Takes a number.
   *
   * @return whether it was free
   */
  boolean take(int number) {
    if (number > highest) {
      if (number > highest + 1) {
        gaps.put(highest + 1, number - 1);
      }
      highest = number;
      return true;
    }
    var gap = gaps.floorEntry(number);
    if (gap == null || gap.getValue() < number) {
      return false;
    }
    split(gap.getKey(), gap.getValue(), number);
    return true;
  }

  /** {@return the highest number taken; 0 if there is none} */
  int highest() {
    return highest;
  }

  private void split(int first, int last, int taken) {
    gaps.remove(first);
    if (first < taken) {
      gaps.put(first, taken - 1);
    }
    if (taken < last) {
      gaps.put(taken + 1, last);
    }
  }
}
