package io.runbook4j.spi.health;

/**
 * Asks a service, without changing anything, whether it is fit to be used. Safe for many threads.
 */
@FunctionalInterface
public interface HealthProbe {
  /**
   * Asks once; never throws because of what the service does.
   *
   * @throws InterruptedException if the thread is interrupted
   */
  Health check() throws InterruptedException;
}
