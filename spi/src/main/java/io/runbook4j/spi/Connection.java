package io.runbook4j.spi;

import io.runbook4j.spi.health.HealthProbe;

/**
 * An adapter with its settings. Its own type has the sources, targets and operations of the
 * service. Safe for many threads.
 */
public interface Connection extends AutoCloseable {
  /** {@return a probe of the service} */
  HealthProbe health();

  /** Lets go of what the connection holds. May be called twice. */
  @Override
  void close();
}
