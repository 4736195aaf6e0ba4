package io.runbook4j.run;

import io.runbook4j.spi.ledger.RunId;
import java.util.function.Supplier;
import org.slf4j.MDC;

/** The run's id in what a thread logs. */
final class LogContext {
  private static final String RUN = "run";

  private LogContext() {}

  /**
   * Does some work with the run's id in all that it logs. What stood there before comes back: the
   * host's own, or that of the same run if its executor calls on the run's thread.
   */
  static <R> R during(RunId run, Supplier<R> work) {
    String before = MDC.get(RUN);
    MDC.put(RUN, run.value());
    try {
      return work.get();
    } finally {
      if (before == null) {
        MDC.remove(RUN);
      } else {
        MDC.put(RUN, before);
      }
    }
  }
}
