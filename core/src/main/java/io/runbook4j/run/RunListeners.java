package io.runbook4j.run;

import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The fence around what a host hangs on to a run. */
final class RunListeners {
  private static final Logger LOG = LoggerFactory.getLogger(Runner.class);

  private final List<RunListener> listeners;
  private final RunTally tally;

  RunListeners(List<RunListener> listeners, RunTally tally) {
    this.listeners = listeners;
    this.tally = tally;
  }

  boolean isEmpty() {
    return listeners.isEmpty();
  }

  void each(Consumer<RunListener> call) {
    for (RunListener listener : listeners) {
      try {
        call.accept(listener);
      } catch (VirtualMachineError e) {
        throw e;
      } catch (Throwable e) {
        tally.problem("listener " + listener.getClass().getName() + " threw " + e);
        LOG.warn(
            "A listener threw; the run goes on. listener={}",
            listener.getClass().getName(),
            e);
      }
    }
  }
}
