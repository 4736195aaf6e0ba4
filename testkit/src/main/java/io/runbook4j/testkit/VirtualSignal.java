package io.runbook4j.testkit;

import io.runbook4j.spi.time.Signal;
import java.time.Duration;

/** A signal whose waiters pass the baton on. */
final class VirtualSignal implements Signal {
  private final Baton baton;
  private final int number;

  /** Guarded by the baton. */
  boolean raised;

  VirtualSignal(Baton baton, int number) {
    this.baton = baton;
    this.number = number;
  }

  @Override
  public void raise() {
    baton.raise(this);
  }

  @Override
  public boolean await(Duration atMost) throws InterruptedException {
    return baton.await(this, VirtualTime.nanos(atMost));
  }

  @Override
  public String toString() {
    return "signal " + number;
  }
}
