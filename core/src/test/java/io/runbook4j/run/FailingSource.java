package io.runbook4j.run;

import io.runbook4j.spi.sync.Failure;
import io.runbook4j.spi.sync.FailureException;
import io.runbook4j.spi.sync.FailureKind;
import io.runbook4j.spi.sync.PageReader;
import io.runbook4j.spi.sync.Source;

/** Gives a source's first pages, and then fails a number of times. */
final class FailingSource {
  private FailingSource() {}

  /** {@return a source that gives so many pages, and then fails as INVALID without end} */
  static Source<String> after(Source<String> source, int pages) {
    return failing(
        source, pages, Integer.MAX_VALUE, Failure.of(FailureKind.INVALID, "the table is gone"));
  }

  /** {@return a source that gives so many pages, then fails so many times, then gives the rest} */
  static Source<String> failing(Source<String> source, int pages, int times, Failure failure) {
    int[] read = {0};
    int[] failed = {0};
    return from -> {
      PageReader<String> reader = source.open(from);
      return limit -> {
        if (read[0] >= pages && failed[0] < times) {
          failed[0]++;
          throw new FailureException(failure);
        }
        read[0]++;
        return reader.next(limit);
      };
    };
  }
}
