package io.runbook4j.examples;

import io.runbook4j.run.RunControl;
import io.runbook4j.run.RunListener;
import org.jspecify.annotations.Nullable;

/** Stops the run that is going on, and those that begin afterwards. Safe for many threads. */
final class StopSignal implements RunListener {
  private static final String REASON = "the process was asked to end";

  private @Nullable RunControl current;
  private boolean raised;

  synchronized void raise() {
    raised = true;
    notifyAll();
    if (current != null) {
      current.stop(REASON);
    }
  }

  synchronized void awaitRaised() throws InterruptedException {
    while (!raised) {
      wait();
    }
  }

  @Override
  public synchronized void onStarted(RunControl run) {
    current = run;
    if (raised) {
      run.stop(REASON);
    }
  }
}
