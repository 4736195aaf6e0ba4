package io.runbook4j.limit;

import java.util.concurrent.TimeUnit;

/** What windows agree on for permits that are given back. */
final class Corrections {
  /** How long ago permits may have been taken that are given back. */
  static final long ANSWER_NANOS = TimeUnit.MINUTES.toNanos(1);

  private Corrections() {}
}
