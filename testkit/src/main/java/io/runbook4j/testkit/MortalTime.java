package io.runbook4j.testkit;

import io.runbook4j.spi.time.Signal;
import io.runbook4j.spi.time.Time;
import java.time.Duration;
import java.time.Instant;

/** A time seen from a process that can die; who waits on it dies at the instant of the crash. */
record MortalTime(CrashSwitch process, Time time) implements Time {
  @Override
  public Instant now() {
    process.alive("now");
    return time.now();
  }

  @Override
  public long nanoTime() {
    process.alive("nanoTime");
    return time.nanoTime();
  }

  @Override
  public void sleep(Duration duration) throws InterruptedException {
    process.alive("sleep");
    if (!duration.isNegative() && !duration.isZero()) {
      newSignal().await(duration);
    }
  }

  @Override
  public Signal newSignal() {
    process.alive("newSignal");
    return new MortalSignal(process, time.newSignal());
  }

  private record MortalSignal(CrashSwitch process, Signal signal) implements Signal {
    @Override
    public void raise() {
      process.alive("raise");
      signal.raise();
    }

    @Override
    public boolean await(Duration atMost) throws InterruptedException {
      process.await(signal);
      try {
        return signal.await(atMost);
      } finally {
        dieOrForget();
      }
    }

    private void dieOrForget() {
      if (process.isCrashed()) {
        signal.raise(); // another one may wait for the same signal, and must die too
        throw new SimulatedCrash("while it waited");
      }
      process.forget(signal);
    }
  }
}
