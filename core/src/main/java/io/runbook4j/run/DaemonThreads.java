package io.runbook4j.run;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes the threads of a runner that was given no executor. Safe for many threads. */
final class DaemonThreads implements ThreadFactory {
  private final AtomicInteger count = new AtomicInteger();

  @Override
  public Thread newThread(Runnable task) {
    Thread thread = new Thread(task, "runbook4j-chunk-" + count.incrementAndGet());
    thread.setDaemon(true);
    return thread;
  }
}
