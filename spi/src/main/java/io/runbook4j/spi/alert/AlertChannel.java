package io.runbook4j.spi.alert;

/** Takes alerts to people: a log, a chat, a pager. Safe for many threads. */
@FunctionalInterface
public interface AlertChannel {
  /**
   * Delivers one alert. Whatever it throws is noted in the report and never fails the run.
   *
   * @throws io.runbook4j.spi.sync.FailureException if the service refused it: as INVALID or
   *     TOO_LARGE it is not tried again, else after {@code retryAfter} at the earliest
   * @throws InterruptedException if the thread is interrupted
   */
  void send(Alert alert) throws InterruptedException;

  /**
   * {@return the channel's name, for reports, and to find again after a restart what was on its way
   * to it: the same in each process} Default the class's name.
   */
  default String name() {
    return getClass().getName();
  }
}
