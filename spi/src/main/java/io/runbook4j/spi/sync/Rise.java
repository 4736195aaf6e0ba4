package io.runbook4j.spi.sync;

/**
 * Tells whether the hashes of keys rise from each to the next, in which case no two keys are equal.
 * Those of a source that reads in the order of numbers do, as long as the numbers have as many
 * digits and the hash does not wrap around between two of them.
 */
final class Rise {
  private long last = Long.MIN_VALUE;
  private boolean unbroken = true;

  void add(String key) {
    if (unbroken) { // once it is not, nothing depends on hashes whose order nobody can predict
      int hash = key.hashCode();
      unbroken = hash > last;
      last = hash;
    }
  }

  boolean isUnbroken() {
    return unbroken;
  }
}
