package io.runbook4j.spi.alert;

/** Takes alerts to people: a log, a chat, a pager. Safe for many threads. */
@FunctionalInterface
public interface AlertChannel {
  /**
   * Delivers one alert. Whatever it throws is noted in the report and never fails the run.
   *
   * @throws InterruptedException if the thread is interrupted
   */
  void send(Alert alert) throws InterruptedException;

  /** {@return the channel's name, for reports} */
  default String name() {
    return getClass().getName();
  }
}
