package io.runbook4j.run;

import java.time.Duration;
import java.util.Locale;

/**
 * One chunk in a report.
 *
 * @param number counts the chunks of the run, from 1
 * @param size how many items it held
 * @param result what came of it, in words
 * @param waited how long it waited for a limit or a back-off
 * @param took from when it was sent to its answer
 */
public record ChunkReport(int number, int size, String result, Duration waited, Duration took) {
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "#%d %d items, %s", number, size, result);
  }
}
