package io.runbook4j.adapter;

import io.runbook4j.spi.AdapterContext;
import io.runbook4j.spi.Connection;
import io.runbook4j.spi.health.HealthProbe;

/** Hands out the context that it was made of, and counts how often it was closed. */
final class TestConnection implements Connection {
  private final AdapterContext context;
  private int closed;

  TestConnection(AdapterContext context) {
    this.context = context;
  }

  AdapterContext context() {
    return context;
  }

  int closed() {
    return closed;
  }

  @Override
  public HealthProbe health() {
    throw new UnsupportedOperationException("nobody asks for it here");
  }

  @Override
  public void close() {
    closed++;
  }
}
